"""Moving a household's file: offer it, ask for it, answer the other office; nothing moves before both agree."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.intake_known import id_number_in
from admin.transfer_places import place_chosen, places_under, villages_of, way_from_nation
from core import audit
from core.access import Permission
from core.cases.transfer_queries import (
    answer_due,
    has_answer_to_read,
    latest_of_household,
    transfer_half,
    transfers_here,
)
from core.cases.transfers import (
    Wish,
    accept_transfer,
    acknowledge_answer,
    cancel_transfer,
    decline_transfer,
    offer_household,
    request_household,
)
from core.errors import Blocked, Conflict, Invalid, NotFound
from core.forms import Choice
from core.households.queries import household as household_in_scope
from core.households.transfer_models import HouseholdTransfer, TransferSide, TransferState
from core.masking import Kind, mask
from core.regions.codes import Level, level_of
from core.regions.queries import full_names
from core.standards.calendars import calendar_in_force
from core.standards.queries import law_in_force
from core.web.access_gate import access
from core.web.choice_fields import ChoiceField
from core.web.fields import LongTextField
from core.web.form_builder import Form
from core.web.installation import installation
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, today
from core.web.texts import N_, gettext, text_of
from core.workdays import Deadline

MOST_TYPED = 60
LIMIT = "limit.transfer"
STATE_WORDS = {
    TransferState.OFFERED: N_("等接收方答复"),
    TransferState.REQUESTED: N_("等原地答复"),
    TransferState.ACCEPTED: N_("已经转移"),
    TransferState.DECLINED: N_("没有同意"),
    TransferState.CANCELLED: N_("已经撤回"),
}
add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.transfers",
        N_("档案转移"),
        "arrow-right",
        order=125,
        group=N_("办理"),
        permissions=frozenset({Permission.HOUSEHOLD_TRANSFER}),
    ),
)


class WishForm(Form):
    """Why the file should move, and for who asks for it the village."""

    village = ChoiceField(N_("现在住在哪个村（社区）"), required=True)
    reason = LongTextField(
        N_("原因"), required=True, max_length=200, hint=N_("对方会看到。不要写身份证号、电话。")
    )


class AcceptForm(Form):
    """The village they live in now."""

    village = ChoiceField(N_("现在住在哪个村（社区）"), required=True)


class DeclineForm(Form):
    """Why not."""

    reason = LongTextField(
        N_("不同意的原因"), required=True, max_length=200, hint=N_("对方会看到。不要写身份证号、电话。")
    )


def answer_by() -> Deadline:
    """Until when the other office answers: a local parameter, for the law gives no limit."""
    view = installation().for_region(actor().node, today())
    days = law_in_force(session(), view.book, actor().node, today()).days(LIMIT)
    return calendar_in_force(session()).add_working_days(today(), days)


def _wish(form: WishForm, place: str) -> Wish:
    return Wish(place, form.reason.data or "", answer_by())


def attempt(form: Form, act: Callable[[], object]) -> int | None:
    """Do `act` if the form stands: None when done, else 422 or 409 with the form's own message."""
    if not form.validate_on_submit():
        return 422
    try:
        act()
    except Invalid as problem:
        session().rollback()
        form.mark(problem)
        return 422
    except (Blocked, Conflict) as problem:
        session().rollback()
        form.form_errors = [*form.form_errors, text_of(problem)]
        return 409
    return None


@blueprint.get("/transfers")
@access(Permission.HOUSEHOLD_TRANSFER)
def transfers() -> Response:
    """What comes and goes, those that wait first."""
    rows = transfers_here(session())
    return page(
        "admin/transfers/list.html",
        coming=[row for row in rows if row.side is TransferSide.TAKING],
        going=[row for row in rows if row.side is TransferSide.GIVING],
        names=_names(rows),
        state_words=STATE_WORDS,
    )


def _names(rows: Sequence[HouseholdTransfer]) -> dict[str, str]:
    return full_names(session(), {code for row in rows for code in (row.from_region, row.to_region) if code})


