"""Taking a walk-in down on one page: saved as one types, rows added by named buttons, submitted once however often pressed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.intake_live import live_of
from admin.intake_page import Block, Desk, offer_names, open_desk, questions_of
from admin.intake_papers import keep_papers, papers_on
from admin.intake_submit import check, clear_blank_rows, submit, twins_found
from admin.intake_twins import Twin
from core import audit
from core.access import Permission
from core.accounts.queries import names_of
from core.cases.draft_state import DraftConflict
from core.cases.window_drafts import read_window_draft
from core.errors import Invalid
from core.forms import Per
from core.web.access_gate import access
from core.web.page import page, redirect_to
from core.web.request import actor, now, session
from core.web.texts import gettext, message_text

ROW_NAMES = frozenset(per.rows for per in Per if per.rows)


@blueprint.route("/intake/<uuid:draft_id>", methods=["GET", "POST"])
@access(Permission.CASE_INTAKE)
def intake_desk(draft_id: uuid.UUID) -> Response:
    """The whole application on one page."""
    draft = read_window_draft(session(), draft_id)
    if draft.case_id is not None:
        return _already(draft.case_id)
    desk = open_desk(draft)
    if request.method == "POST":
        return _act(desk)
    audit.look(session(), "window-draft.look", ("window_drafts", draft.id), now=now())
    return _show(desk, desk.blocks(sent=False))


def _act(desk: Desk) -> Response:
    """Keep what was sent, then do what the button says."""
    what, _, about = request.form.get("do", "save").partition(":")
    blocks = desk.blocks(sent=True)
    for block in blocks:
        for row in block.rows:
            row.form.validate()
    values = desk.values(blocks)
    _forgive_masked(blocks)
    try:
        desk.keep(values)
        offer_names(desk, blocks)
        failed = keep_papers(desk, blocks) if what != "autosave" else None
    except DraftConflict as conflict:
        desk.clash(conflict)
        if what == "autosave":
            # the button will show both sides; nothing is lost by waiting for it
            return _live(desk)
        return _show(desk, desk.blocks(sent=False), status=409)
    if what == "autosave":
        return _live(desk)
    if failed is not None:
        _forgive_empty(blocks)
        return _show(desk, blocks, status=failed)
    return _press(desk, blocks, what, about)


def _press(desk: Desk, blocks: Sequence[Block], what: str, about: str) -> Response:
    """Everything is kept; do what the pressed button says."""
    here = url_for("staff.intake_desk", draft_id=desk.draft.id)
    match what:
        case "submit":
            return _submit(desk, blocks)
        case "add" if about in ROW_NAMES:
            return redirect_to(f"{here}#{about}/{desk.add_row(about)}")
        case "remove":
            return _remove(desk, about, here)
        case _:
            flash(gettext("存好了。没提交以前，本单位的同事都能接着填。"), "success")
            return redirect_to(here)


def _remove(desk: Desk, row: str, here: str) -> Response:
    name, _, key = row.partition("/")
    if name == Per.MEMBER.rows and desk.member_keys[:1] == [key]:
        raise Invalid(gettext("申请人不能去掉。换申请人的，请重新登记。"))
    desk.keep({}, removed=[row])
    return redirect_to(f"{here}#{name}")


def _submit(desk: Desk, blocks: Sequence[Block]) -> Response:
    if clear_blank_rows(desk):
        blocks = _kept(desk, blocks)
    canonical = check(desk, blocks)
    if canonical is None:
        return _show(desk, blocks, status=422)
    twins = twins_found(desk, canonical)
    if twins and (any(each.blocks for each in twins) or not request.form.get("twins-checked")):
        # who asked the index stays on record, though the page answers that it cannot stand yet
        session().commit()
        return _show(desk, blocks, twins=twins, status=422)
    try:
        case_id = submit(desk, canonical)
    except Invalid as problem:
        session().rollback()
        blocks[0].problems.append(message_text(problem.message, problem.values))
        return _show(desk, blocks, status=422)
    if case_id is None:
        # a colleague changed it between reading and submitting: look again instead of submitting what nobody saw
        flash(gettext("同事刚刚改过这份登记，请再看一遍，然后提交。"), "warning")
        return redirect_to(url_for("staff.intake_desk", draft_id=desk.draft.id))
    flash(gettext("已提交。请打印收件回执交给申请人，再请家里人签核对授权书。"), "success")
    return redirect_to(url_for("staff.acceptance_slip", case_id=case_id))


def _already(case_id: uuid.UUID) -> Response:
    """A second press, or the back button: the case is there already."""
    return redirect_to(url_for("staff.case_page", case_id=case_id))


def _kept(desk: Desk, blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks without the rows that were taken out."""
    for block in blocks:
        keys = desk.draft.state.rows.get(block.per.rows, []) if block.per.rows else [""]
        block.rows = [row for row in block.rows if row.key in keys]
    return blocks


def _forgive_masked(blocks: Sequence[Block]) -> None:
    """A number kept from the register is not missing because its field is empty."""
    for row, question in questions_of(blocks):
        if question.name in row.masked and not row.form[question.name].typed:
            row.form[question.name].errors = []


def _forgive_empty(blocks: Sequence[Block]) -> None:
    """What is not filled in yet is no fault until the application is submitted."""
    for row, question in questions_of(blocks):
        if question.name in row.form and not row.form[question.name].typed:
            field = row.form[question.name]
            if not getattr(field, "uploads", None) and not getattr(field, "image", None):
                field.errors = []


def _live(desk: Desk) -> Response:
    return page("admin/intake/_live.html", desk=desk, live=live_of(desk))


def _show(
    desk: Desk, blocks: Sequence[Block], *, twins: Sequence[Twin] = (), status: int | None = None
) -> Response:
    began = names_of(session(), [desk.draft.account_id]).get(desk.draft.account_id, "")
    return page(
        "admin/intake/desk.html",
        fragment="admin/intake/_live.html",
        status=status or 200,
        desk=desk,
        blocks=blocks,
        live=live_of(desk),
        papers=papers_on(desk, blocks),
        twins=twins,
        blocked=any(each.blocks for each in twins),
        began_by="" if desk.draft.account_id == actor().account_id else began,
    )
