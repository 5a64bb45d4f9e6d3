"""One database session per request: in the scope the gate chose, committed once when all went well, else not at all."""

import uuid

import pytest
from flask import Blueprint, render_template_string
from sqlalchemy import select

from core.access import job_actor
from core.catalogue.book import Catalogue
from core.encryption import Vault, key_provider
from core.errors import Blocked
from core.regions.models import RegionOffice
from core.scopes import System, region_columns
from core.sessions import open_session
from core.settings import Settings
from core.web.access_gate import PUBLIC, STAFF, access, check_views
from core.web.cookie_keys import cookie_keys
from core.web.install import make_app
from core.web.installation import Installation
from core.web.request import now, session, system_session

YONGXING = "520328103000"
YANGSHAN = "441823000000"


def office(code, name="永兴镇社会救助窗口"):
    return RegionOffice(
        region_code=code, office_name=name, phone="0851-00550126", changed_at=now(), **region_columns(code)
    )


@pytest.fixture
def pages():
    found = Blueprint("pages", __name__)

    @found.get("/form")
    @access(PUBLIC)
    def form():
        return render_template_string('<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">')

    @found.post("/staff/save/<code>/<ending>")
    @access(STAFF)
    def save(code, ending):
        session().add(office(code))
        session().flush()
        if ending == "blocked":
            raise Blocked("还不能办。")
        if ending == "fault":
            raise RuntimeError
        return "存好了", {"well": 200, "form": 422}[ending]

    @found.get("/offices")
    @access(PUBLIC)
    def offices():
        return "、".join(session().scalars(select(RegionOffice.office_name)))

    @found.post("/counts")
    @access(PUBLIC)
    def counts():
        with system_session("count a failed sign-in") as system:
            system.add(office(YONGXING))
        return "密码不对", 422

    @found.post("/stuck")
    @access(STAFF)
    def stuck():
        session().add(office(YONGXING))
        session().flush()
        with system_session("waits for itself"):
            return "?"

    return found


@pytest.fixture
def both(engine, pages, tmp_path, browser_of):
    """A browser on SQLite and, in another run, on PostgreSQL."""
    settings = Settings(home=tmp_path, database_url=str(engine.url))
    home = Installation(settings, engine, Catalogue([], None))
    app = make_app(home, ["key"], [])
    app.register_blueprint(pages)
    check_views(app)
    return browser_of(app)


def stored(browser):
    return browser.get("/offices").text


def test_a_request_that_ends_well_is_committed_once(both):
    both.sign_in_staff(nodes=(YONGXING,))
    assert both.post(f"/staff/save/{YONGXING}/well").text == "存好了"
    assert stored(both) == "永兴镇社会救助窗口"


@pytest.mark.parametrize("ending", ["form", "blocked", "fault"])
def test_a_request_that_ends_badly_leaves_nothing_behind(both, ending):
    both.sign_in_staff(nodes=(YONGXING,))
    assert both.post(f"/staff/save/{YONGXING}/{ending}").status_code >= 400
    assert stored(both) == ""


@pytest.mark.row("R2-28")
def test_a_page_cannot_write_what_lies_outside_its_readers_node(both):
    both.sign_in_staff(nodes=(YANGSHAN,))
    assert both.post(f"/staff/save/{YONGXING}/well").status_code == 500
    assert stored(both) == ""


def test_named_system_work_stands_although_the_page_says_no(both):
    assert both.post("/counts").status_code == 422
    assert stored(both) == "永兴镇社会救助窗口"


def test_a_request_never_waits_for_a_lock_it_holds_itself(both):
    if not both.app.extensions["doudi"].settings.on_sqlite:
        return
    both.sign_in_staff(nodes=(YONGXING,))
    assert both.post("/stuck").status_code == 500
    assert stored(both) == ""


def test_the_scope_of_a_public_page_is_the_public(both):
    both.sign_in_staff(nodes=(YONGXING,))
    with open_session(both.app.extensions["doudi"].engine, System("test"), job_actor("test")) as system:
        with both.app.test_request_context("/"):
            system.add(office(YONGXING))
        system.commit()
    assert stored(both) == "永兴镇社会救助窗口"


def test_a_made_up_token_opens_nothing(home, pages):
    app = make_app(home, ["key"], [])
    app.register_blueprint(pages)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["staff_token"] = uuid.uuid4().hex
    assert client.post(f"/staff/save/{YONGXING}/well").status_code == 303


def test_cookie_keys_follow_the_key_ring_and_older_ones_still_open(tmp_path):
    provider = key_provider("file", tmp_path / "keys")
    Vault(provider)
    [first] = cookie_keys(provider.ring())
    provider.add_index_key()
    newer = cookie_keys(provider.ring())
    assert newer[1] == first
    assert newer[0] != first
    assert first not in (tmp_path / "keys" / "keys.json").read_text()


def test_whoever_writes_takes_up_the_key_that_another_process_made_current(home, browser_of, tmp_path):
    """Else a running process would go on sealing with the old key after a rotation, and lose it with that key."""
    provider = key_provider("file", tmp_path / "turning")
    home.vault = Vault(provider)
    pages = Blueprint("sealing", __name__)

    @pages.post("/seal")
    @access(PUBLIC)
    def seal():
        return home.vault.current_header.hex()

    app = make_app(home, ["key"], [])
    app.config["WTF_CSRF_ENABLED"] = False
    app.register_blueprint(pages)
    client = browser_of(app).client
    assert client.post("/seal").text.endswith("0001")
    key_provider("file", tmp_path / "turning").add_data_key()
    assert client.post("/seal").text.endswith("0002")
