"""What is known before a visit: stored values to set beside the new ones, and the colleagues who may go along."""

from __future__ import annotations

import uuid

from core.access import ROLE_PERMISSIONS, Permission, Role
from core.accounts.queries import staff_holding
from core.cases.models import Case
from core.encryption import place_of
from core.forms import Answers, FormDeclaration, QuestionKind, is_empty
from core.scopes import Assigned
from core.visits.models import VisitKind
from core.visits.queries import visit_record, visits_of_case
from core.web.request import actor, now, session, system_session

ADDRESSES = frozenset({"actual_address", "registered_address"})
FILES = frozenset({QuestionKind.PHOTO, QuestionKind.DOCUMENT, QuestionKind.SIGNATURE})
# words of one visit say nothing of the next
_NOT_COMPARED = FILES | {QuestionKind.LOCATION, QuestionKind.LONG_TEXT, QuestionKind.DATE}
_WORDS_OF_ONE_VISIT = frozenset({"met", "manner_reason"})


def stored_values(case: Case, form: FormDeclaration) -> Answers:
    """Question → what the last home visit, else the declaration, holds of it."""
    database = session()
    stored: Answers = {"household_size": case.household_size}
    if case.answers_sealed is not None:
        sealed = database.vault.unseal_json(place_of(case, "answers_sealed"), case.answers_sealed)
        stored |= {name: sealed["address"] for name in ADDRESSES if sealed.get("address")}
    earlier = [visit for visit in visits_of_case(database, case.id) if visit.kind is VisitKind.HOME]
    if earlier:
        stored |= visit_record(database, earlier[0].id).answers
    comparable = {
        each.name
        for each in form.questions
        if each.kind not in _NOT_COMPARED and each.name not in _WORDS_OF_ONE_VISIT
    }
    return {name: value for name, value in stored.items() if name in comparable and not is_empty(value)}


def colleagues_of(case: Case) -> list[tuple[uuid.UUID, str]]:
    """(account id, full name) of those who may go along: staff who record visits where the case lies."""
    roles = [role for role in Role if Permission.VISIT_RECORD in ROLE_PERMISSIONS[role]]
    database = session()
    if isinstance(database.scope, Assigned):
        # a worker who sees only her own cases still has to name who went with her
        with system_session("visit-colleagues", writes=False) as everywhere:
            found = [
                row
                for code in (case.village, case.township)
                if code
                for row in staff_holding(everywhere, roles, now=now(), region_code=code)
            ]
    else:
        found = staff_holding(database, roles, now=now())
    mine = actor().account_id
    return [row for row in dict.fromkeys(found) if row[0] != mine]