@blueprint.route("/households/<uuid:household_id>/transfer", methods=["GET", "POST"])
@access(Permission.HOUSEHOLD_TRANSFER)
def household_transfer(household_id: uuid.UUID) -> Response:
    """Offer a household to the township it moved to: first the place by links, then the reason."""
    household = household_in_scope(session(), household_id)
    waiting = latest_of_household(session(), household_id)
    if waiting is not None and waiting.waiting:
        return redirect_to(url_for("staff.transfer", transfer_id=waiting.id))
    place = place_chosen(request.args.get("in", ""))
    form, status = WishForm(), None
    del form.village
    if form.is_submitted():

        def offer() -> None:
            offer_household(session(), actor(), household_id, _wish(form, place), now=now())

        status = attempt(form, offer)
        if status is None:
            flash(gettext("已经请求转出。对方同意以前，档案还在这里。"), "success")
            return redirect_to(url_for("staff.household", household_id=household_id))
        household = household_in_scope(session(), household_id)
    return page(
        "admin/transfers/offer.html",
        status=status,
        household=household,
        form=form,
        place_name=full_names(session(), [place]).get(place, ""),
        way=way_from_nation(place),
        # its own township is no place to move to
        below=[each for each in places_under(place) if each[0] != household.township],
        chosen=level_of(place) is Level.TOWNSHIP,
    )


@blueprint.post("/transfers/request")
@access(Permission.HOUSEHOLD_TRANSFER)
def transfer_request() -> Response:
    """Ask for the file of whoever was searched at the window. The number goes by POST and is in no address."""
    typed = request.form.get("q", "").strip()[:MOST_TYPED]
    number = id_number_in(typed)
    if not number:
        raise NotFound(N_("没有读懂这个身份证号码。请回到窗口受理，再查一次。"))
    form, status = WishForm(), None
    villages = _offer_villages(form, actor().node)
    if "reason" in request.form:

        def ask() -> None:
            place = str(form.village.data) if villages else actor().node
            request_household(session(), actor(), number, _wish(form, place), now=now())

        status = attempt(form, ask)
        if status is None:
            flash(gettext("已经请原地转来。对方答复以后，待办里会有。"), "success")
            return redirect_to(url_for("staff.transfers"))
    return page(
        "admin/transfers/request.html",
        status=status or 200,
        form=form,
        typed=typed,
        id_masked=mask(Kind.ID_NUMBER, number),
    )


def _offer_villages(form: WishForm | AcceptForm, township: str) -> list[Choice]:
    """Let the form choose among the villages of a township; where none are imported it does not ask."""
    villages = villages_of(township)
    if villages:
        form.village.options = villages
    else:
        del form.village
    return villages


@blueprint.route("/transfers/<uuid:transfer_id>", methods=["GET", "POST"])
@access(Permission.HOUSEHOLD_TRANSFER)
def transfer(transfer_id: uuid.UUID) -> Response:
    """One transfer: what it is about, what happens with a yes, and the acts that are this office's."""
    row = transfer_half(session(), transfer_id)
    accept, decline, status = AcceptForm(), DeclineForm(), None
    taking = row.side is TransferSide.TAKING
    villages = _offer_villages(accept, row.township) if taking else []
    if not taking:
        del accept.village
    if request.method == "POST":
        answer = _act(row, accept, decline, ask_village=bool(villages))
        if not isinstance(answer, int):
            return answer
        status = answer
        row = transfer_half(session(), transfer_id)
    else:
        audit.look(session(), "transfer.look", row, now=now())
    return page(
        "admin/transfers/one.html",
        status=status or 200,
        row=row,
        names=_names([row]),
        state=STATE_WORDS[row.state],
        taking=taking,
        accept=accept,
        decline=decline,
        due=answer_due(session(), row),
        to_read=has_answer_to_read(session(), row),
    )


def _act(
    row: HouseholdTransfer, accept: AcceptForm, decline: DeclineForm, *, ask_village: bool
) -> Response | int:
    """Do what was pressed and go on, or give the status with which the page is shown again."""
    act, database, who, home = request.form.get("act", ""), session(), actor(), url_for("staff.transfers")
    if act == "accept":

        def take() -> None:
            place = str(accept.village.data) if ask_village else ""
            accept_transfer(database, who, row, now=now(), due=answer_by(), to_region=place)

        if (status := attempt(accept, take)) is not None:
            return status
        flash(gettext("档案已经转移。"), "success")
    elif act == "decline":

        def refuse() -> None:
            words = decline.reason.data or ""
            decline_transfer(database, who, row, words, now=now(), due=answer_by())

        if (status := attempt(decline, refuse)) is not None:
            return status
        flash(gettext("已经答复不同意，档案没有动。"), "info")
    elif act == "cancel":
        cancel_transfer(database, who, row, now=now())
        flash(gettext("已经撤回，档案没有动。"), "info")
    elif act == "read":
        acknowledge_answer(database, who, row, now=now())
    else:
        raise NotFound(N_("没有这一项。请回到“档案转移”，从网页上的按钮进入。"))
    return redirect_to(home)


audit.name_act("transfer.look", N_("查看档案转移"))
