"""A household visit on the phone: the province's form beside what is stored, what is answered, what is missing or differs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from admin.answer_words import said
from admin.case_people import CasePeople, people_of
from admin.visit_known import ADDRESSES, FILES, Colleague, colleagues_of, declared_address, stored_values
from core.cases.draft_state import DraftConflict, Save, new_row_key
from core.cases.models import Case
from core.cases.procedure import Procedure
from core.catalogue import Finding, VisitFacts, with_local_labels
from core.forms import (
    Answers,
    Choice,
    FieldFault,
    FormDeclaration,
    Question,
    QuestionKind,
    Section,
    coded_answers,
    is_empty,
    is_shown,
    read_answers,
)
from core.masking import mask_address
from core.visits.drafts import FORM, OpenVisitDraft, read_visit_draft, save_visit_draft
from core.visits.plan import category_of, plan_of
from core.web.form_builder import Form, form_class
from core.web.installation import installation
from core.web.procedures import procedure_of
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext

WHO = Section(
    "who",
    N_("谁去的"),
    (
        Question(
            "colleague",
            N_("和您一起去的工作人员"),
            QuestionKind.CHOICE,
            required=True,
            hint=N_("入户要有至少两名工作人员（57号第十六条）。"),
        ),
        Question("colleague_2", N_("还有一人"), QuestionKind.CHOICE),
    ),
)


@dataclass(slots=True)
class SectionForm:
    """One section open on the page."""

    section: Section
    form: Form


@dataclass(slots=True)
class VisitDesk:
    """One visit being filled in. `stored`: question → value the register, the declaration or the last visit holds.

    `chosen`: the photos and signatures that lie on the page, which the button that is pressed next will keep.
    """

    case: Case
    people: CasePeople
    procedure: Procedure
    form: FormDeclaration
    draft: OpenVisitDraft
    stored: Answers
    colleagues: Sequence[Colleague]
    conflicts: Mapping[str, Any] = field(default_factory=dict)
    merged: Mapping[str, Any] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()

    def sections(self, *, sent: bool) -> list[SectionForm]:
        """Who went, then every section of the form that asks something: as sent, or as stored."""
        made = []
        for section in (WHO, *self.form.sections):
            kind = form_class(section)
            more: dict[str, Any] = {} if sent else {"formdata": None}
            form = kind(data=self._data(section, sent=sent), known=self.draft.state.fields, **more)
            if section is WHO:
                for question in WHO.questions:
                    form[question.name].options = [
                        Choice(str(each.account_id), each.label) for each in self.colleagues
                    ]
            for each in form:
                kept = self.draft.state.fields.get(each.short_name)
                if not sent and isinstance(kept, Mapping) and "declined" in kept:
                    each.declined = str(kept["declined"])
            if any(question.name in form for question in section.questions):
                made.append(SectionForm(section, form))
        return made

    def _data(self, section: Section, *, sent: bool) -> Answers:
        shown: Answers = {}
        for question in section.questions:
            if sent and question.kind not in FILES:
                continue
            value = self.merged.get(question.name, self.draft.state.fields.get(question.name))
            if value is not None:
                shown[question.name] = value
        return shown

    def prefill(self) -> None:
        """Put what is known into a page that was never saved; nothing of it counts until it is sent."""
        for question in self.form.questions:
            if not (question.prefilled and question.asked) or question.name in self.masked:
                continue
            value = (
                today().isoformat() if question.kind is QuestionKind.DATE else self.stored.get(question.name)
            )
            if value is not None:
                self.draft.state.fields[question.name] = value

    @property
    def home(self) -> str:
        """Where to go, in full to whoever was handed the visit; empty where the family wrote nothing."""
        address = declared_address(self.case)
        return address if self.people.full or not address else mask_address(address)

    @property
    def masked(self) -> dict[str, str]:
        """Stored values this reader sees masked: an empty field keeps them (decision 17)."""
        if self.people.full:
            return {}
        return {name: mask_address(str(self.stored[name])) for name in ADDRESSES & self.stored.keys()}

    # --- answers ---

    def values(self, sections: Sequence[SectionForm]) -> dict[str, Any]:
        """Question → value of what was sent, right or wrong, after validation; files are kept by their own step."""
        values: dict[str, Any] = {FORM: [self.form.name, self.form.version]}
        for part in sections:
            typed = part.form.typed()
            for question in part.section.questions:
                if question.name not in part.form:
                    continue
                each = part.form[question.name]
                if question.kind in FILES:
                    if each.declined and not _given_now(each):
                        values[question.name] = {"declined": each.declined}
                    continue
                value = typed.get(question.name)
                if question.kind is QuestionKind.LOCATION and value is None:
                    # an unconfirmed fix is kept as far as it goes
                    value = each.given()
                values[question.name] = value
        return values

    @property
    def answers(self) -> Answers:
        """What the visit would be submitted with: what was typed, kept masked values, what an office supplies."""
        fields = {name: value for name, value in self.draft.state.fields.items() if not is_empty(value)}
        kept = {name: self.stored[name] for name in self.masked if name not in fields}
        return kept | fields | self._supplied()

    def _supplied(self) -> Answers:
        wanted = {question.name for question in self.form.questions if not question.asked}
        supplied = {
            "region": self.case.region_code,
            "surveyor": actor().name,
            "applicant_name": self.people.name(self.people.applicant.id) if self.people.full else None,
            "visit_category": category_of(self.case),
            "registered_address": self.stored.get("registered_address"),
        }
        return {name: value for name, value in supplied.items() if name in wanted and value}

    def read(self) -> tuple[Answers, list[FieldFault]]:
        """The canonical answers and every fault."""
        home = installation()
        return read_answers(self.form, self.answers, today=today(), demo=home.demo or home.settings.testing)

    @property
    def surveyors(self) -> list[tuple[uuid.UUID, str]]:
        """Everybody who went, the one who writes first; only colleagues that were offered count."""
        offered = {str(each.account_id): (each.account_id, each.name) for each in self.colleagues}
        chosen = [
            offered.get(str(self.draft.state.fields.get(name))) for name in ("colleague", "colleague_2")
        ]
        mine = actor()
        first = [(mine.account_id, mine.name)] if mine.account_id is not None else []
        return [*first, *dict.fromkeys(each for each in chosen if each is not None)]

    # --- what the page tells ---

    def missing(self) -> list[tuple[str, str, str]]:
        """(anchor, question, sentence) of what lacks or is wrong before it can be submitted."""
        told = []
        least = self.procedure.law.number(self.procedure.scheme.visitors_key)
        if len(self.surveyors) < least:
            told.append(
                (
                    "colleague-row",
                    gettext(WHO.questions[0].label),
                    gettext("请选一起去的同事，要有至少{least}名工作人员", least=least),
                )
            )
        for fault in self.read()[1]:
            name = fault.path.partition(".")[0]
            if name in self.chosen:
                continue
            label = next((gettext(each.label) for each in self.form.questions if each.name == name), "")
            told.append((f"{name}-row", label, gettext(fault.message, **fault.values)))
        return told

    def differs(self, question: Question) -> bool:
        """Whether this visit's answer is another than the stored one."""
        if question.name not in self.stored:
            return False
        now_given = self.answers.get(question.name)
        return not is_empty(now_given) and not _same(now_given, self.stored[question.name])

    def stored_words(self, question: Question) -> str | None:
        """The stored value in words; None where nothing is stored."""
        if question.name not in self.stored:
            return None
        if question.name in self.masked:
            return self.masked[question.name]
        value = self.stored[question.name]
        if isinstance(value, list):
            return gettext("、").join(said(question, each, ()) for each in value) or gettext("都没有")
        return said(question, value, ())

    @property
    def different(self) -> list[Question]:
        return [question for question in self.form.questions if question.asked and self.differs(question)]

    @property
    def findings(self) -> list[Finding]:
        """The problems that these answers would put on record, asked of the province's packs."""
        facts = VisitFacts(
            visit_id=self.draft.id,
            case_id=self.case.id,
            region_code=self.procedure.view.region_code,
            form_name=self.form.name,
            form_version=self.form.version,
            answers=coded_answers(self.form, self.read()[0]),
        )
        return self.procedure.view.visit_recorded(facts, self.procedure.law)

    def answered(self) -> dict[str, tuple[int, int]]:
        """Section → (answered, asked) of what must be answered there; a section that demands nothing is left out."""
        known, lacking = self.answers, {anchor for anchor, _label, _told in self.missing()}
        found = {}
        for section in (WHO, *self.form.sections):
            asked = [
                each for each in section.questions if each.required and each.asked and is_shown(each, known)
            ]
            done = sum(1 for each in asked if f"{each.name}-row" not in lacking)
            if asked:
                found[section.name] = done, len(asked)
        return found

    # --- saving ---

    def choose(self, sections: Sequence[SectionForm]) -> None:
        """Note which photos and signatures were sent along without being kept yet."""
        self.chosen = frozenset(
            question.name
            for part in sections
            for question in part.section.questions
            if question.kind in FILES and question.name in part.form and _given_now(part.form[question.name])
        )

    def keep(self, values: Mapping[str, Any], removed: Sequence[str] = ()) -> None:
        """Save at once, so that what was typed stays even where the page then answers with an error. Raises DraftConflict."""
        save = Save(values, seen=self.seen, removed=removed, page=self.opened)
        self.draft = save_visit_draft(session(), actor(), self.case, self.draft.id, save, now=now())
        session().commit()

    def clash(self, conflict: DraftConflict) -> None:
        """Show both sides: the newest draft with the reader's own words where both changed."""
        session().rollback()
        self.draft = read_visit_draft(session(), actor(), self.case.id) or self.draft
        self.conflicts, self.merged = conflict.theirs, conflict.merged

    @property
    def seen(self) -> int:
        sent = request.form.get("revision", "")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else self.draft.revision

    @property
    def opened(self) -> str:
        """A mark of this opened page: the one it was sent with, else a new one."""
        return request.form.get("opened", "")[:16] or new_row_key()


def open_visit(case: Case, draft: OpenVisitDraft) -> VisitDesk:
    """The page of a draft, with the form it was begun with."""
    procedure = procedure_of(case)
    name = draft.form
    declared = (
        installation().catalogue.form(*name) if name else procedure.view.form(procedure.scheme.visit_form)
    )
    people = people_of(case)
    desk = VisitDesk(
        case=case,
        people=people,
        procedure=procedure,
        form=with_local_labels(declared, procedure.law),
        draft=draft,
        stored=stored_values(case, declared),
        colleagues=colleagues_of(case),
    )
    plan = plan_of(session(), case.id)
    if draft.revision == 0:
        desk.prefill()
        others = [str(each) for each in plan.surveyors if each != actor().account_id] if plan else []
        draft.state.fields.update(zip(("colleague", "colleague_2"), others, strict=False))
    return desk


def _given_now(each: Any) -> bool:
    return bool(getattr(each, "uploads", None) or getattr(each, "image", None))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return one == other or str(one).strip() == str(other).strip()
