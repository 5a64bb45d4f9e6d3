"""Pages, fragments, redirects, headers, forgery tokens, errors and assets, as a browser meets them."""

import gzip
import re
import sqlite3

import pytest
from flask import Blueprint
from sqlalchemy.exc import OperationalError

from core.errors import Problem
from core.web.access_gate import PUBLIC, access
from core.web.assets import ASSETS
from core.web.install import make_app
from core.web.page import file_response, redirect_to

HTMX = {"HX-Request": "true"}


def test_htmx_gets_the_fragment_of_the_same_context_and_everyone_else_the_page(browser):
    whole, part = browser.get("/open"), browser.get("/open", headers=HTMX)
    assert whole.text == "<html><p id='part'>大家都能看</p></html>"
    assert part.text == "<p id='part'>大家都能看</p>"
    assert "HX-Request" in whole.headers["Vary"]
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_link_and_the_history_get_the_whole_page(browser, header):
    assert browser.get("/open", headers={**HTMX, header: "true"}).text.startswith("<html>")


def test_a_form_with_errors_comes_back_as_422_with_what_was_typed(browser):
    answer = browser.post("/form", {"name": "张😀", "amount": "两千多"})
    assert answer.status_code == 422
    assert 'value="张😀"' in answer.text
    assert "表情" in answer.text


def test_a_good_form_is_taken(browser):
    assert browser.post("/form", {"name": "𠮷·买买提"}).text == "收到 𠮷·买买提"


def test_a_redirect_suits_htmx_and_plain(browser):
    with browser.app.test_request_context("/", headers=HTMX):
        answer = redirect_to("/next")
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/next")
    with browser.app.test_request_context("/"):
        assert redirect_to("/next").status_code == 303


def test_a_document_is_never_stored_or_guessed_at(browser):
    with browser.app.test_request_context("/"):
        answer = file_response(b"%PDF", "身份证 1.pdf", "application/pdf")
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename*=UTF-8''%E8%BA%AB%E4%BB%BD%E8%AF%81%201.pdf"
        )


# --- forgery tokens ----------------------------------------------------------------------------------------------


def test_a_form_without_its_token_changes_nothing_and_keeps_what_was_typed(browser):
    answer = browser.client.post("/form", data={"name": "周桂兰", "amount": "1,200"})
    assert answer.status_code == 400
    assert 'name="name" value="周桂兰"' in answer.text
    assert "收到" not in answer.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)[1]
    again = browser.client.post("/form", data={"name": "周桂兰", "amount": "1,200", "csrf_token": token})
    assert again.text == "收到 周桂兰"


def test_a_token_of_another_browser_is_refused(browser):
    stolen = browser.token()
    stranger = browser.app.test_client()
    stranger.get("/form")
    assert stranger.post("/form", data={"name": "周桂兰", "csrf_token": stolen}).status_code == 400


def test_a_protected_page_asks_for_the_sign_in_before_the_token(browser):
    assert browser.client.post("/mine").status_code == 303


# --- headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/open", "/nothing-here", "/static/css/theme.css", "/mine"])
def test_every_answer_carries_the_content_policy(browser, address):
    policy = browser.get(address).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_the_nonce_is_new_each_time(browser):
    one, other = (browser.get("/open").headers["Content-Security-Policy"] for _ in range(2))
    assert one != other


def test_personal_pages_are_not_kept_by_the_browser(browser):
    browser.sign_in_resident()
    assert browser.get("/mine").headers["Cache-Control"] == "no-store, private"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser):
    cookie = browser.get("/form").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_only_encrypted_connections_are_told_to_stay_so(browser, home):
    assert "Strict-Transport-Security" not in browser.get("/open").headers
    encrypted = browser.client.get("/form", base_url="https://localhost")
    assert "max-age=31536000" in encrypted.headers["Strict-Transport-Security"]
    assert "; Secure;" in encrypted.headers["Set-Cookie"]
    assert "Secure" not in browser.app.test_client().get("/form").headers["Set-Cookie"]
    object.__setattr__(home.settings, "secure_cookies", True)
    assert "max-age=31536000" in browser.get("/open").headers["Strict-Transport-Security"]


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Host": "www.example.gov.cn"}])
def test_a_site_with_a_name_answers_to_no_other(home, headers):
    """A link to sign carries the name that was asked for: with any name it could lead to somebody else's site."""
    object.__setattr__(home.settings, "trusted_hosts", ("www.example.gov.cn",))
    client = make_app(home, ["a key for tests"], []).test_client()
    assert client.get("/healthz", base_url="http://www.example.gov.cn").status_code == 200
    foreign = client.get("/healthz", base_url="http://elsewhere.test", headers=headers)
    assert foreign.status_code == 400
    assert "elsewhere" not in foreign.text


