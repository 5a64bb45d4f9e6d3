"""The gate: a view that says nothing is refused, strangers are led to the right door, others' things do not exist."""

import uuid
from datetime import date

import pytest
from flask import Blueprint

from core.access import Role
from core.catalogue.packs import Enabling
from core.scopes import HandedWork
from core.web.access_gate import PUBLIC, SilentView, access, check_views, safe_next
from core.web.install import make_app

YONGXING = "520328103000"
MEITAN = "520328000000"
YANGSHAN = "441823000000"

pytestmark = pytest.mark.row("R2-28")


def test_an_app_with_a_view_that_says_nothing_does_not_start(home):
    app = make_app(home, ["key"], [])
    silent = Blueprint("silent", __name__)
    silent.add_url_rule("/silent", "view", lambda: "anyone?")
    app.register_blueprint(silent)
    with pytest.raises(SilentView, match=r"silent\.view"):
        check_views(app)


def test_a_silent_view_added_later_is_not_found_at_request_time(home):
    app = make_app(home, ["key"], [])
    app.add_url_rule("/silent", "silent", lambda: "anyone?")
    answer = app.test_client().get("/silent")
    assert answer.status_code == 404
    assert "anyone?" not in answer.text


def test_anyone_opens_a_public_page(browser):
    assert browser.get("/open").status_code == 200


@pytest.mark.parametrize(("address", "door"), [("/mine", "/sign-in"), ("/staff/any", "/staff/sign-in")])
def test_a_stranger_is_led_to_the_door_of_that_face_and_back_afterwards(browser, address, door):
    answer = browser.get(f"{address}?page=2")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{door}?next={address}%3Fpage%3D2"


def test_htmx_is_sent_to_the_door_by_header_and_comes_back_to_the_whole_page(browser):
    answer = browser.get(
        "/staff/any?part=1",
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/staff/cases/7"},
    )
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/staff/sign-in?next=/staff/cases/7"


def test_a_resident_is_nobody_to_the_staff_face_and_staff_are_nobody_to_the_portal(browser):
    browser.sign_in_resident()
    assert browser.get("/staff/any").headers["Location"].startswith("/staff/sign-in")
    browser.client.delete_cookie("doudi")
    browser.sign_in_staff()
    assert browser.get("/mine").headers["Location"].startswith("/sign-in")


def test_a_token_of_the_other_kind_opens_nothing(browser):
    token = browser.sign_in_resident()
    with browser.client.session_transaction() as cookie:
        cookie.clear()
        cookie["staff_token"] = token
    assert browser.get("/staff/any").status_code == 303


def test_a_resident_works_in_the_scope_of_her_own_account(browser):
    browser.sign_in_resident()
    assert browser.get("/mine").text.startswith("Own(account_id=")


def test_staff_work_in_the_scope_of_their_node(browser):
    browser.sign_in_staff(nodes=(YONGXING,))
    assert browser.get("/staff/any").text == f"Region(node='{YONGXING}') {YONGXING}"


def test_a_bought_in_worker_sees_only_what_was_handed_over(browser):
    case = uuid.uuid4()
    browser.sign_in_staff(
        Role.CONTRACT_WORKER, assigned=frozenset({HandedWork(case, "visit", date(2026, 12, 1))})
    )
    assert browser.get("/staff/any").text.startswith(f"Assigned(case_ids=frozenset({{{case!r}}})")


def test_staff_without_any_grant_see_nothing(browser):
    browser.sign_in_staff(nodes=())
    assert browser.get("/staff/any").text.startswith("Assigned(case_ids=frozenset()")


def test_a_missing_permission_is_forbidden_with_a_sentence(browser):
    browser.sign_in_staff(Role.TOWNSHIP_CLERK)
    answer = browser.get("/staff/audit")
    assert answer.status_code == 403
    assert "安全管理员" in answer.text


def test_what_lies_elsewhere_is_not_found_rather_than_forbidden(browser):
    browser.sign_in_staff(nodes=(YANGSHAN,))
    assert browser.get(f"/staff/cases/{uuid.uuid4()}").status_code == 404


def test_a_permission_held_in_another_node_does_not_count_here(browser):
    browser.sign_in_staff(Role.AUDIT_ADMINISTRATOR, nodes=(MEITAN, YANGSHAN))
    assert browser.get("/staff/audit").status_code == 200
    browser.sign_in_staff(Role.AUDIT_ADMINISTRATOR, nodes=())
    assert browser.get("/staff/audit").status_code == 403


def test_staff_switch_to_another_of_their_own_nodes(browser):
    browser.sign_in_staff(nodes=(YONGXING, YANGSHAN))
    answer = browser.post("/staff/node", {"node": YANGSHAN})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    assert browser.get("/staff/any").text == f"Region(node='{YANGSHAN}') {YANGSHAN}"


