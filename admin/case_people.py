"""Whom a case page names, and how: in full to whoever has it on the desk, masked to everyone else (decision 17)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.authorisations.coverage import Coverage, PersonCoverage, Standing
from core.cases import people
from core.cases.declaration_models import DeclaredMember, MemberRole
from core.cases.models import Case
from core.cases.worklist import is_handling
from core.errors import NotFound
from core.forms import FormDeclaration
from core.web.installation import installation
from core.web.request import actor, session, signed_in
from core.web.texts import N_, gettext

RELATION = "relation"
# a head who did not apply herself; forms ask only how one is related to who applies
HEAD = {"02": N_("户主")}


@dataclass(frozen=True, slots=True)
class CasePeople:
    """Everyone on the declaration. `full`: the reader has the case on her desk; `numbers`: masked ID numbers."""

    everyone: Sequence[DeclaredMember]
    full: bool
    names: dict[uuid.UUID, str]
    numbers: dict[uuid.UUID, str]

    @property
    def applicant(self) -> DeclaredMember:
        return next(each for each in self.everyone if each.is_applicant)

    @property
    def members(self) -> list[DeclaredMember]:
        return [each for each in self.everyone if each.role is MemberRole.MEMBER]

    @property
    def supporters(self) -> list[DeclaredMember]:
        return [each for each in self.everyone if each.role is MemberRole.SUPPORTER]

    def name(self, member_id: uuid.UUID | None) -> str:
        """The name as this reader may read it; the household's own things have none."""
        return self.names.get(member_id, "") if member_id else gettext("全家")

    def signer(self, person: PersonCoverage) -> str:
        """Who signs for that person, as this reader may read it."""
        row = person.authorisation
        signer_id = (row.signer_member_id if row is not None else None) or person.member_id
        return self.names.get(signer_id, person.waits_for)

    def waiting_for(self, covered: Coverage) -> list[str]:
        """等谁签, each once, as this reader may read them."""
        names = [self.signer(each) for each in covered.persons if each.hindrance is Standing.WAITING]
        return list(dict.fromkeys(names))


def people_of(case: Case) -> CasePeople:
    """The people of a case as the reader may see them."""
    database = session()
    everyone = people.members(database, case.id)
    full = case.id in signed_in().assigned_case_ids or is_handling(database, actor(), case.id)
    names = {
        each.id: people.full_name(database, each) if full else people.masked_name(database, each)
        for each in everyone
    }
    numbers = {each.id: people.masked_number(database, each) for each in everyone}
    return CasePeople(everyone, full, names, numbers)


def relation_words(case: Case) -> dict[str, str]:
    """Code to words of a relation to the head, from the form the case began with."""
    try:
        form = installation().catalogue.form(case.form_name, case.form_version)
    except NotFound:
        return {}
    return words_of_relations(form)


def words_of_relations(form: FormDeclaration) -> dict[str, str]:
    """Code to words of the relations a form offers, and of the head."""
    offered = {
        choice.code: choice.label
        for question in form.questions
        if question.name == RELATION
        for choice in question.choices
    }
    return {code: gettext(text) for code, text in (HEAD | offered).items()}
