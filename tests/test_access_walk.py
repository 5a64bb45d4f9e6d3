"""Every address of the application, with real ids of one county, asked by everyone who has no business there."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from html import unescape
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from core.access import ADMINISTRATORS, Role
from core.accounts.models import LoginSession
from core.database import Base, make_engine
from core.regions.queries import children
from core.testing.town import COUNTY, TOWNSHIP
from core.web.access_gate import LINK, PUBLIC, RESIDENT, entry_of
from tests.one_county import make_county

pytestmark = [pytest.mark.row("R2-28"), pytest.mark.slow]

ELSEWHERE = "441823000000"
TOWN_ELSEWHERE = "441823105000"
PROVINCE_ELSEWHERE = "440000000000"
ALIEN_OFFICE = {
    Role.COUNTY_OFFICER: ELSEWHERE,
    Role.COUNTY_CONFIRMER: ELSEWHERE,
    Role.DEPARTMENT_OFFICER: ELSEWHERE,
    Role.CITY_SUPERVISOR: "441800000000",
    Role.PROVINCE_SUPERVISOR: PROVINCE_ELSEWHERE,
    **dict.fromkeys(ADMINISTRATORS, PROVINCE_ELSEWHERE),
}
OTHER_PHONE = "19900000077"

# what anyone may open without signing in, each decided by hand
PUBLIC_PAGES = {
    "asset", "healthz", "metrics", "web.set_language", "web.set_large", "web.set_theme", "oidc.begin", "oidc.back",
    "portal.home", "portal.guide", "portal.help_someone", "portal.privacy", "portal.complaints",
    "portal.accessibility", "portal.place", "portal.choose_place", "portal.notices", "portal.notices_of",
    "portal.object_to", "portal.choose_objection", "portal.objection_received", "portal.outbox", "portal.self_check",
    "portal.demo_date", "portal.put_forward",
    "portal.sign_in", "portal.sign_in_code", "portal.send_code_again", "staff.sign_in",
}  # fmt: skip
# one argument → the value that names it; "endpoint:argument" where another is meant there
REAL: dict[str, str] = {
    "case_id": "checked_case",
    "authorisation_id": "authorisation",
    "document_id": "case_paper",
    "household_id": "household",
    "person_id": "person",
    "member_id": "member",
    "letter_id": "letter",
    "notice_id": "notice",
    "request_id": "request",
    "import_id": "import",
    "line_key": "line",
    "account_id": "staff_account",
    "grant_id": "grant",
    "row_id": "public_row",
    "phone_id": "verified_phone",
    "token": "token",
    "portal:draft_id": "draft",
    "staff:draft_id": "window_draft",
    "portal:case_id": "own_case",
    "portal:authorisation_id": "own_authorisation",
    "portal.my_authorisation_phone:authorisation_id": "waiting_authorisation",
    "portal:letter_id": "own_letter",
    "portal:login_id": "resident_login",
    "staff:login_id": "staff_login",
    "portal.apply_receipt:draft_id": "own_case",
    "portal.apply_paper:document_id": "draft_paper",
    "staff.intake_paper:document_id": "window_paper",
    "staff.visit_draft_photo:document_id": "draft_photo",
    "staff.visit_photo:document_id": "visit_photo",
    "visit_id": "visit",
    "transfer_id": "transfer",
    "correction_id": "correction",
    "entry_id": "standard",
    "assignment_id": "assignment",
    "staff.award_end:case_id": "decided_case",
    "staff.office:place": "township",
}
# arguments that name nothing of one county
WORDS: dict[str, str] = {
    "asset:path": "css/apply.css",
    "place": "520328101000",
    "code": "dibao",
    "what": "id_number",
    "act": "close",
    "kind": "family",
    "portal.apply_person:key": "bb",
    "portal.apply_person_remove:key": "bb",
    "portal.apply_questions:name": "contact",
    "staff.enter:key": "dibao.standard",
    "staff.calendar_year:year": "2027",
    "staff.reveal_correction:what": "asked",
    "staff.pack:name": "guangdong",
    "staff.pack_enable:name": "guizhou",
    "staff.pack_disable:name": "guizhou",
}
# staff of any place open these, and find there only what is their own or the nation's
NOT_OF_A_COUNTY = {
    "staff.pack",
    "staff.pack_enable",
    "staff.pack_disable",
    "staff.enter",
    "staff.calendar_year",
}
# these answer alike whichever sign-in is named, and end only one's own
ALIKE = {"portal.end_my_session", "staff.end_my_session"}
# these end the sign-in of who asks
LAST = {"staff.sign_out", "portal.sign_out"}
SIGN_IN = ("/sign-in", "/staff/sign-in")


@pytest.fixture(scope="module")
def county(open_site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("walk")
    made = make_county(open_site(folder / "home", make_engine(f"sqlite:///{folder / 'doudi.sqlite'}")))
    yield made
    made.site.home.engine.dispose()


def value_of(county, endpoint, argument):
    """The real value for an argument; a new argument without one fails the walk."""
    face = endpoint.split(".")[0]
    for name in (f"{endpoint}:{argument}", f"{face}:{argument}", argument):
        if name in REAL:
            return county.ids[REAL[name]]
        if name in WORDS:
            return WORDS[name]
    pytest.fail(f"{endpoint}: no real value for <{argument}>; add one to this walk")


def addresses(county):
    """(endpoint, entry, method, path, whether it names something of the county), sign-outs last."""
    app = county.site.app
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        entry = entry_of(app, rule.endpoint)
        if entry is None:
            continue
        values = {name: value_of(county, rule.endpoint, name) for name in rule.arguments}
        named = bool(rule.arguments) and rule.endpoint not in PUBLIC_PAGES | NOT_OF_A_COUNTY
        path = adapter.build(rule.endpoint, values, method=next(iter(rule.methods - {"HEAD", "OPTIONS"})))
        found += [
            SimpleNamespace(endpoint=rule.endpoint, entry=entry, method=method, path=path, named=named)
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        ]
    return sorted(found, key=lambda each: each.endpoint in LAST)


def ask(browser, each, number):
    # every walker at an address of its own: how often one address may post is proven elsewhere
    here = {"environ_base": {"REMOTE_ADDR": f"10.9.{number}.1"}}
    data = {"csrf_token": browser.token} if each.method == "POST" else None
    return browser.client.open(each.path, method=each.method, data=data, **here)


def rows_of_the_county(county):
    """A digest of each table's rows that belong to the county; looks are recorded, so the trail is left out."""
    digests = {}
    homes = [county.ids["staff_login"], county.ids["resident_login"]]
    with county.site.home.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if "county" not in table.c or table.name.startswith(("audit", "login")):
                continue
            rows = connection.execute(
                select(table).where(table.c.county == "520328000000").order_by(*table.primary_key)
            )
            digests[table.name] = hashlib.sha256(repr(rows.all()).encode()).hexdigest()
        ended = connection.execute(
            select(LoginSession.id, LoginSession.ended_at).where(LoginSession.id.in_(homes))
        )
        digests["sign-ins"] = repr(ended.all())
    return digests


