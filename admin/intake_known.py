"""Search before a walk-in is taken down: new, known here, known elsewhere; and what need not be asked again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from admin.addresses import places_below
from admin.answer_words import MASKS
from admin.intake_page import KNOWN, SELF, made_up_allowed
from admin.left_out import name_and_age
from core import audit
from core.access import Permission
from core.cases import queries as cases
from core.cases.application import HEAD_RELATIONS
from core.cases.draft_state import DraftState, state_from
from core.cases.models import OPEN_STATES, Case, Channel
from core.cases.people import applicant
from core.contact_numbers import parse_phone
from core.encryption import place_of
from core.errors import Invalid
from core.forms import Answers, FormDeclaration, Per, join_answers
from core.households.changes import left_behind
from core.households.identities import Standing, standing_of
from core.households.models import Person
from core.households.queries import (
    MemberRow,
    find_by_id_number,
    find_by_name,
    find_by_phone,
    household,
    members,
)
from core.identity_numbers import parse_id_number, tidy_number
from core.sessions import ScopedSession, found
from core.web.access_gate import may
from core.web.request import actor, now, session, state, today
from core.web.texts import N_, gettext

COUNTY_DIGITS = 6
SHORTEST_NAME = 2
# what changes from one application to the next is asked again
_ASKED_AGAIN = frozenset(
    {"hardship", "related_party", "related_who", "variant", "region", "area", "account_holder"}
)
audit.name_act("intake.check", N_("窗口查重"))
audit.name_act("intake.reuse", N_("窗口核对证件后带入登记信息"))


@dataclass(slots=True)
class Findings:
    """What a search tells the clerk. `kind`: how the words were read; people are masked; nothing of a person elsewhere."""

    kind: str
    standing: Standing | None = None
    people: Sequence[Any] = ()
    family: Sequence[MemberRow] = ()
    open_cases: Sequence[Any] = ()
    hint: str = ""
    places: dict[str, str] = field(default_factory=dict)


def look_up(typed: str) -> Findings:
    """Read the words as an ID number, a phone or a name. Only the ID number is asked beyond where the clerk works."""
    number = id_number_in(typed)
    if number:
        return _by_number(number)
    if not may(Permission.PERSON_SEARCH):
        return Findings("id_number", hint=gettext("没有读懂这个身份证号码。请填满18位，对照证件再核对一遍。"))
    try:
        phone = parse_phone(typed)
    except Invalid:
        phone = ""
    if phone:
        return _with_places(Findings("phone", people=find_by_phone(session(), phone)))
    if any(char.isdigit() for char in tidy_number(typed)):
        return Findings("id_number", hint=gettext("没有读懂这个号码。身份证号请填满18位，手机号11位。"))
    letters = typed.replace(" ", "")
    if len(letters) < SHORTEST_NAME:
        return Findings("name", hint=gettext("查姓名请至少填两个字。"))
    rows = find_by_name(session(), letters, county_here())
    return _with_places(Findings("name", people=rows, open_cases=cases.find_open_by_name(session(), letters)))


def county_here() -> str:
    """The county in which this session works; of a wider place its own code."""
    return state().node[:COUNTY_DIGITS].ljust(12, "0")


def id_number_in(typed: str) -> str:
    """The ID number (18 characters) in what was typed, or "" where it is none."""
    try:
        return parse_id_number(typed, today=today(), demo=made_up_allowed()).number
    except Invalid:
        return ""


def _by_number(number: str) -> Findings:
    answer = standing_of(session(), actor(), number, now=now())
    told = Findings("id_number", answer.standing, open_cases=open_cases_naming(number))
    if answer.standing is Standing.KNOWN_HERE and may(Permission.PERSON_SEARCH):
        told.people = find_by_id_number(session(), number)
        home = told.people[0].household_id if told.people else None
        told.family = members(session(), home) if home is not None else ()
    return _with_places(told)


def _with_places(told: Findings) -> Findings:
    codes = {row.village or row.township or row.county for row in told.people}
    told.places = places_below(codes | {row.region_code for row in told.open_cases})
    return told


def open_cases_naming(number: str) -> list[Any]:
    """Cases under way in scope that name the person, for the clerk's eyes only (decision 1)."""
    return [row for row in cases.find_by_member_number(session(), number) if row.state in OPEN_STATES]


# --- what need not be asked again -------------------------------------------------------------------------------