# --- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "chinese"),
    [
        ("/nothing", 404, "没有找到"),
        ("/blocked", 409, "还差2个人签字"),
        ("/refused", 403, "安全管理员"),
        ("/narrow", 405, "表单"),
    ],
)
def test_an_error_is_a_page_with_a_sentence_and_a_way_on(browser, address, status, chinese):
    answer = browser.get(address)
    assert answer.status_code == status
    assert chinese in answer.text
    assert 'href="/"' in answer.text


def test_an_error_page_speaks_the_readers_language(browser):
    messages = browser.app.extensions["doudi_messages"]["en"]
    messages.texts["没有找到"] = "Not found"
    messages.texts["还差{count}个人签字。"] = "{count} people have not signed yet."
    assert "Not found" in browser.get("/nothing?lang=en").text
    assert 'lang="en"' in browser.get("/nothing?lang=en").text
    assert "2 people have not signed yet." in browser.get("/blocked?lang=en").text
    assert "没有找到" in browser.get("/nothing").text


def test_an_error_on_the_staff_face_leads_to_the_worklist(browser):
    assert 'href="/staff/"' in browser.get("/staff/nothing").text


def test_htmx_gets_the_sentence_alone(browser):
    answer = browser.get("/blocked", headers=HTMX)
    assert (answer.status_code, answer.text) == (409, "还差2个人签字。")


def test_a_fault_gives_a_number_and_nothing_else(browser):
    answer = browser.get("/broken")
    assert answer.status_code == 500
    assert re.search(r"[0-9a-f]{32}", answer.text)
    assert "张三" not in answer.text
    assert "5203" not in re.sub(r"[0-9a-f]{32}|v=\w+", "", answer.text)
    assert "ValueError" not in answer.text


def test_a_full_disk_is_told_as_such(browser):
    extra = Blueprint("extra", __name__)

    @extra.get("/full")
    @access(PUBLIC)
    def full():
        raise OSError(28, "No space left on device")

    browser.app.register_blueprint(extra)
    answer = browser.get("/full")
    assert answer.status_code == 507
    assert "存储空间" in answer.text


class StoppedError(Exception):
    """What PostgreSQL's driver raises, with the state the server gave, or None where it gave no answer."""

    def __init__(self, sqlstate, text):
        super().__init__(text)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("orig", "lost", "status"),
    [
        (StoppedError("40P01", "deadlock detected"), False, 503),
        (StoppedError("57P01", "terminating connection due to administrator command"), True, 503),
        (StoppedError(None, "server closed the connection unexpectedly"), True, 503),
        (StoppedError(None, "connection refused"), False, 503),
        (StoppedError("42501", "permission denied"), False, 500),
        (sqlite3.OperationalError("database is locked"), False, 503),
        (sqlite3.OperationalError("no such table: cases"), False, 500),
    ],
)
def test_what_passes_asks_to_press_again_and_keeps_what_was_typed(browser, orig, lost, status):
    extra = Blueprint("extra", __name__)

    @extra.post("/stopped")
    @access(PUBLIC)
    def stopped():
        raise OperationalError("UPDATE persons", {}, orig, connection_invalidated=lost)

    browser.app.register_blueprint(extra)
    answer = browser.post("/stopped", {"reason": "全家搬走了"})
    assert answer.status_code == status
    assert ("全家搬走了" in answer.text) is (status == 503)
    assert ("再提交一次" in answer.text) is (status == 503)
    assert "persons" not in answer.text


