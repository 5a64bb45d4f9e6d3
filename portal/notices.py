"""Public notices by place: what hangs now, what was granted, and saying that something is wrong (57号 第十九、二十四条).

Read in a Public session, which sees only rows on notice today; no name stands in an address or a title.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from core.errors import Blocked, NotFound
from core.notices.changes import FIRST, LONG_TERM
from core.notices.models import PublicRow
from core.notices.objections import raise_objection
from core.notices.queries import PAGE_ROWS, PublicPage, public_count, public_page, villages_on_notice
from core.regions import queries as regions
from core.regions.models import Region
from core.sessions import found
from core.translations import N_
from core.web.access_gate import PUBLIC, access
from core.web.current import speak_of
from core.web.fields import LongTextField, PhoneField, TextField
from core.web.form_builder import Form
from core.web.formats import weekday
from core.web.limits import limited
from core.web.page import page, redirect_to
from core.web.request import now, session, system_session, today
from core.web.texts import language
from portal.blueprint import blueprint
from portal.places import chosen_place

# first day, last day, the rows of those days, the strip of days (number, weekday, state), and days left after today
Period = tuple[date, date, list[PublicRow], list[tuple[int, str, str]], int]
KINDS = (FIRST, LONG_TERM)


@blueprint.get("/notices")
@access(PUBLIC)
def notices() -> Response:
    """Find the village or town whose notices to read."""
    place = chosen_place()
    text = request.args.get("q", "").strip()[:40]
    found_places = (
        regions.search(session(), text, place[:6].ljust(12, "0") if place else "000000000000") if text else []
    )
    names = regions.full_names(session(), [each.code for each in found_places])
    if not text and place and regions.level_of(place) >= regions.Level.TOWNSHIP:
        return redirect_to(url_for("portal.notices_of", place=place))
    return page(
        "portal/notices_find.html",
        text=text,
        found=[(each, names[each.code]) for each in found_places if each.level >= regions.Level.TOWNSHIP],
        place=regions.node(session(), place) if place else None,
        towns=regions.children(session(), place) if place else [],
    )


@blueprint.get("/notices/<place>")
@access(PUBLIC)
def notices_of(place: str) -> Response:
    """The notices of one town or village, by kind."""
    if not regions.has_shape(place) or regions.level_of(place) < regions.Level.TOWNSHIP:
        raise NotFound(N_("请选镇（街道）或者村（社区）来看公示。"))
    node = _place(place)
    kind = request.args.get("kind", FIRST)
    kind = kind if kind in KINDS else FIRST
    listed = _listed(place, kind)
    township = place[:9].ljust(12, "0")
    return page(
        "portal/notices.html",
        node=node,
        path=regions.path(session(), place),
        kind=kind,
        rows=listed.rows,
        next_url=_page_url(place, listed.after, kind=kind),
        previous_url=_page_url(place, listed.before, kind=kind),
        page_rows=PAGE_ROWS,
        counts={each: public_count(session(), place, each) for each in KINDS},
        periods=_periods(listed.rows) if kind == FIRST else [],
        villages=_villages(township) if place == township else [],
        office=regions.office(session(), place),
    )


def _listed(place: str, kind: str) -> PublicPage:
    """The page of a list that begins with `?from=`, the id of one of its rows."""
    try:
        start = uuid.UUID(request.args.get("from", ""))
    except ValueError:
        start = None
    return public_page(session(), place, kind, start=start)


def _page_url(place: str, start: uuid.UUID | None, **more: str) -> str | None:
    """The page being read, from the row `start` on; None where there is no such page."""
    values: dict[str, Any] = {**more, "from": start}
    return url_for(request.endpoint or "", place=place, **values) if start else None


def _place(code: str) -> Region:
    """The place whose notices are read: its county names the page, its office stands at the foot."""
    node = regions.node(session(), code)
    speak_of(code)
    return node


def _villages(township: str) -> list[tuple[str, str, int]]:
    counts = villages_on_notice(session(), township)
    return [
        (each.code, each.name, counts[each.code])
        for each in regions.children(session(), township)
        if each.code in counts
    ]


def _periods(rows: Sequence[PublicRow]) -> list[Period]:
    """The rows grouped by their days, each group with its strip of days."""
    groups: dict[tuple[date, date], list[PublicRow]] = {}
    for row in rows:
        groups.setdefault((row.opens_on, row.closes_on or row.opens_on), []).append(row)
    return [
        (opens, closes, members, _strip(opens, closes), (closes - today()).days)
        for (opens, closes), members in sorted(groups.items())
    ]


def _strip(opens: date, closes: date) -> list[tuple[int, str, str]]:
    days = [opens + timedelta(days=offset) for offset in range((closes - opens).days + 1)]
    here = today()
    return [
        (
            day.day,
            weekday(day, language())[:2] if language() == "en" else weekday(day, language())[-1:],
            "today" if day == here else "past" if day < here else "next",
        )
        for day in days
    ]


class ObjectionForm(Form):
    """What seems wrong; a name and a phone only for those who want an answer."""

    said = LongTextField(N_("哪里不对"), required=True)
    name = TextField(N_("您的姓名"))
    phone = PhoneField(N_("联系电话"))


@blueprint.get("/notices/<place>/objection")
@access(PUBLIC)
def choose_objection(place: str) -> Response:
    """Which household it is about; somebody who is missing from the list is another way."""
    node = _place(place)
    listed = _listed(place, FIRST)
    return page(
        "portal/objection_choose.html",
        node=node,
        rows=listed.rows,
        next_url=_page_url(place, listed.after),
        previous_url=_page_url(place, listed.before),
        office=regions.office(session(), place),
    )


@blueprint.route("/notices/<place>/objection/<uuid:row_id>", methods=["GET", "POST"])
@access(PUBLIC)
@limited("5/minute;30/day")
def object_to(place: str, row_id: uuid.UUID) -> Response:
    """Say what is wrong with one row; until the end of its last day."""
    form = ObjectionForm()
    if request.method == "POST" and form.validate():
        given = form.answers()
        # before the request's own session begins: on SQLite only one may write
        try:
            with system_session("objection") as database:
                raise_objection(
                    database,
                    row_id,
                    str(given["said"]),
                    name=str(given.get("name", "")),
                    phone=str(given.get("phone", "")),
                    now=now(),
                )
        except (Blocked, NotFound) as problem:
            # over since she opened the page, or no such notice: what she wrote stays before her, with the phone
            form.mark(problem, beside="said")
        else:
            return redirect_to(url_for("portal.objection_received", place=place))
    row = session().get(PublicRow, row_id)
    return page(
        "portal/objection.html",
        form=form,
        row=row if form.errors else found(row),
        place=place,
        node=_place(place),
        office=regions.office(session(), place),
    )


@blueprint.get("/notices/<place>/objection/received")
@access(PUBLIC)
def objection_received(place: str) -> Response:
    """Thanks, and what happens next."""
    _place(place)
    return page("portal/objection_received.html", place=place, office=regions.office(session(), place))
