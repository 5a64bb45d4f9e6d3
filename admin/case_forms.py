"""Forms about a case: they carry the version of the case they were filled in for; two clerks never overwrite each other."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import HiddenField

from admin.case_frame import kind_words
from core.cases import queries
from core.cases.changes import check_version
from core.cases.models import Case
from core.cases.steps import steps_of
from core.errors import Blocked, Conflict, Invalid
from core.web.form_builder import Form, fields_of
from core.web.page import page
from core.web.procedures import procedure_of
from core.web.request import session
from core.web.texts import gettext, text_of

NEVER_RESENT = frozenset({"csrf_token", "version"})


class CaseForm(Form):
    """A form about one case. `version` is what the case had when the page was opened."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version seen, -1 for a crafted one: it never fits."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() else -1


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people filled in: what is stored now, and what was typed."""

    label: str
    stored: str
    typed: str


# what is stored now of a field, by its name
Stored = Callable[[Case], dict[str, str]]


def attempt(
    case: Case, form: CaseForm, act: Callable[[], None], stored: Stored | None = None
) -> Response | int | None:
    """Do `act` if the form stands. None: done. 422 or 409: show the form again. A Response: somebody else was first.

    Whatever `act` had written is taken back when it could not be finished.
    """
    if not form.validate_on_submit():
        return 422
    case_id = case.id
    try:
        check_version(case, form.seen)
        act()
    except Conflict as problem:
        return conflict_page(case_id, form, text_of(problem), stored)
    except StaleDataError:
        return conflict_page(case_id, form, gettext("这件申请刚刚被别的同事改过。请核对后再办。"), stored)
    except Invalid as problem:
        session().rollback()
        form.mark(problem)
        return 422
    except Blocked as problem:
        session().rollback()
        form.form_errors = [*form.form_errors, text_of(problem)]
        return 409
    return None


def conflict_page(case_id: uuid.UUID, form: CaseForm, message: str, stored: Stored | None) -> Response:
    """409: what is stored now beside what was typed, field by field; one may send it again, nothing is lost."""
    session().rollback()
    case = queries.case(session(), case_id)
    now_stored = stored(case) if stored is not None else {}
    clashes = [
        Clash(field.label.text, now_stored.get(field.name, ""), _typed(field, now_stored))
        for field in fields_of(form)
        if field.name not in NEVER_RESENT and (_typed(field, now_stored) or now_stored.get(field.name))
    ]
    procedure = procedure_of(case)
    return page(
        "admin/cases/conflict.html",
        status=409,
        case=case,
        kind=kind_words(case, procedure),
        message=message,
        clashes=clashes,
        steps=steps_of(session(), case.id),
        typed=[
            (name, value)
            for name in request.form
            if name not in NEVER_RESENT
            for value in request.form.getlist(name)
        ],
        action=request.path,
    )


def _typed(field: Any, stored: Mapping[str, str]) -> str:
    """What was typed, in the words of the page where it was a choice."""
    values: Sequence[str] = request.form.getlist(field.name)
    if hasattr(field, "iter_choices"):
        words = {str(choice.value): str(choice.label) for choice in field.iter_choices()}
        return gettext("、").join(words.get(value, value) for value in values)
    if field.type == "TickField":
        # a box left empty says no where something is stored to compare it with
        return gettext("是") if values else gettext("否") if field.name in stored else ""
    return gettext("、").join(value for value in values if value)
