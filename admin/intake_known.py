"""Search before a walk-in is taken down: new, known here, known elsewhere; and what need not be asked again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from admin.addresses import places_below
from admin.answer_words import MASKS
from admin.covered import CoveredRow, covered_rows
from admin.intake_page import KNOWN, SCHEME, SELF, made_up_allowed
from core import audit
from core.access import Permission
from core.cases import queries as cases
from core.cases.draft_state import DraftState, state_from
from core.cases.models import OPEN_STATES, Case
from core.cases.people import applicant
from core.contact_numbers import parse_phone
from core.encryption import place_of
from core.errors import Invalid
from core.forms import Answers, FormDeclaration, Per, join_answers
from core.households.changes import covered_already
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
from core.web.texts import N_, gettext, text_of

COUNTY_DIGITS = 6
SHORTEST_NAME = 2
# with more digits than that it was meant for an ID number
PHONE_DIGITS = 12
# what changes from one application to the next is asked again
_ASKED_AGAIN = frozenset(
    {"hardship", "related_party", "related_who", "variant", "region", "area", "account_holder"}
)
audit.name_act("intake.check", N_("窗口查重"))
audit.name_act("intake.reuse", N_("窗口核对证件后带入登记信息"))


@dataclass(slots=True)
class Findings:
    """What a search tells the clerk. `kind`: how the words were read; people are masked; nothing of a person elsewhere.

    `own_case`: the one under way in which she herself applies for what this desk takes down.
    """

    kind: str
    standing: Standing | None = None
    people: Sequence[Any] = ()
    family: Sequence[MemberRow] = ()
    covered: Sequence[CoveredRow] = ()
    open_cases: Sequence[Any] = ()
    own_case: Any | None = None
    hint: str = ""
    places: dict[str, str] = field(default_factory=dict)


def look_up(typed: str) -> Findings:
    """Read the words as an ID number, a phone or a name. Only the ID number is asked beyond where the clerk works."""
    number, fault = read_id_number(typed)
    if number:
        return _by_number(number)
    digits = sum(char.isdigit() for char in tidy_number(typed))
    if not may(Permission.PERSON_SEARCH):
        unread = gettext("没有读懂这个身份证号码。请填满18位，对照证件再核对一遍。")
        return Findings("id_number", hint=fault if digits else unread)
    try:
        phone = parse_phone(typed)
    except Invalid:
        phone = ""
    if phone:
        return _with_places(Findings("phone", people=find_by_phone(session(), phone)))
    if digits:
        unread = gettext("没有读懂这个号码。身份证号请填满18位，手机号11位。")
        return Findings("id_number", hint=fault if digits > PHONE_DIGITS else unread)
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
    return read_id_number(typed)[0]


def read_id_number(typed: str) -> tuple[str, str]:
    """The ID number (18 characters) in what was typed and "", or "" and the sentence that says what is wrong with it."""
    try:
        return parse_id_number(typed, today=today(), demo=made_up_allowed()).number, ""
    except Invalid as fault:
        return "", text_of(fault)


def _by_number(number: str) -> Findings:
    answer = standing_of(session(), actor(), number, now=now())
    told = Findings("id_number", answer.standing, open_cases=open_cases_naming(number))
    told.own_case = next((row for row in told.open_cases if _is_own(row, number)), None)
    if answer.standing is Standing.KNOWN_HERE and may(Permission.PERSON_SEARCH):
        told.covered = covered_rows(covered_already(session(), [number]))
        told.people = find_by_id_number(session(), number)
        home = told.people[0].household_id if told.people else None
        told.family = members(session(), home) if home is not None else ()
    return _with_places(told)


def _is_own(row: Any, number: str) -> bool:
    case: Case = cases.case(session(), row.id)
    return case.scheme == SCHEME and applied_oneself(case, number)


def _with_places(told: Findings) -> Findings:
    codes = {row.village or row.township or row.county for row in told.people}
    told.places = places_below(codes | {row.region_code for row in told.open_cases})
    return told


def open_cases_naming(number: str) -> list[Any]:
    """Cases under way in scope that name the person, for the clerk's eyes only (decision 1)."""
    return [row for row in cases.find_by_member_number(session(), number) if row.state in OPEN_STATES]


def applied_oneself(case: Case, number: str) -> bool:
    """Whether the person with that number is who applies in the case."""
    return applicant(session(), case.id).id_index in session().vault.index_all("id_number", number)


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
        # without a certificate nothing tells "no" from no answer
        "disabled": True if certificate else None,
        "disability_certificate": certificate,
    }
    return {question: value for question, value in row.items() if value not in ("", None)}


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
