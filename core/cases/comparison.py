"""What was declared, verified and visited, side by side, line by line; and which value was adopted (decision 2).

A difference must be explained before the opinion (57号 第十七、十八条); agreeing values are adopted by themselves.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from core import audit
from core.access import Actor, Permission
from core.cases.declaration_models import Layer, Section, StatementLine
from core.cases.models import Case, StepCode
from core.cases.steps import require_open
from core.database import new_id
from core.encryption import place_of
from core.errors import Invalid
from core.scopes import LEVELS
from core.sessions import ScopedSession
from core.translations import N_

# the later layer is nearer to the truth when nobody chose: what offices hold, then what two visitors saw
PREFERRED = (Layer.VERIFIED, Layer.VISITED, Layer.DECLARED)


@dataclass(slots=True)
class ComparedLine:
    """One thing with its value in each layer. `description` in the declarer's words."""

    key: uuid.UUID
    layers: dict[Layer, StatementLine] = field(default_factory=dict)
    description: str = ""

    @property
    def any_line(self) -> StatementLine:
        return next(iter(self.layers.values()))

    @property
    def stated(self) -> dict[Layer, tuple[int, int]]:
        """(yearly fen, quantity) per layer that says something, the adopted one apart."""
        return {
            layer: (line.yearly_fen, line.quantity)
            for layer, line in self.layers.items()
            if layer is not Layer.ADOPTED
        }

    @property
    def differs(self) -> bool:
        """Two layers say different things, or an office or visitor found what was not declared."""
        return len(set(self.stated.values())) > 1 or Layer.DECLARED not in self.layers

    @property
    def adopted(self) -> StatementLine | None:
        """What was adopted, unless somebody has said something else about the line since: then it is open again."""
        row = self.layers.get(Layer.ADOPTED)
        if row is None or row.adopted_from not in self.stated:
            return None
        if self.stated[row.adopted_from] != (row.yearly_fen, row.quantity):
            return None
        newest = max(line.entered_at for layer, line in self.layers.items() if layer is not Layer.ADOPTED)
        return row if newest <= row.entered_at else None

    @property
    def explained(self) -> bool:
        return not self.differs or (self.adopted is not None and bool(self.adopted.explanation))

    @property
    def suggested(self) -> Layer:
        """The layer to adopt unless a person chooses another."""
        return next(layer for layer in PREFERRED if layer in self.layers)


def compare(session: ScopedSession, case_id: uuid.UUID) -> list[ComparedLine]:
    """All lines of the case, grouped by what they are about, in the order declared."""
    lines = session.scalars(
        select(StatementLine).where(StatementLine.case_id == case_id).order_by(StatementLine.id)
    ).all()
    found: dict[uuid.UUID, ComparedLine] = defaultdict(lambda: ComparedLine(uuid.UUID(int=0)))
    for line in lines:
        compared = found[line.line_key]
        compared.key = line.line_key
        compared.layers[line.layer] = line
        if line.details_sealed is not None and not compared.description:
            details = session.vault.unseal_json(place_of(line, "details_sealed"), line.details_sealed)
            compared.description = str(details.get("description", ""))
    # an answer asked again may have taken back what an office first held: then nobody says anything of that line
    said = [each for each in found.values() if each.stated]
    order = {Section.INCOME: 0, Section.EXPENSE: 1, Section.PROPERTY: 2}
    return sorted(said, key=lambda each: (order[each.any_line.section], each.any_line.id))


def unexplained(lines: Sequence[ComparedLine]) -> list[ComparedLine]:
    """The differences nobody has explained yet."""
    return [line for line in lines if not line.explained]


@dataclass(frozen=True, slots=True)
class Adoption:
    """What a clerk adopts for one line: from which layer, what is taken off, and why the layers differ."""

    line_key: uuid.UUID
    layer: Layer
    explanation: str = ""
    item: str = ""
    deductions: tuple[dict[str, object], ...] = ()


def adopt_line(
    session: ScopedSession, actor: Actor, case: Case, adoption: Adoption, *, now: datetime
) -> StatementLine:
    """Adopt one layer's value; a difference needs an explanation, which is kept with it.

    What counts as the family's income is the township's judgement: neither a village assistant nor a bought-in worker,
    who both visit, may choose it.
    """
    if not actor.may(Permission.OPINION_SIGN):
        actor.require(Permission.CASE_ACCEPT)
    require_open(session, case, StepCode.OPINION)
    compared = next((each for each in compare(session, case.id) if each.key == adoption.line_key), None)
    if compared is None or adoption.layer not in compared.stated:
        raise Invalid(N_("这一项没有这个来源的数值，请选有数值的一列。"), field="layer")
    if compared.differs and not adoption.explanation.strip():
        raise Invalid(N_("几处数值不一样，请写明为什么采信这一个。"), field="explanation")
    row = _adopt(session, actor, compared, adoption, now)
    audit.record(session, "line.adopt", case, now=now, changes={"from": [None, str(adoption.layer)]})
    return row


def adopt_agreeing(session: ScopedSession, actor: Actor, case: Case, *, now: datetime) -> None:
    """Adopt every line on which all who spoke agree, so that only differences are left to people."""
    for compared in compare(session, case.id):
        if compared.adopted is None and not compared.differs:
            _adopt(session, actor, compared, Adoption(compared.key, compared.suggested), now)


def _adopt(
    session: ScopedSession, actor: Actor, compared: ComparedLine, adoption: Adoption, now: datetime
) -> StatementLine:
    source = compared.layers[adoption.layer]
    row = compared.layers.get(Layer.ADOPTED)
    if row is None:
        row = StatementLine(
            **{level: getattr(source, level) for level in LEVELS},
            id=new_id(),
            case_id=source.case_id,
            owner_account_id=source.owner_account_id,
            layer=Layer.ADOPTED,
            section=source.section,
            kind=source.kind,
            line_key=compared.key,
            member_id=source.member_id,
        )
        session.add(row)
    row.amount_fen, row.period, row.yearly_fen = source.amount_fen, source.period, source.yearly_fen
    row.months, row.quantity = source.months, source.quantity
    row.item = adoption.item or source.item
    row.deductions = [dict(each) for each in adoption.deductions] or list(source.deductions or ())
    row.adopted_from, row.explanation = adoption.layer, adoption.explanation.strip()
    row.source, row.evidence_document_id = source.source, source.evidence_document_id
    row.entered_by, row.entered_at = actor.account_id, now
    session.flush()
    return row
