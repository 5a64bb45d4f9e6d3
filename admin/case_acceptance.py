"""Deciding on an application: accept it, ask once for what is missing, or refuse acceptance in writing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import flash, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_forms import CaseForm, attempt
from admin.case_frame import CaseFrame, case_frame, is_open
from admin.covered import covered_rows
from admin.left_out import Leaving, leaving_with, reasons_in
from core.access import Permission
from core.cases import queries
from core.cases.changes import accept_application, decline_acceptance, send_deficiency_letter
from core.cases.entering import would_be_twice
from core.cases.models import Case, CaseState, StepCode
from core.cases.people import account_to_open
from core.cases.steps import steps_of
from core.cases.tasks import finished_at
from core.catalogue import LetterKind
from core.documents.queries import papers_of_case
from core.documents.titles import KIND_TITLES
from core.forms import Choice, ShownIf
from core.letters.models import Letter
from core.letters.queries import letter_text, letters_of_case, numbered_items
from core.web.access_gate import access
from core.web.choice_fields import RadioChoiceField, TickField
from core.web.fields import LongTextField
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import N_, gettext

ACCEPT, ASK, DECLINE = "accept", "deficiency", "decline"


class AcceptanceForm(CaseForm):
    """One of three ways, with what each needs."""

    way = RadioChoiceField(
        N_("怎么办"),
        required=True,
        choices=(
            Choice(ACCEPT, N_("受理"), hint=N_("材料齐了，或补齐了。法定时限从次日起算。")),
            Choice(DECLINE, N_("不予受理"), hint=N_("书面告知，写明原因和怎么复议、诉讼。")),
            # last, because it is offered once: a browser's "back" ticks by position
            Choice(ASK, N_("一次性告知补正"), hint=N_("把缺的一次写全，只能告知一次。")),
        ),
    )
    local_duty = TickField(
        N_("申请人或家人是本单位经办人员、村（居）委会成员的近亲属"),
        hint=N_("勾了就单独登记备案，由县里入户核查、审核确认。"),
        shown_if=ShownIf("way", (ACCEPT,)),
    )
    items = LongTextField(N_("还缺什么（一行写一样）"), max_length=2000, shown_if=ShownIf("way", (ASK,)))
    reason = LongTextField(
        N_("不予受理的原因"),
        max_length=1000,
        hint=N_("这段话会原样印在给申请人的文书里，请写给本人看。"),
        shown_if=ShownIf("way", (DECLINE,)),
    )


@blueprint.route("/cases/<uuid:case_id>/acceptance", methods=["GET", "POST"])
@access(Permission.CASE_ACCEPT)
def case_acceptance(case_id: uuid.UUID) -> Response:
    """The decision on acceptance, beside what was declared."""
    case = queries.case(session(), case_id)
    form = AcceptanceForm(data={"version": case.version})
    asked = _asked(case)
    if asked is not None:
        # the one letter has gone out: what is left is to accept or to refuse in writing
        form.way.options = [choice for choice in form.way.question.choices if choice.code != ASK]
    undecided = case.accepted_at is None
    leaving = leaving_with(case) if undecided else []
    status: int | None = None
    if form.is_submitted():
        answer = attempt(case, form, lambda: _decide(case, form, leaving), _stored)
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return redirect_to(url_for("staff.case_page", case_id=case_id))
        status = answer
    frame = case_frame(case_id, "economy")
    papers = _papers(frame)
    form.version.data = str(frame.case.version) if not form.is_submitted() else form.version.data
    return page(
        "admin/cases/acceptance.html",
        status=status,
        frame=frame,
        form=form,
        asked=asked,
        leaving=leaving,
        covered=covered_rows(would_be_twice(session(), frame.case)) if undecided else [],
        open=is_open(frame, StepCode.ACCEPTANCE),
        papers=papers,
        account_to_open=account_to_open(session(), frame.case),
        came=[row for row in papers if asked is not None and row[2] >= asked.letter.issued_at],
    )


def _decide(case: Case, form: AcceptanceForm, leaving: list[Leaving]) -> None:
    procedure, database = procedure_of(case), session()
    match form.way.data:
        case "accept":
            accept_application(
                database,
                actor(),
                case,
                procedure,
                now=now(),
                local_duty=bool(form.local_duty.data),
                left_out=reasons_in(leaving),
            )
            flash(gettext("已受理，受理通知书已发出。时限从明天起算。"), "success")
        case "deficiency":
            items = (form.items.data or "").splitlines()
            send_deficiency_letter(database, actor(), case, items, procedure, now=now())
            flash(gettext("一次性告知书已发出。补齐后这件会回到待办。"), "success")
        case _:
            decline_acceptance(database, actor(), case, form.reason.data or "", procedure, now=now())
            flash(gettext("已决定不予受理，告知书已发出。"), "success")


@dataclass(frozen=True, slots=True)
class Asked:
    """The one deficiency letter: what it asks for, and when the family answered it (None while it has not)."""

    letter: Letter
    items: Sequence[str]
    answered_at: datetime | None


def _asked(case: Case) -> Asked | None:
    letters = letters_of_case(session(), case.id)
    letter = next((each for each in letters if each.kind is LetterKind.DEFICIENCY), None)
    if letter is None:
        return None
    items = numbered_items(letter_text(session(), letter.id))
    return Asked(letter, items, finished_at(session(), case, "supplement"))


def _stored(case: Case) -> dict[str, str]:
    """What another clerk has decided meanwhile, for the page that shows both."""
    words = {
        CaseState.AWAITING_SUPPLEMENT: N_("一次性告知补正"),
        CaseState.NOT_ACCEPTED: N_("不予受理"),
        CaseState.WITHDRAWN: N_("申请人已撤回"),
        CaseState.SUBMITTED: N_("还没有决定"),
    }
    steps = steps_of(session(), case.id)
    accepted = any(step.code is StepCode.ACCEPTANCE and str(step.state) == "done" for step in steps)
    way = N_("受理") if accepted else words.get(case.state, N_("还没有决定"))
    return {"way": gettext(way), "local_duty": gettext("是") if case.related_party else gettext("否")}


def _papers(frame: CaseFrame) -> list[tuple[str, str, datetime]]:
    """(kind of paper, whose, when it came) of everything in the file."""
    return [
        (gettext(KIND_TITLES[paper.kind]), frame.people.name(paper.member_id), paper.given_at)
        for paper in papers_of_case(session(), frame.case.id)
    ]
