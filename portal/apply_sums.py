"""What a family wrote so far, line by line and member by member, and the sum of it, which decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.forms import Answers, Per
from core.rules import to_monthly
from core.web.texts import gettext
from portal.apply_rows import labels_of, unfinished
from portal.apply_wizard import PersonCard, Wizard

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One stored line as shown. Money in fen; None while it is not finished, and `monthly` for what is no flow (a house).

    `yearly` only where it was given by the year.
    """

    key: str
    kind: str
    detail: str
    monthly: int | None
    yearly: int | None
    amount: int | None
    member: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One member with her lines. `nothing`: she ticked "no income"."""

    person: PersonCard
    lines: Sequence[Line]
    monthly: int
    nothing: bool
    left: int


def stored_lines(wizard: Wizard, per: Per) -> list[Line]:
    """Every stored line of a kind, in the order written."""
    questions = [each for section in wizard.form.sections_per(per) for each in section.questions]
    kinds, wrong = labels_of(questions, "kind"), unfinished(wizard, per)
    lines = []
    for key in wizard.draft.state.rows.get(per.rows, []):
        row = wizard.draft.state.row(per.rows, key)
        complete = key not in wrong
        yearly = yearly_of(row) if complete else None
        lines.append(
            Line(
                key=key,
                kind=kinds.get(str(row.get("kind", "")), gettext("没写完的一项")),
                detail=str(row.get("description", "")),
                monthly=None if yearly is None or "period" not in row else to_monthly(yearly),
                yearly=yearly if row.get("period") == "year" else None,
                amount=row["amount"] if complete and isinstance(row.get("amount"), int) else None,
                member=str(row.get("member", "")),
                complete=complete,
            )
        )
    return lines


def yearly_of(row: Answers) -> int:
    """Fen a year of a finished line."""
    amount = row.get("amount")
    if not isinstance(amount, int):
        return 0
    return amount * MONTHS if row.get("period") == "month" else amount


def sheets(wizard: Wizard) -> list[Sheet]:
    """Everybody of the family with her income so far."""
    lines = stored_lines(wizard, Per.INCOME)
    rows = {key: wizard.draft.state.row("incomes", key) for key in wizard.draft.state.rows.get("incomes", [])}
    found = []
    for person in wizard.people:
        mine = [line for line in lines if line.member == person.key]
        yearly = sum(yearly_of(rows[line.key]) for line in mine if line.complete)
        left = sum(1 for line in mine if not line.complete)
        found.append(
            Sheet(person, mine, to_monthly(yearly), bool(person.row.get("no_income")) and not mine, left)
        )
    return found


@dataclass(frozen=True, slots=True)
class RunningSum:
    """The sum so far in fen a month; `people`: how many are counted. It is never a decision."""

    rows: list[tuple[str, int, str | None]]
    total: int
    each: int
    people: int


def running_sum(wizard: Wizard) -> RunningSum:
    """What the family's income comes to so far; total of the shown amounts, divided once."""
    shown = []
    for sheet in sheets(wizard):
        left = sheet.left
        shown.append((sheet.person.name, sheet.monthly, gettext("还有%(n)s项没算", n=left) if left else None))
    people = max(1, sum(1 for person in wizard.people if person.counted))
    total = sum(amount for _name, amount, _note in shown)
    return RunningSum(shown, total, to_monthly(total * MONTHS, people), people)
