"""What the page tells while a walk-in is taken down: birth date and sex from the number, the running sum, who saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from admin.intake_page import Desk, made_up_allowed
from core.accounts.queries import names_of
from core.errors import Invalid
from core.forms import Per, parse_money
from core.households.names import age_on
from core.identity_numbers import Sex, parse_id_number
from core.rules import to_monthly
from core.web.request import actor, session, today
from core.web.texts import gettext

MONTHS = 12


@dataclass(frozen=True, slots=True)
class LivePerson:
    """One person as far as her number tells; `birth` None while it is missing or wrong. Money in fen a month."""

    key: str
    name: str
    birth: date | None
    sex: str
    age: int | None
    monthly: int


@dataclass(frozen=True, slots=True)
class Live:
    """The side of the page. `total`, `each` in fen a month; `colleague`: who saved last, where it was somebody else."""

    people: Sequence[LivePerson]
    total: int
    each: int
    counted: int
    property_fen: int
    revision: int
    saved_at: datetime
    colleague: str


def live_of(desk: Desk) -> Live:
    """The state of a draft in a few figures; it promises nothing."""
    state, yearly = desk.draft.state, yearly_by_member(desk)
    people = []
    for key, name in zip(desk.member_keys, desk.member_names, strict=True):
        birth, sex = identity_of(state.fields.get(f"members/{key}/id_number"))
        age = age_on(birth, today()) if birth else None
        people.append(LivePerson(key, name, birth, sex, age, to_monthly(yearly.get(key, 0))))
    counted = sum(1 for key in desk.member_keys if state.fields.get(f"members/{key}/counted") is not False)
    whole = sum(yearly.values())
    other = desk.draft.saved_by
    colleague = (
        "" if other == actor().account_id else names_of(session(), [other]).get(other, gettext("一位同事"))
    )
    return Live(
        people=people,
        total=to_monthly(whole),
        each=to_monthly(whole // counted) if counted else 0,
        counted=counted,
        property_fen=sum(
            fen_of(state.row(Per.PROPERTY.rows, key).get("amount"))
            for key in state.rows.get(Per.PROPERTY.rows, [])
        ),
        revision=desk.draft.revision,
        saved_at=desk.draft.saved_at,
        colleague=colleague,
    )


def yearly_by_member(desk: Desk) -> dict[str, int]:
    """Fen a year by the member's key, of the lines written so far; what is nobody's stands under ""."""
    sums: dict[str, int] = {}
    for key in desk.draft.state.rows.get(Per.INCOME.rows, []):
        row = desk.draft.state.row(Per.INCOME.rows, key)
        fen = fen_of(row.get("amount")) * (MONTHS if row.get("period") == "month" else 1)
        owner = str(row.get("member", ""))
        sums[owner] = sums.get(owner, 0) + fen
    return sums


def fen_of(stored: object) -> int:
    """A stored amount in fen; what was typed and could not be read counts as nothing."""
    if isinstance(stored, int):
        return stored
    try:
        return parse_money(str(stored or ""))
    except Invalid:
        return 0


def identity_of(number: object) -> tuple[date | None, str]:
    """(birth date, sex in words) of an ID number, or (None, "")."""
    try:
        read = parse_id_number(str(number or ""), today=today(), demo=made_up_allowed())
    except Invalid:
        return None, ""
    return read.birth_date, gettext("男") if read.sex is Sex.MALE else gettext("女")
