"""What a new application need not ask again: what this account gave before, and what the register holds on its own person."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from core.accounts.models import ResidentAccount
from core.cases import people
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.draft_state import DraftState, state_from
from core.cases.models import Case
from core.encryption import place_of
from core.forms import Answers, FormDeclaration, Per, join_answers
from core.households.models import Person
from core.scopes import Own
from core.sessions import ScopedSession
from portal.apply_steps import SELF

# what changes from one application to the next is asked again
_ASKED_AGAIN = frozenset({"hardship", "related_party", "related_who", "variant"})


def first_state(session: ScopedSession, form: FormDeclaration, region: str, *, reuse: bool) -> DraftState:
    """The state a draft begins with. Only what the account may see anyway: its own cases, its own verified person.

    Nothing is looked up by a name or number somebody types: a neighbour learns nothing (decision 1).
    """
    answers: Answers = {"members": [{"relation": SELF, "counted": True}]}
    answers |= _own_person(session)
    earlier = last_case(session) if reuse else None
    if earlier is not None:
        answers |= _of_case(session, form, earlier)
    answers["region"] = region
    phone = _own_phone(session)
    if phone:
        answers.setdefault("phone", phone)
    return state_from(form, answers)


def last_case(session: ScopedSession) -> Case | None:
    """The account's latest application, if any."""
    scope = session.scope
    if not isinstance(scope, Own):
        return None
    row: Case | None = session.scalar(
        select(Case)
        .where(Case.owner_account_id == scope.account_id)
        .order_by(Case.submitted_at.desc(), Case.id.desc())
        .limit(1)
    )
    return row


def _own_phone(session: ScopedSession) -> str:
    account = session.scalar(select(ResidentAccount).where(ResidentAccount.id == session.actor.account_id))
    return (session.vault.read(account, "phone_sealed") or "") if account is not None else ""


def _own_person(session: ScopedSession) -> Answers:
    """The card of the person this account is, once an office or an identity provider said so."""
    scope = session.scope
    if not isinstance(scope, Own) or scope.person_id is None:
        return {}
    person = session.scalar(select(Person).where(Person.id == scope.person_id))
    if person is None or person.secrets_sealed is None:
        return {}
    secrets: dict[str, Any] = session.vault.unseal_json(
        place_of(person, "secrets_sealed"), person.secrets_sealed
    )
    name = session.vault.read(person, "name_sealed") or person.name
    row = _card(name, secrets, person.working, person.student, person.seriously_ill)
    return {"members": [row | {"relation": SELF, "counted": True}]}


def _card(
    name: str, secrets: dict[str, Any], working: bool | None, student: bool | None, ill: bool | None
) -> Answers:
    """What is known of somebody; a question nobody answered stays without an answer."""
    certificate = secrets.get("disability_certificate") or ""
    row: Answers = {
        "name": name,
        "id_number": secrets.get("id_number") or "",
        "working": working,
        "student": student,
        "seriously_ill": ill,
        # without a certificate nothing tells "no" from no answer
        "disabled": True if certificate else None,
        "disability_certificate": certificate,
    }
    return {question: value for question, value in row.items() if value not in ("", None)}


def _of_case(session: ScopedSession, form: FormDeclaration, case: Case) -> Answers:
    rows = people.members(session, case.id)
    sealed: Answers = {}
    if case.answers_sealed is not None:
        sealed = session.vault.unseal_json(place_of(case, "answers_sealed"), case.answers_sealed)
    whole = join_answers(dict(case.answers), sealed)
    asked = {question.name for section in form.sections_per(Per.CASE) for question in section.questions}
    once = (form.section("documents"), form.section("promise"))
    dropped = _ASKED_AGAIN | {question.name for section in once for question in section.questions}
    answers = {name: value for name, value in whole.items() if name in asked - dropped}
    answers["area"] = str(case.area)
    family = [row for row in rows if row.role is MemberRole.MEMBER]
    # the applicant stands first, on the page of her own
    family.sort(key=lambda row: (not row.is_applicant, row.position))
    places = {row.id: number for number, row in enumerate(family)}
    old = sorted(family, key=lambda row: row.position)
    holder = str(answers.pop("account_holder", ""))
    if holder.isdigit() and int(holder) < len(old):
        answers["account_holder"] = str(places[old[int(holder)].id])
    answers["members"] = [_member(session, row, places) for row in family]
    answers["supporters"] = [_supporter(session, row) for row in rows if row.role is MemberRole.SUPPORTER]
    return answers


def _member(session: ScopedSession, row: DeclaredMember, places: dict[uuid.UUID, int]) -> Answers:
    secrets = people.declared(session, row)
    card = _card(str(secrets["name"]), secrets, row.working, row.student, row.seriously_ill)
    card |= {"relation": SELF if row.is_applicant else row.relation, "counted": row.counted}
    if row.not_counted_reason is not None:
        card["not_counted_reason"] = str(row.not_counted_reason)
    if secrets.get("phone") and not row.is_applicant:
        card["phone"] = secrets["phone"]
    if row.guardian_member_id in places:
        card["guardian"] = str(places[row.guardian_member_id])
    return card


def _supporter(session: ScopedSession, row: DeclaredMember) -> Answers:
    secrets = people.declared(session, row)
    return {
        "name": secrets["name"],
        "id_number": secrets["id_number"],
        "relation": row.relation,
        "phone": secrets.get("phone") or "",
    }
