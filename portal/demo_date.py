"""The date of a demo, put forward by whoever tries it: a notice of seven days is over at the press of a button."""

from __future__ import annotations

import threading
from datetime import timedelta

from flask import current_app, flash, request
from werkzeug.wrappers import Response

from core.accounts.signed_in import carry_on
from core.errors import NotFound
from core.web.access_gate import PUBLIC, access, page_asked_from, safe_next
from core.web.demo_clock import DemoClock
from core.web.installation import installation
from core.web.page import page, redirect_to
from core.web.request import state, system_session, today
from core.web.texts import N_, gettext
from core.web.watch import watch_once
from portal.blueprint import blueprint

HERE = "/demo-date"
# days, and what they are good for
STEPS = (
    (1, N_("过 1 天"), N_("今天张贴的公示，明天起村里看得到。")),
    (10, N_("过 10 天"), N_("公示七天期满，案件自动转到审核确认。")),
    (31, N_("过 31 天"), N_("看看逾期的待办是什么样子。")),
)


@blueprint.get(HERE)
@access(PUBLIC)
def demo_date() -> Response:
    """What day it is in this demo, and the ways on; no such page outside a demo."""
    _clock()
    # tomorrow it says another day: not to be kept on the way
    state().personal = True
    came_from = page_asked_from()
    return page(
        "portal/demo_date.html", today=today(), steps=STEPS, back=None if came_from == HERE else came_from
    )


@blueprint.post(HERE)
@access(PUBLIC)
def put_forward() -> Response:
    """Go on some days, do at once what an installation does by itself on such a day, and lead back."""
    clock = _clock()
    days = next((days for days, _, _ in STEPS if request.form.get("days") == str(days)), None)
    if days is None:
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    with system_session("demo-date") as session:
        # who tries several people in several browsers need not sign in anew with each
        carry_on(session, by=timedelta(days=days), now=clock())
    clock.put_forward(days)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  (documented for threads)
    # in a thread of its own: it opens requests and sessions that know nothing of this one
    round_ = threading.Thread(target=watch_once, args=(app,), kwargs={"now": clock()})
    round_.start()
    round_.join()
    flash(gettext("日期已拨快 {days} 天。", days=days), "success")
    return redirect_to(safe_next(request.form.get("back")) or HERE)


def _clock() -> DemoClock:
    clock = installation().clock
    if not isinstance(clock, DemoClock):
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    return clock
