"""A resident's requests to have her data put right: those of a case, and answering one in writing (PIPL art. 46, 50)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_frame import CaseFrame, case_frame
from admin.correction_ways import ways_of
from core import audit
from core.access import Permission
from core.accounts.queries import names_of
from core.cases.data_requests import (
    Correction,
    answer_correction,
    answer_of,
    correction,
    corrections_of_case,
)
from core.cases.models import DataRequest
from core.errors import Conflict, Invalid
from core.leak_scan import masked_text
from core.web.access_gate import access, may
from core.web.fields import LongTextField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext


class AnswerForm(Form):
    """What the office answers; that something must be said, and what, core tells."""

    answer = LongTextField(
        N_("书面答复"),
        hint=N_(
            "改了的，写明改成什么；不改的，写明理由。本人在“我的资料”里看到，发出后不能再改。"
            "不要写证件号、电话和银行账号。"
        ),
    )


def shown_to(text: str, *, full: bool) -> str:
    """Free text of a family as a reader may see it without a reason (domain 3.5, decision 17).

    Who has the case on her desk reads it with its numbers masked. To others it is covered whole: a name written right for
    the first time is known to no list by which it could be masked.
    """
    return masked_text(text) if full else gettext("含个人信息，填用途后显示")


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """A request as its page shows it; `…_hidden`: more of the text is shown for a reason. `by`: who answered."""

    row: DataRequest
    text: str
    text_hidden: bool
    answer: str
    answer_hidden: bool
    due_provisional: bool
    by: str


def _shown(rows: Sequence[Correction], *, full: bool) -> list[ShownCorrection]:
    staff = names_of(session(), [each.row.answered_by for each in rows if each.row.answered_by])
    shown = []
    for each in rows:
        text = shown_to(each.text, full=full)
        answer = shown_to(each.answer, full=full) if each.answer else ""
        by = staff.get(each.row.answered_by, "") if each.row.answered_by else ""
        hidden = text != each.text, answer != each.answer
        shown.append(ShownCorrection(each.row, text, hidden[0], answer, hidden[1], each.due_provisional, by))
    return shown


@blueprint.get("/cases/<uuid:case_id>/corrections")
@access(Permission.CASE_READ)
def case_corrections(case_id: uuid.UUID) -> Response:
    """Every request about a case, open or answered; each is answered on a page of its own."""
    frame = case_frame(case_id, "corrections")
    if frame.people.full:
        audit.look(session(), "data.look", frame.case, now=now())
    return page(
        "admin/cases/corrections.html",
        frame=frame,
        rows=_shown(corrections_of_case(session(), case_id), full=frame.people.full),
        may_answer=may(Permission.CASE_ACCEPT),
        today=today(),
    )


@blueprint.route("/cases/<uuid:case_id>/corrections/<uuid:correction_id>", methods=["GET", "POST"])
@access(Permission.CASE_ACCEPT)
def case_correction(case_id: uuid.UUID, correction_id: uuid.UUID) -> Response:
    """Answer one request, whatever became of the case; the others wait for answers of their own."""
    form = AnswerForm()
    status: int | None = None
    if form.is_submitted():
        status = _answer(correction(session(), case_id, correction_id).row, form)
        if status is None:
            flash(gettext("已答复，本人在“我的资料”里就能看到。"), "success")
            return redirect_to(url_for("staff.case_corrections", case_id=case_id))
    return _show(case_frame(case_id, "corrections"), correction_id, form, status)


def _show(frame: CaseFrame, correction_id: uuid.UUID, form: AnswerForm, status: int | None) -> Response:
    asked = correction(session(), frame.case.id, correction_id)
    # who has just tried to answer reads it, also where a colleague's answer took it off her desk a moment ago
    full = frame.people.full or status is not None
    if full:
        audit.look(session(), "data.look", asked.row, now=now())
    [row] = _shown([asked], full=full)
    return page(
        "admin/cases/correction.html",
        status=status,
        frame=frame,
        form=form,
        row=row,
        ways=[] if asked.answer else ways_of(frame, request.path),
        today=today(),
    )


def _answer(row: DataRequest, form: AnswerForm) -> int | None:
    """None: answered. 422 or 409: the page again, with what was typed; a colleague's answer stays as it is."""
    if not form.validate():
        return 422
    written = (form.answer.data or "").strip()
    try:
        answer_correction(session(), actor(), row, written, now=now())
    except Conflict:
        # pressed twice: her own answer stands already
        twice = row.answered_by == actor().account_id and answer_of(session(), row) == written
        session().rollback()
        return None if twice else 409
    except Invalid as problem:
        session().rollback()
        form.mark(problem)
        return 422
    return None
