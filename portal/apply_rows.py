"""Editing one row of a draft (a person, an income, a house): its form, what is wrong with it, which rows are not finished."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from core.cases.from_form import whole_faults
from core.errors import Invalid
from core.forms import Answers, FieldFault, Per, Question, Section, read_answers
from core.identity_numbers import tidy_number
from core.web.form_builder import Form, form_class
from core.web.request import today
from core.web.texts import N_, gettext, message_text
from portal.apply_files import keep_paper
from portal.apply_steps import row_section
from portal.apply_wizard import Wizard, made_up_allowed

_KEY = re.compile(r"[0-9a-f]{4,16}")


@dataclass
class RowEditor:
    """One row open for writing. `fresh`: it was not stored yet. `offered` replaces choices: question → codes left out."""

    wizard: Wizard
    per: Per
    key: str
    section: Section
    form: Form

    @property
    def prefix(self) -> str:
        return f"{self.per.rows}/{self.key}/"

    @property
    def fresh(self) -> bool:
        return self.key not in self.wizard.draft.state.rows.get(self.per.rows, [])

    def values(self, fixed: Answers | None = None) -> dict[str, Any]:
        """Path → value of what was sent. `fixed`: answers that this page does not ask."""
        values = self.wizard.values(self.form, self.section, self.prefix)
        return values | {self.prefix + name: value for name, value in (fixed or {}).items()}

    def keep(self, fixed: Answers | None = None) -> None:
        """Save what was typed, right or wrong. Raises DraftConflict."""
        self.wizard.keep(self.values(fixed))

    def keep_papers(self) -> int | None:
        """Store the photos that came along; 507 when the disk was full, which is told beside the field."""
        status: int | None = None
        for field in self.form:
            uploads: list[FileStorage] = getattr(field, "uploads", [])
            if not uploads or field.errors:
                continue
            document, fault = keep_paper(self.wizard, field.short_name, uploads[0], self._kind_chosen())
            if fault is not None:
                field.errors = [*field.errors, fault.told]
                status = fault.status
            elif document is not None:
                self.wizard.keep({self.prefix + field.short_name: str(document)})
        return status

    def _kind_chosen(self) -> str:
        return str(self.form["kind"].data or "") if "kind" in self.form else ""

    def check(self) -> bool:
        """Whether the row can stand, also beside the others; what is wrong is put beside its field."""
        right = bool(self.form.validate())
        for fault in self._faults():
            name = fault.path.rpartition(".")[2]
            if name in self.form and not self.form[name].errors:
                self.form.mark(Invalid(fault.message, field=name, **fault.values))
                right = False
        return right

    def _faults(self) -> list[FieldFault]:
        mine = self.form.answers()
        return [*self._twice(mine), *self._between(mine)]

    def _twice(self, mine: Answers) -> list[FieldFault]:
        """The same number on another card, whichever was written first."""
        faults = []
        for question in self.section.questions:
            if not question.unique or question.name not in mine:
                continue
            for per in (Per.MEMBER, Per.SUPPORTER):
                for key in self.wizard.draft.state.rows.get(per.rows, []):
                    other = self.wizard.draft.state.row(per.rows, key)
                    same = tidy_number(str(other.get(question.name, ""))) == mine[question.name]
                    if same and (per, key) != (self.per, self.key):
                        name = str(other.get("name") or gettext("另一个人"))
                        message = N_("和{name}填的一样；一个人只填一次")
                        faults.append(
                            FieldFault(f"{self.per.rows}.0.{question.name}", message, {"name": name})
                        )
        return faults

    def _between(self, mine: Answers) -> list[FieldFault]:
        # one row by itself is enough for what two of its own answers say of one another
        alone = {self.per.rows: [mine]}
        if "guardian" in mine:
            # who is written down for the first time will stand last
            keys = self.wizard.member_keys
            own = keys.index(self.key) if self.key in keys else len(keys)
            alone[self.per.rows] = [{}] * own + [mine]
        found = whole_faults(alone, today(), self.wizard.adult_age, demo=made_up_allowed())
        return [fault for fault in found if fault.path.rpartition(".")[2] in mine]


def open_row(
    wizard: Wizard, per: Per, key: str, *, without: frozenset[str] = frozenset(), sent: bool | None = None
) -> RowEditor:
    """The editor of a row; `without` leaves questions out. `sent` False shows what is stored."""
    section = row_section(wizard.form, per, without=without)
    section = replace(section, questions=tuple(each for each in section.questions if each.asked))
    form = wizard.make_form(form_class(section), section, f"{per.rows}/{key}/", sent=sent)
    return RowEditor(wizard, per, key, section, form)


def sent_key() -> str:
    """The key of the row the page had open, or "" for none (or a crafted one)."""
    key = request.form.get("row", "")
    return key if _KEY.fullmatch(key) else ""


def unfinished(wizard: Wizard, per: Per) -> dict[str, list[str]]:
    """Key → sentences of what is missing or wrong in each stored row of a kind."""
    answers = wizard.draft.answers(wizard.form)
    canonical, faults = read_answers(wizard.form, answers, today=today(), demo=made_up_allowed())
    faults += whole_faults(canonical, today(), wizard.adult_age, demo=made_up_allowed())
    keys = wizard.draft.state.rows.get(per.rows, [])
    found: dict[str, list[str]] = {}
    for fault in faults:
        rows, _, rest = fault.path.partition(".")
        number = rest.partition(".")[0]
        if rows == per.rows and number.isdigit() and int(number) < len(keys):
            told = message_text(fault.message, fault.values)
            found.setdefault(keys[int(number)], []).append(told)
    return found


def labels_of(questions: Sequence[Question], name: str) -> dict[str, str]:
    """Code → label of one choice question, in the reader's language."""
    for question in questions:
        if question.name == name:
            return {each.code: gettext(each.label) for each in question.choices}
    return {}