def first_state(form: FormDeclaration, *, number: str = "", person_id: uuid.UUID | None = None) -> DraftState:
    """The state a walk-in begins with: her number as typed, or after the papers were checked what the register holds."""
    if person_id is None:
        return state_from(form, {Per.MEMBER.rows: [_myself({"id_number": number} if number else {})]})
    database = session()
    person: Person = found(database.get(Person, person_id))
    answers = _of_register(database, person)
    made = state_from(form, answers)
    wanted = {
        question.name for section in form.sections for question in section.questions if question.kind in MASKS
    }
    made.fields[KNOWN] = sorted(path for path in made.fields if path.rpartition("/")[2] in wanted)
    audit.record(database, "intake.reuse", person, now=now(), person_id=person.id)
    return made


def _myself(row: Answers) -> Answers:
    return row | {"relation": SELF, "counted": True}


def _of_register(database: ScopedSession, person: Person) -> Answers:
    rows = members(database, person.household_id) if person.household_id else []
    # the applicant stands first
    rows.sort(key=lambda row: row.person.id != person.id)
    same_applicant = any(row.person.id == person.id and row.membership.relation == SELF for row in rows)
    answers: Answers = {}
    latest = _latest_case(database, person)
    if latest is not None:
        answers |= _of_case(database, latest)
    if person.household_id is not None:
        home = household(database, person.household_id)
        answers["area"] = str(home.area)
        if home.village_group:
            answers["village_group"] = home.village_group
    if person.village:
        answers["region"] = person.village
    own = _card(database, person)
    if own.get("phone"):
        answers["phone"] = own.pop("phone")
    answers[Per.MEMBER.rows] = [_myself(own)]
    for row in rows:
        if row.person.id != person.id:
            # what somebody is to the former applicant says nothing of what he is to this one
            relation = {"relation": row.membership.relation} if same_applicant else {}
            answers[Per.MEMBER.rows].append(
                _card(database, row.person) | relation | {"counted": row.membership.counted}
            )
    return answers


def _card(database: ScopedSession, person: Person) -> Answers:
    secrets: dict[str, Any] = {}
    if person.secrets_sealed is not None:
        secrets = database.vault.unseal_json(place_of(person, "secrets_sealed"), person.secrets_sealed)
    certificate = secrets.get("disability_certificate") or ""
    row: Answers = {
        "name": database.vault.read(person, "name_sealed") or person.name,
        "id_number": secrets.get("id_number") or "",
        "phone": secrets.get("phone") or "",
        "working": person.working,
        "student": person.student,
        "seriously_ill": person.seriously_ill,
        "disabled": bool(certificate),
        "disability_certificate": certificate,
    }
    return {question: value for question, value in row.items() if value != ""}


def _latest_case(database: ScopedSession, person: Person) -> Case | None:
    if person.household_id is None:
        return None
    rows = cases.cases_of_household(database, person.household_id)
    return cases.case(database, rows[0].id) if rows else None


def _of_case(database: ScopedSession, case: Case) -> Answers:
    """Case-wide answers of the household's latest application that do not change by themselves: address, account."""
    sealed: Answers = {}
    if case.answers_sealed is not None:
        sealed = database.vault.unseal_json(place_of(case, "answers_sealed"), case.answers_sealed)
    whole = join_answers(dict(case.answers), sealed)
    return {
        name: value
        for name, value in whole.items()
        if not isinstance(value, list)
        and name not in _ASKED_AGAIN
        and not name.startswith("promise_")
        and not name.endswith(("_photo", "_signature"))
    }


# --- the same person, the same household, already applied -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Twin:
    """One thing to clear up before submitting. `case_id`, `number`: of a case under way that names the person."""

    who: str
    text: str
    case_id: uuid.UUID | None = None
    number: str = ""
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
    own = applies and row.scheme == scheme and row.variant == variant and _applied(row, number)
    text = (
        gettext("自己已经申请过，还在办。不用再申请一次；要重办的，先撤回那一件。")
        if own
        else gettext("在另一件正在办的申请里。请核对是不是同一家。")
    )
    return Twin(who, text, other.id, other.number, blocks=own)


def _applied(case: Case, number: str) -> bool:
    return applicant(session(), case.id).id_index in session().vault.index_all("id_number", number)


def channel_of(answers: Answers) -> Channel:
    """The window, or somebody who acts for the applicant (R2-07)."""
    return Channel.PROXY if answers.get("by_proxy") else Channel.WINDOW
