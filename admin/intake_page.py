"""The one page of a walk-in application: every section of the province's form, its rows, what was typed, what is wrong."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

from admin.answer_words import MASKS, said
from admin.intake_proxy import PROXY
from core.cases.draft_state import DraftConflict, Save, new_row_key
from core.cases.procedure import Procedure
from core.cases.window_drafts import OpenWindowDraft, read_window_draft, save_window_draft
from core.catalogue import with_local_labels
from core.forms import (
    MEMBER_ROWS,
    Answers,
    FormDeclaration,
    Per,
    Question,
    QuestionKind,
    Section,
)
from core.regions import queries as regions
from core.web.choice_fields import RegionField
from core.web.form_builder import Form, form_class
from core.web.installation import installation
from core.web.procedures import procedure_in
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext

SCHEME = "dibao"
SELF = "01"
# a row just added has nothing in it but this
ADDED = "@"
KNOWN = "@known"
NO_INCOME = Question("no_income", N_("没有收入"), QuestionKind.YES_NO)


@dataclass(slots=True)
class RowForm:
    """One row (or the case-wide part) open on the page. `prefix`: the draft's path before each question."""

    key: str
    prefix: str
    form: Form
    masked: Mapping[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Block:
    """One section of the page with its rows; a case-wide section has exactly one."""

    section: Section
    rows: list[RowForm]
    problems: list[str] = field(default_factory=list)

    @property
    def per(self) -> Per:
        return self.section.per


@dataclass(slots=True)
class Desk:
    """One draft on the clerk's desk. `declared`: the province's form; `form`: with the questions about the proxy before."""

    draft: OpenWindowDraft
    declared: FormDeclaration
    procedure: Procedure
    form: FormDeclaration
    conflicts: Mapping[str, Any] = field(default_factory=dict)
    merged: Mapping[str, Any] = field(default_factory=dict)

    @property
    def member_keys(self) -> list[str]:
        return self.draft.state.rows.get(Per.MEMBER.rows, [])

    @property
    def member_names(self) -> list[str]:
        """Names in order; a member without one is called by her number."""
        fields = self.draft.state.fields
        return [
            str(fields.get(f"members/{key}/name") or gettext("第{n}人", n=number + 1))
            for number, key in enumerate(self.member_keys)
        ]

    @property
    def known(self) -> set[str]:
        """Paths whose value came from the register and was not typed: shown masked, kept when left empty."""
        return set(self.draft.state.fields.get(KNOWN, ()))

    @property
    def answers(self) -> Answers:
        return self.draft.answers(self.form)

    # --- the forms ---

    def blocks(self, *, sent: bool) -> list[Block]:
        """Every section: as sent, or as stored."""
        made = []
        for section in _merged_sections(self.form):
            kind = form_class(section)
            if not section.per.rows:
                made.append(Block(section, [self._open(kind, section, "", "", sent)]))
                continue
            name = section.per.rows
            keys = self.draft.state.rows.get(name, [])
            made.append(
                Block(section, [self._open(kind, section, key, f"{name}/{key}/", sent) for key in keys])
            )
        return made

    def _open(self, kind: type[Form], section: Section, key: str, prefix: str, sent: bool) -> RowForm:
        more: dict[str, Any] = {} if sent else {"formdata": None}
        form = kind(
            data=self._data(section, prefix, sent=sent),
            prefix=prefix,
            known=self._case_answers(),
            members=self.member_names,
            **more,
        )
        for each in form:
            if isinstance(each, RegionField):
                each.offer(villages_in_reach())
        masked = {
            question.name: MASKS[question.kind](str(self.draft.state.fields[prefix + question.name]))
            for question in section.questions
            if prefix + question.name in self.known and question.kind in MASKS
        }
        return RowForm(key, prefix, form, masked, self._notes(section, prefix))

    def _data(self, section: Section, prefix: str, *, sent: bool) -> Answers:
        shown: Answers = {}
        for question in section.questions:
            path = prefix + question.name
            value = self.merged.get(path, self.draft.state.fields.get(path))
            # a masked value is never a form value (decision 17); what was typed must not fall back to what is stored
            if (path in self.known and question.kind in MASKS) or (sent and not _is_file(question)):
                continue
            if question.choices_from == MEMBER_ROWS:
                value = str(self.member_keys.index(value)) if value in self.member_keys else None
            if value is not None:
                shown[question.name] = value
        return shown

    def _case_answers(self) -> Answers:
        return {path: value for path, value in self.draft.state.fields.items() if "/" not in path}

    def _notes(self, section: Section, prefix: str) -> dict[str, str]:
        """Beside each field that a colleague changed too: what she wrote."""
        return {
            question.name: said(
                question,
                self.conflicts[prefix + question.name],
                list(zip(self.member_keys, self.member_names, strict=True)),
            )
            for question in section.questions
            if prefix + question.name in self.conflicts
        }

    # --- saving ---

    def values(self, blocks: Sequence[Block]) -> dict[str, Any]:
        """Path → value of everything that was sent, right or wrong, after each form was validated."""
        values: dict[str, Any] = {}
        known = self.known
        for row, question in questions_of(blocks):
            if question.name not in row.form or _is_file(question):
                continue
            path, value = row.prefix + question.name, row.form.typed().get(question.name)
            if path in known and question.kind in MASKS:
                if value in (None, ""):
                    continue
                known.discard(path)
            if question.choices_from == MEMBER_ROWS and value is not None:
                text = str(value)
                inside = text.isascii() and text.isdigit() and int(text) < len(self.member_keys)
                value = self.member_keys[int(text)] if inside else None
            values[path] = value
        if known != self.known:
            values[KNOWN] = sorted(known)
        return values

    def keep(self, values: Mapping[str, Any], removed: Sequence[str] = ()) -> None:
        """Save at once, so that what was typed stays even where the page then answers with an error. Raises DraftConflict."""
        save = Save(values, seen=self.seen, removed=removed, page=self.opened)
        self.draft = save_window_draft(session(), actor(), self.draft.id, save, now=now())
        session().commit()

    def add_row(self, rows: str) -> str:
        """A new empty row at the end; its key."""
        key = new_row_key()
        self.keep({f"{rows}/{key}/{ADDED}": True})
        return key

    def clash(self, conflict: DraftConflict) -> None:
        """Show both sides: the newest draft with the reader's own words where both changed."""
        session().rollback()
        self.draft = read_window_draft(session(), self.draft.id)
        self.conflicts, self.merged = conflict.theirs, conflict.merged

    @property
    def seen(self) -> int:
        sent = request.form.get("revision", "")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else self.draft.revision

    @property
    def opened(self) -> str:
        """A mark of this opened page: the one it was sent with, else a new one."""
        return request.form.get("opened", "")[:16] or new_row_key()


def open_desk(draft: OpenWindowDraft) -> Desk:
    """The desk of a draft that was not submitted yet, with the form it began with."""
    procedure = procedure_in(draft.scheme, actor().node, today())
    declared = with_local_labels(
        installation().catalogue.form(draft.form_name, draft.form_version), procedure.law
    )
    return Desk(draft, declared, procedure, replace(declared, sections=(PROXY, *declared.sections)))


def _merged_sections(form: FormDeclaration) -> Iterator[Section]:
    """Sections in order; what packs ask of a row in sections of their own joins the first of its kind."""
    seen: set[Per] = set()
    for section in form.sections:
        if not section.per.rows:
            yield section
        elif section.per not in seen:
            seen.add(section.per)
            questions = [each for part in form.sections_per(section.per) for each in part.questions]
            if section.per is Per.MEMBER:
                questions.append(NO_INCOME)
            yield replace(section, questions=tuple(questions))


def questions_of(blocks: Sequence[Block]) -> Iterator[tuple[RowForm, Question]]:
    """Every question of every row on the page."""
    for block in blocks:
        for row in block.rows:
            for question in block.section.questions:
                yield row, question


def offer_names(desk: Desk, blocks: Sequence[Block]) -> None:
    """Let the questions that point at somebody offer the names as they were just kept."""
    for row, question in questions_of(blocks):
        if question.choices_from == MEMBER_ROWS and question.name in row.form:
            row.form[question.name].offer_members(desk.member_names)


def _is_file(question: Question) -> bool:
    return question.kind in {QuestionKind.DOCUMENT, QuestionKind.PHOTO, QuestionKind.SIGNATURE}


def villages_in_reach() -> list[tuple[str, str]]:
    """(code, name) of the villages a family may be registered in from this desk: those of the office's township."""
    node = actor().node
    if regions.level_of(node) > regions.Level.TOWNSHIP:
        return [(node, regions.node(session(), node).name)]
    if regions.level_of(node) < regions.Level.TOWNSHIP:
        return []
    below = [(place.code, place.name) for place in regions.children(session(), node, today())]
    return below or [(node, regions.node(session(), node).name)]


def draft_id_in(text: str) -> uuid.UUID | None:
    """An id that came with a form, or None for a crafted one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def made_up_allowed() -> bool:
    """Whether made-up ID numbers pass: in demo and tests only."""
    return installation().demo or installation().settings.testing