def walk(county, browser, number, *, kind):
    faults = []
    before = rows_of_the_county(county)
    for each in addresses(county):
        answer = ask(browser, each, number)
        where = f"{each.method} {each.endpoint} → {answer.status_code}"
        if not _right(each, answer, kind):
            faults.append(where)
        if each.endpoint not in PUBLIC_PAGES and answer.mimetype in {"text/html", "text/csv"}:
            leaked = [word for word in county.secret if word in _told(answer, each)]
            faults += [f"{where}: shows {leaked[0]}"] if leaked else []
    assert not faults, "\n".join(faults)
    assert rows_of_the_county(county) == before


def _right(each, answer, kind):
    refused = answer.status_code in {403, 404} or _to_sign_in(answer)
    if each.entry.audience is LINK:
        # who holds the link is asked to prove herself; without that nothing is shown or done
        return answer.status_code in {200, 303, 400, 403, 404, 422}
    if each.named:
        return refused or (each.endpoint in ALIKE and answer.status_code == 303)
    if each.endpoint in PUBLIC_PAGES or _may_ask(each, kind):
        return answer.status_code < 500
    return refused


def _to_sign_in(answer):
    asked = answer.status_code == 303 and answer.headers["Location"].partition("?")[0] in SIGN_IN
    return asked or answer.status_code == 401


