"""The rest of a family's checks answered in one act, after a look at the list: no body of those still asked has a record."""
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import groupby

from flask import flash, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.case_frame import CaseFrame, case_frame
from core.access import Permission
from core.cases import queries as cases
from core.cases.models import Case
from core.errors import Problem
from core.forms import Choice
from core.translations import N_
from core.verification.models import VerificationRequest
from core.verification.nothing_found import NothingFound, record_nothing_found, remaining
from core.web.access_gate import access
from core.web.choice_fields import ChoicesField, TickField
from core.web.form_builder import Form
from core.web.page import page, redirect_to
from core.web.procedures import procedure_of
from core.web.request import actor, now, session
from core.web.texts import gettext


class NothingForm(Form):
    """Which requests, and that the bodies were really asked."""

    requests = ChoicesField(N_("哪几项没有记录"))
    seen = TickField(N_("上面勾的每一项，单位都答复了，都没有记录"), required=True)


@blueprint.route("/cases/<uuid:case_id>/verification/nothing", methods=["GET", "POST"])
@access(Permission.VERIFICATION_RECORD)
def verification_nothing(case_id: uuid.UUID) -> Response:
    """The list of what is still asked, all ticked; what stays ticked is recorded, each as its own result."""
    case = cases.case(session(), case_id)
    left = remaining(session(), case_id, now=now())
    form = NothingForm(data={"requests": [str(row.id) for row in left.covered]})
    form.requests.options = [Choice(str(each), "") for each in _sent(form)]
    if form.validate_on_submit() and (outcome := _record(case, form)) is not None:
        _tell(outcome)
        return redirect_to(url_for("staff.case_verification", case_id=case_id))
    frame = case_frame(case_id, "verification")
    if form.is_submitted():
        left = remaining(session(), case_id, now=now())
    return page(
        "admin/verification/nothing.html",
        frame=frame,
        form=form,
        people=_by_person(frame, left.covered),
        apart=_by_person(frame, left.uncovered),
        ticked=set(form.requests.chosen()),
        count=len(left.covered),
    )


def _sent(form: NothingForm) -> list[uuid.UUID]:
    """The ids the page was sent with; what is no id was never on it."""
    found = []
    for each in form.requests.chosen():
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return found


def _record(case: Case, form: NothingForm) -> NothingFound | None:
    try:
        return record_nothing_found(session(), actor(), case, _sent(form), procedure_of(case), now=now())
    except Problem as problem:
        session().rollback()
        form.mark(problem)
        return None


def _tell(outcome: NothingFound) -> None:
    """No person is named here: what is flashed travels in a cookie."""
    if outcome.recorded:
        flash(gettext("已登记 {n} 项没有记录，每一项单独留档。", n=len(outcome.recorded)), "success")
    if outcome.answered_before:
        flash(
            gettext(
                "有 {n} 项别的同事刚刚登记过（{bodies}），以先登记的为准，没有改动。",
                n=len(outcome.answered_before),
                bodies=_bodies(outcome.answered_before),
            ),
            "info",
        )
    if outcome.uncovered:
        flash(
            gettext(
                "有 {n} 项授权撤回或者过期了（{bodies}），没有登记。",
                n=len(outcome.uncovered),
                bodies=_bodies(outcome.uncovered),
            ),
            "warning",
        )


def _bodies(rows: Sequence[VerificationRequest]) -> str:
    return gettext("、").join(dict.fromkeys(gettext(row.body) for row in rows))


def _by_person(
    frame: CaseFrame, rows: Sequence[VerificationRequest]
) -> list[tuple[str, list[VerificationRequest]]]:
    """(name as the reader may read it, requests), in the order declared."""
    return [
        (frame.people.names.get(member, group[0].name_masked), group)
        for member, group in (
            (member, list(asked)) for member, asked in groupby(rows, key=lambda row: row.member_id)
        )
    ]
