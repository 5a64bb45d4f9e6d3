"""The register: households of a place by keyset, and one household's file (一户一档) with its parts loaded when opened."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from admin.addresses import places_below
from admin.blueprint import blueprint
from admin.household_counts import counts_of
from admin.household_file import PARTS, FileHead, category_words, file_head, part_context
from core import audit
from core.access import Permission
from core.cases.transfer_queries import latest_of_household
from core.errors import NotFound
from core.forms import Choice
from core.households.models import Area, LowIncomeCategory
from core.households.queries import Cursor, household_page
from core.regions.queries import counters
from core.web import formats
from core.web.access_gate import access, may
from core.web.choice_fields import ChoiceField
from core.web.form_builder import Form
from core.web.navigation import NavEntry, add_to_navigation
from core.web.page import page, redirect_to
from core.web.request import now, session, state
from core.web.texts import N_, gettext, language

add_to_navigation(
    blueprint,
    NavEntry(
        "staff",
        "staff.households",
        N_("家庭档案"),
        "house",
        order=120,
        group=N_("办理"),
        permissions=frozenset({Permission.HOUSEHOLD_READ}),
    ),
)


class FilterForm(Form):
    """One of the five groups, or all."""

    category = ChoiceField(N_("人群"))

    class Meta(Form.Meta):
        csrf = False


@blueprint.get("/households")
@access(Permission.HOUSEHOLD_READ)
def households() -> Response:
    """Households of the place, the latest entry first; names masked, no search by name in the address."""
    words = category_words(state().node)
    chosen = request.args.get("category", "")
    category = LowIncomeCategory(chosen) if chosen in set(LowIncomeCategory) else None
    found = household_page(
        session(),
        after=_cursor(request.args.get("after", "")),
        before=_cursor(request.args.get("before", "")),
        last=request.args.get("last") == "1",
        category=category,
    )
    form = FilterForm(None, data={"category": category})
    form.category.nothing = N_("全部")
    form.category.options = [Choice(code, name) for code, name in words.items()]
    return page(
        "admin/households/list.html",
        fragment="admin/households/_rows.html",
        rows=_in_words(found.rows),
        words=words,
        groups={each: words.get(each, each) for each in LowIncomeCategory},
        form=form,
        chosen=chosen if category else "",
        counts=counters(session(), state().node),
        next_url=_page_url(chosen, after=found.after),
        previous_url=_page_url(chosen, before=found.before),
        last_url=url_for("staff.households", last=1, category=chosen or None),
    )


class ListedHousehold(NamedTuple):
    """One line of the list as shown, in the order the template takes it apart."""

    head: str
    number: str
    href: str
    size: str
    place: str
    area: str
    group: str
    alone: str
    entered: str


def _in_words(rows: Sequence[Any]) -> list[ListedHousehold]:
    names = places_below(row.region_code for row in rows)
    rural, urban = gettext("农村"), gettext("城市")
    # fifty addresses differ in their last part alone
    start, spoken = url_for("staff.households"), language()
    return [
        ListedHousehold(
            head,
            number,
            f"{start}/{household_id}",
            str(size),
            f"{names.get(region, '')} {group}".strip(),
            rural if area is Area.RURAL else urban,
            category or "",
            alone or "",
            formats.day(entered, spoken),
        )
        for household_id, number, _, head, size, area, category, region, group, entered, alone in rows
    ]


def _cursor(text: str) -> Cursor | None:
    sort, _, row = text.partition(".")
    try:
        return int(sort), uuid.UUID(row)
    except ValueError:
        return None


def _page_url(category: str, *, after: Cursor | None = None, before: Cursor | None = None) -> str | None:
    cursor = after or before
    if cursor is None:
        return None
    text = f"{cursor[0]}.{cursor[1].hex}"
    if after:
        return url_for("staff.households", after=text, category=category or None)
    return url_for("staff.households", before=text, category=category or None)


@blueprint.get("/households/<uuid:household_id>")
@access(Permission.HOUSEHOLD_READ)
def household(household_id: uuid.UUID) -> Response:
    """One household's file; each part is loaded when it is opened."""
    part = request.args.get("part", "overview")
    if part not in PARTS or not may(PARTS[part].permission):
        raise NotFound(N_("没有找到。档案里没有这一部分，或者您的角色不看这一部分。"))
    try:
        head = file_head(household_id)
    except NotFound:
        return _where_it_went(household_id)
    about = head.household.head_person_id
    audit.look(session(), "household.look", head.household, now=now(), person_id=about)
    return page(
        "admin/households/file.html",
        fragment="admin/households/_part.html",
        head=head,
        part=part,
        tabs=_tabs(head, part),
        template=f"admin/households/_{part}.html",
        transfer=latest_of_household(session(), household_id) if may(Permission.HOUSEHOLD_TRANSFER) else None,
        **part_context(part, head),
    )


def _tabs(head: FileHead, active: str) -> list[tuple[str, str, int | None, bool]]:
    """(text, address, how many things it holds, whether it is open) of each part the reader may see."""
    counts = counts_of(head.household, head.cases)
    return [
        (
            gettext(each.label),
            url_for("staff.household", household_id=head.household.id, part=code),
            counts.get(code),
            code == active,
        )
        for code, each in PARTS.items()
        if may(each.permission)
    ]


def _where_it_went(household_id: uuid.UUID) -> Response:
    """The transfer by which the household left, for an office whose cases still name it. Raises NotFound elsewhere."""
    gone = latest_of_household(session(), household_id) if may(Permission.HOUSEHOLD_TRANSFER) else None
    if gone is None:
        raise NotFound(N_("没有找到。可能已经转走，或者不在您负责的地方。"))
    flash(gettext("这户的档案已经转走。这里办过的案件还在。"), "info")
    return redirect_to(url_for("staff.transfer", transfer_id=gone.id))
