"""Who is covered for which body on a day: the question every check asks first, worked out anew each time (decision 8)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from core.authorisations.models import Authorisation, AuthorisationState, SignerRole
from core.catalogue import SourceRequirement
from core.errors import Blocked
from core.sessions import ScopedSession
from core.translations import N_


class Standing(StrEnum):
    """How one body stands for one person."""

    SIGNED = "signed"
    SKIPPED = "skipped"
    WITHOUT = "without"
    UNTICKED = "unticked"
    WAITING = "waiting"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


STANDING_WORDS: dict[Standing, str] = {
    Standing.SIGNED: N_("已同意"),
    Standing.SKIPPED: N_("没勾，可不查"),
    Standing.WITHOUT: N_("不查，已说明理由"),
    Standing.UNTICKED: N_("没勾，必须查"),
    Standing.WAITING: N_("等签字"),
    Standing.REFUSED: N_("不同意"),
    Standing.WITHDRAWN: N_("已撤回"),
    Standing.EXPIRED: N_("已过期"),
}
_SETTLED = frozenset({Standing.SIGNED, Standing.SKIPPED, Standing.WITHOUT})
_OF_STATE = {
    AuthorisationState.WAITING: Standing.WAITING,
    AuthorisationState.REFUSED: Standing.REFUSED,
    AuthorisationState.WITHOUT: Standing.WITHOUT,
    AuthorisationState.WITHDRAWN: Standing.WITHDRAWN,
    AuthorisationState.EXPIRED: Standing.EXPIRED,
    AuthorisationState.ENDED: Standing.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class PersonCoverage:
    """One person: her authorisation (None when none was ever asked) and how each body stands."""

    member_id: uuid.UUID
    authorisation: Authorisation | None
    name_masked: str
    waits_for: str
    sources: Mapping[str, Standing]

    @property
    def settled(self) -> bool:
        return all(standing in _SETTLED for standing in self.sources.values())

    @property
    def hindrance(self) -> Standing | None:
        """What stands in the way, the gravest first; None when nothing does."""
        found = set(self.sources.values()) - _SETTLED
        return next((each for each in _GRAVEST_FIRST if each in found), None)


_GRAVEST_FIRST = (
    Standing.REFUSED,
    Standing.WITHDRAWN,
    Standing.EXPIRED,
    Standing.UNTICKED,
    Standing.WAITING,
)
_BLOCKED = {
    Standing.REFUSED: N_("还不能发起核对：{names}不同意核对。请先作出决定并写明理由。"),
    Standing.WITHDRAWN: N_("还不能发起核对：{names}撤回了授权。要再查，得重新请本人签。"),
    Standing.EXPIRED: N_("还不能发起核对：{names}的授权过期了。要再查，得重新请本人签。"),
    Standing.UNTICKED: N_("还不能发起核对：{names}没有勾选必须核对的单位。请说明用处，再请本人签一次。"),
    Standing.WAITING: N_("还不能发起核对：等{names}签核对授权。签齐了再查。"),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """All persons of a case by all bodies of its scheme, on one day."""

    persons: tuple[PersonCoverage, ...]
    sources: tuple[SourceRequirement, ...]

    @property
    def complete(self) -> bool:
        return bool(self.persons) and all(person.settled for person in self.persons)

    @property
    def waiting_for(self) -> list[str]:
        """等谁签: masked names of those whose signature is missing, each once."""
        names = [person.waits_for for person in self.persons if person.hindrance is Standing.WAITING]
        return list(dict.fromkeys(names))

    def allowed(self) -> list[tuple[PersonCoverage, SourceRequirement]]:
        """Every person and body that may be asked on that day."""
        return [
            (person, source)
            for person in self.persons
            for source in self.sources
            if person.sources[source.code] is Standing.SIGNED
        ]


def current(session: ScopedSession, case_id: uuid.UUID, *, lock: bool = False) -> Sequence[Authorisation]:
    """The authorisation that counts for each person of a case, in the order declared.

    `lock`: as they are at this moment, and kept so to the end of the transaction: a withdrawal waits, then finds and
    stops what was asked meanwhile.
    """
    statement = (
        select(Authorisation)
        .where(Authorisation.case_id == case_id, Authorisation.superseded_at.is_(None))
        .order_by(Authorisation.position, Authorisation.id)
    )
    if lock:
        statement = statement.with_for_update(read=True).execution_options(populate_existing=True)
    return session.scalars(statement).all()


def coverage(
    session: ScopedSession,
    case_id: uuid.UUID,
    sources: Iterable[SourceRequirement],
    day: date,
    *,
    expected: Mapping[uuid.UUID, str] | None = None,
    with_supporters: bool = True,
    lock: bool = False,
) -> Coverage:
    """How the case stands on `day`. `expected`: member id → masked name of everyone who must be covered.

    A person without any authorisation counts as waiting. `with_supporters` False leaves supporters out, for schemes that
    do not ask them.
    """
    wanted = tuple(sources)
    rows = {
        row.member_id: row
        for row in current(session, case_id, lock=lock)
        if with_supporters or row.role is not SignerRole.SUPPORTER
    }
    persons = [_person(row, wanted, day) for row in rows.values()]
    for member_id, name in (expected or {}).items():
        if member_id not in rows:
            waiting = {source.code: Standing.WAITING for source in wanted}
            persons.append(PersonCoverage(member_id, None, name, name, waiting))
    return Coverage(tuple(persons), wanted)


def _person(row: Authorisation, sources: Sequence[SourceRequirement], day: date) -> PersonCoverage:
    state = row.state(day)
    standings = {source.code: _standing(row, source, state) for source in sources}
    return PersonCoverage(
        row.member_id, row, row.name_masked, row.signer_masked or row.name_masked, standings
    )


def _standing(row: Authorisation, source: SourceRequirement, state: AuthorisationState) -> Standing:
    if state is not AuthorisationState.SIGNED:
        return _OF_STATE[state]
    if source.code in row.sources_ticked:
        return Standing.SIGNED
    return Standing.UNTICKED if source.required else Standing.SKIPPED


def require_coverage(
    session: ScopedSession,
    case_id: uuid.UUID,
    sources: Iterable[SourceRequirement],
    day: date,
    *,
    expected: Mapping[uuid.UUID, str] | None = None,
    with_supporters: bool = True,
) -> Coverage:
    """The coverage, if every person is settled for every body; it holds to the end of the transaction.

    Raises Blocked naming, masked, whom it waits for.
    """
    found = coverage(
        session, case_id, sources, day, expected=expected, with_supporters=with_supporters, lock=True
    )
    if not found.persons:
        raise Blocked(N_("这件申请还没有核对授权，不能发起核对。"))
    for hindrance in _GRAVEST_FIRST:
        names = [person.waits_for for person in found.persons if person.hindrance is hindrance]
        if names:
            raise Blocked(_BLOCKED[hindrance], names="、".join(dict.fromkeys(names)))
    return found
