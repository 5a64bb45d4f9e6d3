"""Search first: a person, a household or a case by number, phone, case number or two characters of a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

from flask import request, url_for
from werkzeug.wrappers import Response

from admin.addresses import places_below
from admin.blueprint import blueprint
from admin.intake_known import county_here
from core import audit
from core.access import Permission
from core.cases import queries as cases
from core.contact_numbers import parse_phone
from core.errors import Invalid
from core.households.queries import find_by_id_number, find_by_name, find_by_phone
from core.identity_numbers import parse_id_number
from core.web.access_gate import access
from core.web.installation import installation
from core.web.page import page, redirect_to
from core.web.request import now, session, today
from core.web.texts import gettext

MOST_TYPED = 60


@dataclass(slots=True)
class Found:
    """What was found, masked; `kind`: how the words were read; `hint`: what to type instead when nothing fits."""

    kind: str
    people: Sequence[Any] = ()
    cases: Sequence[Any] = ()
    hint: str = ""
    names: dict[str, str] = field(default_factory=dict)


@blueprint.get("/search")
@access(Permission.PERSON_SEARCH)
def search_page() -> Response:
    """The empty search; whatever somebody wrote into the address is dropped, for it may be a number of a person."""
    if request.args:
        return redirect_to(url_for("staff.search_page"))
    return page("admin/search.html", fragment="admin/_results.html", typed="", found=None)


@blueprint.post("/search")
@access(Permission.PERSON_SEARCH)
def search() -> Response:
    """Search. What is typed goes by POST and is never part of an address; the search is audited without it."""
    typed = request.form.get("q", "").strip()[:MOST_TYPED]
    if not typed:
        return page("admin/search.html", fragment="admin/_results.html", typed="", found=None)
    found = find(typed)
    places = {row.village or row.township or row.county for row in found.people}
    found.names = places_below(places | {row.region_code for row in found.cases})
    audit.record(
        session(),
        "search",
        None,
        now=now(),
        changes={"by": [None, found.kind], "count": [None, len(found.people) + len(found.cases)]},
    )
    return page("admin/search.html", fragment="admin/_results.html", typed=typed, found=found)


def find(typed: str) -> Found:
    """Read the words as an ID number, a phone, a case number or a name, and look only where who asks works."""
    home, database = installation(), session()
    demo = home.demo or home.settings.testing
    try:
        number = parse_id_number(typed, today=today(), demo=demo).number
    except Invalid:
        number = ""
    if number:
        people = find_by_id_number(database, number)
        return Found("id_number", people, cases.find_by_member_number(database, number))
    try:
        phone = parse_phone(typed)
    except Invalid:
        phone = ""
    if phone:
        return Found("phone", find_by_phone(database, phone))
    if any(char.isdigit() for char in typed):
        # wide letters and blanks as they come out of a pasted text
        found = cases.find_by_number(database, "".join(normalize("NFKC", typed).split()))
        hint = (
            ""
            if found
            else gettext("没有这个号码。身份证号请填满18位；案号像“MTYX-2026-000123”，请连字母一起填。")
        )
        return Found("case_number", cases=found, hint=hint)
    letters = typed.replace(" ", "")
    county = county_here()
    if len(letters) < 2:
        return Found("name", hint=gettext("查姓名请至少填两个字。"))
    if len(county.rstrip("0")) <= 4:
        return Found("name", hint=gettext("按姓名查，请先在上面换到一个县或者镇。"))
    people = find_by_name(database, letters, county)
    return Found("name", people, cases.find_open_by_name(database, letters))