def test_a_problem_of_the_server_is_reported_under_a_number(browser):
    class KeyGone(Problem):
        status = 500

    extra = Blueprint("extra", __name__)

    @extra.get("/gone")
    @access(PUBLIC)
    def gone():
        raise KeyGone("没有找到加密钥匙。")

    browser.app.register_blueprint(extra)
    answer = browser.get("/gone")
    assert answer.status_code == 500
    assert "没有找到加密钥匙。" in answer.text
    assert re.search(r"[0-9a-f]{32}", answer.text)


def test_a_body_too_large_is_refused_with_the_limit(browser):
    words = browser.client.post("/form", data={"name": "x" * 4_000_001})
    assert words.status_code == 413
    assert "4 MB" in words.text
    browser.app.config["MAX_CONTENT_LENGTH"] = 5_000_000
    answer = browser.client.post(
        "/form", data=b"x" * 5_000_001, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "5 MB" in answer.text


@pytest.mark.parametrize(
    ("addresses", "statuses"),
    [
        (["2001:db8:1:2::1", "2001:db8:1:2::ffff", "2001:db8:1:2:3::9"], [200, 200, 429]),
        (["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:3::1"], [200, 200, 200]),
        (["198.51.100.7", "198.51.100.7", "198.51.100.8"], [200, 200, 200]),
    ],
)
def test_who_has_a_whole_network_to_herself_is_counted_once(browser, addresses, statuses):
    answers = [browser.post("/narrow", environ_base={"REMOTE_ADDR": each}) for each in addresses]
    assert [answer.status_code for answer in answers] == statuses


def test_posting_too_often_is_slowed_down_and_says_how_long(browser):
    answers = [browser.post("/narrow") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61
    assert answers[-1].headers["Retry-After"] in answers[-1].text


# --- display, assets, health -------------------------------------------------------------------------------------


def test_language_letters_and_theme_are_kept_without_javascript(browser):
    for name, value in [("language", "en"), ("large", "1"), ("theme", "dark")]:
        answer = browser.post(f"/ui/{name}", {name: value, "next": "/open"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/open")
    text = browser.get("/nothing").text
    assert 'lang="en"' in text
    assert 'class="large"' in text
    assert 'data-theme="dark"' in text


def test_a_crafted_wish_changes_nothing(browser):
    assert browser.post("/ui/theme", {"theme": '"><script>'}).status_code == 422
    assert browser.post("/ui/large", {"large": "1", "next": "//evil.example"}).headers["Location"] == "/"


def test_a_static_file_is_kept_for_a_year_only_at_the_address_of_its_content(browser):
    mark = ASSETS.get("css/theme.css").mark
    kept = browser.get(f"/static/css/theme.css?v={mark}")
    assert "immutable" in kept.headers["Cache-Control"]
    assert browser.get("/static/css/theme.css?v=old").headers["Cache-Control"] == "no-cache"
    assert (
        browser.get("/static/css/theme.css", headers={"If-None-Match": kept.headers["ETag"]}).status_code
        == 304
    )


@pytest.mark.parametrize(
    "path", ["../install.py", "..%2finstall.py", "/etc/passwd", "css/nothing.css", "css"]
)
def test_nothing_outside_the_static_folder_is_served(browser, path):
    assert browser.get(f"/static/{path}").status_code in {404, 308}


def test_pages_and_files_are_compressed_for_those_who_can_read_it(browser):
    packed = {"Accept-Encoding": "gzip, br"}
    page = browser.get("/nothing", headers=packed)
    assert page.headers["Content-Encoding"] == "gzip"
    assert "没有找到" in gzip.decompress(page.data).decode()
    css = browser.get("/static/vendor/bootstrap.min.css", headers=packed)
    assert len(css.data) < 40_000
    assert "Content-Encoding" not in browser.get("/static/vendor/bootstrap.min.css").headers


def test_health_and_metrics_answer_on_this_machine_only(browser):
    assert browser.get("/healthz").text == "ok\n"
    browser.get("/open")
    assert (
        'doudi_requests_total{endpoint="pages.opened",method="GET",status="200"} 1.0'
        in browser.get("/metrics").text
    )
    assert browser.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.8"}).status_code == 404
    assert browser.get("/metrics", headers={"X-Forwarded-For": "10.0.0.8"}).status_code == 404
