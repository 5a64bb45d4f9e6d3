"""The parts of a household's file: who lives there and what it received, applications, visits, papers, checks, history."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from admin.addresses import places_below
from admin.case_people import RELATION, words_of_relations
from admin.case_sheet import numbers_of
from admin.household_chain import help_chain_of
from admin.household_record import VISIT_WORDS, record_of
from core import audit
from core.access import Permission
from core.authorisations.models import Authorisation
from core.authorisations.queries import history as authorisations_of
from core.awards.models import Award
from core.awards.queries import awards_of_household
from core.cases import queries as cases
from core.cases.confirmations import confirmation_of, confirms_with
from core.cases.models import OPEN_STATES, Case, CaseState, Confirmation
from core.catalogue import HouseholdFacts, MemberFacts, Panel
from core.documents.queries import papers_of_cases
from core.documents.titles import KIND_TITLES
from core.households import queries
from core.households.models import Household
from core.households.names import age_on
from core.households.queries import MemberRow
from core.standards.queries import law_in_force
from core.verification.queries import requests_of_cases
from core.visits.queries import surveyors_of, visits_of_household
from core.web.access_gate import may
from core.web.installation import installation
from core.web.request import now, session, today
from core.web.texts import N_, gettext

DECIDED = frozenset({CaseState.GRANTED, CaseState.REFUSED})


@dataclass(frozen=True, slots=True)
class Part:
    """A tab of the file and the right it needs."""

    label: str
    permission: Permission


PARTS = {
    "overview": Part(N_("概览"), Permission.HOUSEHOLD_READ),
    "cases": Part(N_("申请"), Permission.CASE_READ),
    "visits": Part(N_("入户"), Permission.VISIT_READ),
    "papers": Part(N_("材料"), Permission.DOCUMENT_READ),
    "checks": Part(N_("授权与查询"), Permission.AUTHORISATION_READ),
    "record": Part(N_("全部记录"), Permission.HOUSEHOLD_READ),
}


@dataclass(frozen=True, slots=True)
class FileHead:
    """What stands above every part. `category` in words, empty when in no group; `alone`: who is in one by herself."""

    household: Household
    place: str
    category: str
    alone: Sequence[tuple[str, str]]
    members: Sequence[MemberRow]
    cases: Sequence[Any]
    panels: Sequence[Panel]
    decision: Confirmation | None

    @property
    def head(self) -> MemberRow | None:
        wanted = self.household.head_person_id
        return next((row for row in self.members if row.person.id == wanted), None)

    @property
    def findings(self) -> list[tuple[str, str, str]]:
        """(mark, condition, numbers) of the last decision, as it was computed that day."""
        marks = {True: "yes", False: "no", None: "note"}
        found = []
        for reason in self.decision.computation["reasons"] if self.decision else ():
            text, numbers = reason["text"], numbers_of(reason["message"], reason["values"], reason["period"])
            found.append((marks[reason["met"]], gettext(text), numbers))
        return found

    @property
    def open_case(self) -> Any | None:
        return next((row for row in self.cases if row.state in OPEN_STATES), None)


def category_words(region_code: str) -> dict[str, str]:
    """Code to name of the five groups, as the packs of the place call them."""
    view = installation().for_region(region_code, today())
    return {each.code: gettext(each.name) for each in view.categories}


def file_head(household_id: uuid.UUID) -> FileHead:
    """The head of a household's file; NotFound out of scope."""
    database = session()
    household = queries.household(database, household_id)
    members = queries.members(database, household_id)
    view, words = (
        installation().for_region(household.region_code, today()),
        category_words(household.region_code),
    )
    law = law_in_force(database, view.book, household.region_code, today())
    applications = cases.cases_of_household(database, household_id) if may(Permission.CASE_READ) else []
    decided = next((row for row in applications if row.state in DECIDED), None)
    return FileHead(
        household=household,
        place=places_below([household.region_code]).get(household.region_code, ""),
        category=words.get(str(household.category), "") if household.category else "",
        alone=[
            (row.person.name_masked, words.get(str(row.person.category), ""))
            for row in members
            if row.person.category
        ],
        members=members,
        cases=applications,
        panels=view.household_panels(_facts(household, members), law),
        decision=confirmation_of(database, decided) if decided is not None else None,
    )


