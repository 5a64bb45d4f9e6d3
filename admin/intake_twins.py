"""What must be cleared up before a walk-in is submitted: the same person, the same household, already applied, already helped."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admin.covered import covered_rows
from admin.intake_known import applied_oneself, open_cases_naming
from admin.intake_page import SELF
from admin.left_out import name_and_age
from core.access import Permission
from core.cases import queries as cases
from core.cases.application import HEAD_RELATIONS
from core.cases.models import WHOLE_HOUSEHOLD, Case
from core.forms import Answers
from core.households.changes import covered_already, left_behind
from core.households.identities import Standing, standing_of
from core.households.models import Person, category_of_scheme
from core.sessions import found
from core.web.access_gate import may
from core.web.request import actor, now, session
from core.web.texts import gettext


@dataclass(frozen=True, slots=True)
class Twin:
    """One thing to clear up before submitting. `case_id`, `number`: of a case under way that names the person.

    `household_id`: of the home whose help covers her, where the clerk may open it.
    """

    who: str
    text: str
    case_id: uuid.UUID | None = None
    number: str = ""
    household_id: uuid.UUID | None = None
    blocks: bool = False


def twins_of(rows: Sequence[Answers], scheme: str, variant: str) -> list[Twin]:
    """What the ID index says of everybody on the application: on another register, in another household, in another case."""
    told: list[Twin] = []
    homes: dict[uuid.UUID, str] = {}
    for row in rows:
        number, who = str(row["id_number"]), str(row["name"])
        applies = row["relation"] == SELF
        told.extend(
            _in_case(other, who, number, scheme, variant, applies) for other in open_cases_naming(number)
        )
        answer = standing_of(session(), actor(), number, now=now())
        if answer.standing is Standing.KNOWN_ELSEWHERE:
            told.append(
                Twin(
                    who,
                    gettext(
                        "已经登记在别的地方。受理前那边的档案要先转过来：回窗口受理用这个身份证号查，点“请求转入”。"
                    ),
                )
            )
        elif answer.person_id is not None and may(Permission.PERSON_SEARCH):
            person = found(session().get(Person, answer.person_id))
            if person.household_id is not None:
                homes.setdefault(person.household_id, who)
    if len(homes) > 1:
        names = gettext("、").join(homes.values())
        told.append(Twin(names, gettext("登记在不同的户里。请核对是不是住在一起、一起过日子。")))
    return told


def left_out_of(family: Sequence[Answers]) -> list[Twin]:
    """Who is registered in this household and is not on the application: the whole family applies together (R3-05)."""
    if not may(Permission.PERSON_SEARCH):
        return []
    named = next((row for row in family if row["relation"] in HEAD_RELATIONS), family[0])
    rows = left_behind(session(), [str(row["id_number"]) for row in family], str(named["id_number"]))
    text = gettext("登记在这一户，这次没有写进来。漏写的请加上；确实不算这家人的，受理时要逐人选原因。")
    return [Twin(name_and_age(row), text) for row in rows]


def _in_case(other: Any, who: str, number: str, scheme: str, variant: str, applies: bool) -> Twin:
    row: Case = cases.case(session(), other.id)
    own = applies and row.scheme == scheme and row.variant == variant and applied_oneself(row, number)
    text = (
        gettext("自己已经申请过，还在办。不用再申请一次；要重办的，先撤回那一件。")
        if own
        else gettext("在另一件正在办的申请里。请核对是不是同一家。")
    )
    return Twin(who, text, other.id, other.number, blocks=own)


def covered_of(family: Sequence[Answers], scheme: str, variant: str) -> list[Twin]:
    """Who receives continuing help already: no acceptance takes her a second time (57号 第四条)."""
    if not may(Permission.PERSON_SEARCH):
        return []
    whole = variant == WHOLE_HOUSEHOLD
    numbers = [str(row["id_number"]) for row in family if whole or row["relation"] == SELF]
    rows = covered_rows(covered_already(session(), numbers, category_of_scheme(scheme) if whole else None))
    return [Twin(row.who, row.text, household_id=row.household_id) for row in rows]