def _told(answer, each):
    # the address itself may come back in a link to the sign-in
    return answer.get_data(as_text=True).replace(each.path, "")


def _may_ask(each, kind):
    audience = each.entry.audience
    return (audience is RESIDENT) if kind == "resident" else (audience is not RESIDENT and kind == "staff")


def alien_office(county, role):
    if role is Role.VILLAGE_ASSISTANT:
        with county.site.session() as session:
            return children(session, TOWN_ELSEWHERE)[0].code
    return ALIEN_OFFICE.get(role, TOWN_ELSEWHERE)


@pytest.mark.parametrize("role", list(Role))
def test_staff_of_another_region_reach_nothing_of_this_county(county, role):
    name = f"alien-{role.replace('_', '-')}"
    browser, _ = county.site.staff(name, role, office=alien_office(county, role))
    walk(county, browser, 10 + list(Role).index(role), kind="staff")


def test_nobody_reaches_anything_but_the_public_pages(county):
    browser = county.site.browser()
    browser.get("/sign-in")
    walk(county, browser, 1, kind="nobody")


def test_another_resident_reaches_nothing_of_this_familys(county):
    browser = county.site.resident(OTHER_PHONE)
    walk(county, browser, 2, kind="resident")


def test_the_public_pages_are_the_ones_decided_by_hand(county):
    app = county.site.app
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (entry := entry_of(app, rule.endpoint)) is not None and entry.audience is PUBLIC
    }
    assert public == PUBLIC_PAGES


def test_the_ids_of_the_walk_are_real_so_the_countys_own_people_do_reach_them(county):
    people = [*county.staff.values(), county.resident]
    unreached = []
    for each in addresses(county):
        if each.method != "GET" or not each.named or each.entry.audience is LINK:
            continue
        answers = [ask(person, each, 3) for person in people]
        if not any(200 <= answer.status_code < 400 and not _to_sign_in(answer) for answer in answers):
            unreached.append(f"{each.endpoint}: {sorted({answer.status_code for answer in answers})}")
    assert not unreached, "\n".join(unreached)


# --- at home -----------------------------------------------------------------------------------------------------

WAY = re.compile(r'<a\b[^>]*\bhref="(/staff[^"#]*)')
MAIN = re.compile(r'class="[^"]*\bdd-b-main\b')
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\?.*")
AT_HOME = {
    Role.VILLAGE_ASSISTANT: "",
    Role.TOWNSHIP_CONFIRMER: TOWNSHIP,
    Role.CONTRACT_WORKER: TOWNSHIP,
    Role.DEPARTMENT_OFFICER: COUNTY,
    Role.CITY_SUPERVISOR: "520300000000",
    Role.PROVINCE_SUPERVISOR: "520000000000",
}


def test_no_page_shows_its_reader_a_way_that_is_closed_to_her_or_two_main_buttons(county):
    readers = dict(county.staff)
    with county.site.session() as session:
        village = children(session, TOWNSHIP)[0].code
    for role, office in AT_HOME.items():
        name = f"reads-{role.replace('_', '-')}"
        readers[name] = county.site.staff(name, role, office=office or village)[0]
    closed = [
        f"{name}: {way} on {page}" for name, browser in readers.items() for page, way in _closed_ways(browser)
    ]
    assert not closed, "\n".join(closed)


def _closed_ways(browser):
    """(page, link) of each link met from her worklist on that she may not follow; two pages of each kind are read."""
    met, read, todo = {"/staff/"}, Counter(), [("", "/staff/")]
    for page, way in todo:
        kind = AN_ID.sub("", way)
        read[kind] += 1
        if read[kind] > 2:
            continue
        answer = browser.get(way)
        if answer.status_code >= 400:
            yield page, way
        elif answer.mimetype == "text/html":
            if len(MAIN.findall(answer.text)) > 1:
                yield way, "two main buttons"
            new = {unescape(found) for found in WAY.findall(answer.text)} - met
            met |= new
            todo += [(way, each) for each in sorted(new)]