def _facts(household: Household, members: Sequence[MemberRow]) -> HouseholdFacts:
    return HouseholdFacts(
        household_id=household.id,
        region_code=household.region_code,
        area=str(household.area),
        category=str(household.category or ""),
        members=tuple(
            MemberFacts(
                age=age_on(row.person.birth_date, today()),
                relation=row.membership.relation,
                counted=row.membership.counted,
                working=bool(row.person.working),
                student=bool(row.person.student),
                seriously_ill=bool(row.person.seriously_ill),
                disability_class=row.person.disability_class,
                disability_grade=row.person.disability_grade,
            )
            for row in members
        ),
    )


def part_context(part: str, head: FileHead) -> dict[str, Any]:
    """What the template of a part shows."""
    found: dict[str, Any] = _CONTEXTS[part](head)
    return found


def _overview(head: FileHead) -> dict[str, Any]:
    awards = awards_of_household(session(), head.household.id)
    return {
        "ages": {row.person.id: age_on(row.person.birth_date, today()) for row in head.members},
        "relations": _relations(head),
        "signed": _signed(head),
        "today": today(),
        "awards": awards,
        "ending": _may_end(awards) if may(Permission.CASE_READ) else set(),
        "groups": category_words(head.household.region_code),
        "alone": {row.person.id: row.person.name_masked for row in head.members},
        "scheme_words": _scheme_words(head),
        "chain": help_chain_of(awards, head.open_case, _scheme_words(head)),
        "recent": record_of(head.household, head.cases)[:8],
    }


def _may_end(awards: Sequence[Award]) -> set[uuid.UUID]:
    """The cases whose help still runs and is the reader's to end; one decided elsewhere is out of scope."""
    running = [session().get(Case, award.case_id) for award in awards if award.ends_on is None]
    return {case.id for case in running if case is not None and may(confirms_with(case))}


def _signed(head: FileHead) -> dict[uuid.UUID, Authorisation] | None:
    """The last authorisation about each person of the family; None for who may not read them."""
    if not may(Permission.AUTHORISATION_READ):
        return None
    rows = authorisations_of(session(), *(case.id for case in head.cases))
    about = ((row.person_id, row) for row in sorted(rows, key=lambda row: row.asked_at))
    return {person_id: row for person_id, row in about if person_id is not None}


def _relations(head: FileHead) -> dict[str, str]:
    """Code to words of a relation, from the newest application form of the place."""
    view = installation().for_region(head.household.region_code, today())
    asks = (form for form in view.forms.values() if any(each.name == RELATION for each in form.questions))
    return next(map(words_of_relations, asks), {})


def _scheme_words(head: FileHead) -> dict[str, str]:
    view = installation().for_region(head.household.region_code, today())
    return {code: gettext(scheme.public_kind) for code, scheme in view.schemes.items()}


def _cases(head: FileHead) -> dict[str, Any]:
    return {"names": places_below(row.region_code for row in head.cases), "scheme_words": _scheme_words(head)}


def _visits(head: FileHead) -> dict[str, Any]:
    visits = visits_of_household(session(), head.household.id)
    return {
        "visits": visits,
        "surveyors": surveyors_of(session(), [visit.id for visit in visits]) if visits else {},
        "visit_words": {kind: gettext(text) for kind, text in VISIT_WORDS.items()},
    }


def _by_case(head: FileHead, rows: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Each row with the application it belongs to, the newest application first."""
    found: dict[uuid.UUID, list[Any]] = {case.id: [] for case in head.cases}
    for row in rows:
        found[row.case_id].append(row)
    return [(case, row) for case in head.cases for row in found[case.id]]


def _papers(head: FileHead) -> dict[str, Any]:
    papers = papers_of_cases(session(), [case.id for case in head.cases])
    return {
        "papers": _by_case(head, papers),
        "kind_words": {kind: gettext(text) for kind, text in KIND_TITLES.items()},
    }


def _checks(head: FileHead) -> dict[str, Any]:
    cases_of = [case.id for case in head.cases]
    return {
        "authorisations": _by_case(head, authorisations_of(session(), *cases_of)),
        "requests": _by_case(head, requests_of_cases(session(), cases_of)),
        "today": today(),
    }


def _whole_record(head: FileHead) -> dict[str, Any]:
    month = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    people = [row.person.id for row in head.members]
    return {
        "lines": record_of(head.household, head.cases),
        "reveals": audit.times_shown(session(), people, month),
    }


_CONTEXTS = {
    "overview": _overview,
    "cases": _cases,
    "visits": _visits,
    "papers": _papers,
    "checks": _checks,
    "record": _whole_record,
}