def test_nobody_switches_to_a_node_that_was_not_granted(browser):
    browser.sign_in_staff(nodes=(YONGXING,))
    assert browser.post("/staff/node", {"node": YANGSHAN}).status_code == 422
    with browser.client.session_transaction() as cookie:
        cookie["node"] = YANGSHAN
    assert browser.get("/staff/any").text.endswith(YONGXING)


@pytest.mark.parametrize(
    ("flag", "door"),
    [("must_change_password", "/staff/password"), ("needs_second_factor", "/staff/second-factor")],
)
def test_half_a_sign_in_opens_only_the_page_that_completes_it(browser, flag, door):
    browser.sign_in_staff(**{flag: True})
    assert browser.get("/staff/any").headers["Location"] == door
    assert browser.get("/staff/half").status_code == 200


def test_the_second_factor_comes_before_the_new_password(browser):
    browser.sign_in_staff(must_change_password=True, needs_second_factor=True)
    assert browser.get("/staff/any").headers["Location"] == "/staff/second-factor"


def test_a_signer_has_no_session_until_her_link_names_one_authorisation(browser):
    link = uuid.uuid4()
    assert browser.get(f"/sign/{link}").text == f"Link(authorisation_id={link!r})"
    assert browser.get(f"/sign/{link}?early=1").status_code == 500


def test_a_sign_in_that_ran_out_leads_to_the_door_and_says_why(browser, home):
    browser.sign_in_staff()
    browser.sign_ins.clear()
    assert browser.get("/staff/any").headers["Location"].startswith("/staff/sign-in")
    with browser.client.session_transaction() as cookie:
        assert "staff_token" not in cookie
        assert "自动退出" in cookie["_flashes"][0][1]


@pytest.mark.row("R3-22")
def test_a_form_sent_after_the_sign_in_ran_out_loses_nothing_that_was_typed(browser):
    browser.sign_in_resident()
    browser.sign_ins.clear()
    answer = browser.client.post("/mine", data={"name": "周桂兰", "password": "geheim", "code": "123456"})
    assert answer.status_code == 401
    assert 'name="name" value="周桂兰"' in answer.text
    assert "geheim" not in answer.text
    assert "123456" not in answer.text
    assert 'href="/sign-in"' in answer.text
    # after signing in again, the same button sends the same answers
    browser.sign_in_resident()
    assert browser.post("/mine", {"name": "周桂兰"}).text == "存好了"


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/a\nb", "", None],
)
def test_nobody_is_led_away_by_a_crafted_next(address):
    assert safe_next(address) is None


def test_a_path_of_this_site_is_a_good_next():
    assert safe_next("/staff/cases/7?tab=2") == "/staff/cases/7?tab=2"


class OnlyPack:
    """A catalogue of one pack, enabled by rows."""

    def enabled(self, region, day, enablings):
        return frozenset(row.pack for row in enablings if row.in_force(region, day))


def test_pages_of_a_pack_exist_only_where_it_is_enabled(home, browser):
    extra = Blueprint("extra", __name__)

    @extra.get("/p/guizhou/hello")
    @access(PUBLIC)
    def hello():
        return "贵州的页面"

    browser.app.register_blueprint(extra)
    home.packs_of_blueprints["extra"] = ("guizhou", "520000000000")
    home.catalogue = OnlyPack()
    assert browser.get("/p/guizhou/hello").status_code == 404
    home.enablings = lambda _engine: [Enabling("guizhou", "1", "520000000000", home.clock().date())]
    assert browser.get("/p/guizhou/hello").status_code == 200
    home.enablings = lambda _engine: [Enabling("guizhou", "1", "440000000000", home.clock().date())]
    assert browser.get("/p/guizhou/hello").status_code == 404


ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Origin": "null"},
    {"Origin": "https://elsewhere.test"},
    {"Referer": "https://elsewhere.test/localhost"},
]


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_what_another_site_sends_does_not_come_back_under_our_name(browser, headers):
    """A reader who presses the button of such a page would send on what she never typed."""
    sent = {"data": {"name": "周桂兰"}, "headers": headers}
    browser.get("/form")
    assert "周桂兰" not in browser.client.post("/mine", **sent).text
    browser.sign_in_resident()
    refused = browser.client.post("/mine", **sent)
    assert refused.status_code == 400
    assert "周桂兰" not in refused.text


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin", "Origin": "http://behind-a-proxy"}, {"Origin": "http://localhost"}],
    ids=str,
)
def test_what_our_own_page_sends_comes_back(browser, headers):
    browser.sign_in_resident()
    kept = browser.client.post("/mine", data={"name": "周桂兰"}, headers=headers)
    assert kept.status_code == 400
    assert "周桂兰" in kept.text
