"""Sign-in through OpenID Connect, against a provider that really answers over HTTP."""

import json
import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import select

from core.access import job_actor
from core.accounts.models import IdentityLink, ResidentAccount
from core.catalogue import Enabling
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.identity_numbers import make_demo_id
from core.plugin_manager import load_packs
from core.scopes import System
from core.sessions import open_session
from core.settings import load_settings
from core.web.access_gate import check_views
from core.web.install import make_app
from core.web.installation import Installation

KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
RESIDENT = make_demo_id("5203", date(1958, 3, 1), 2)


class House(BaseHTTPRequestHandler):
    """A provider with one key; the server's `claims` are what it says of whoever comes."""

    def do_GET(self):
        base = self.server.base
        if self.path.endswith("openid-configuration"):
            self._answer(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorise",
                    "token_endpoint": f"{base}/token",
                    "jwks_uri": f"{base}/keys",
                }
            )
        else:
            self._answer({"keys": [KEY.as_dict(private=False)]})

    def do_POST(self):
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.sent.append(sent)
        token = jwt.encode({"alg": "ES256", "kid": "one"}, self.server.claims, self.server.key)
        self._answer({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _answer(self, content):
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def house(monkeypatch):
    server = HTTPServer(("127.0.0.1", 0), House)
    server.base = f"http://127.0.0.1:{server.server_port}"
    server.key, server.sent, server.claims = KEY, [], {}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("DOUDI_OIDC_ISSUER", server.base)
    monkeypatch.setenv("DOUDI_OIDC_CLIENT_ID", "doudi")
    monkeypatch.setenv("DOUDI_OIDC_CLIENT_SECRET", "s")
    monkeypatch.setenv("DOUDI_OIDC_ID_CLAIM", "id_number")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(tmp_path, empty_file):
    engine = make_engine(f"sqlite:///{empty_file}")
    settings = load_settings({"DOUDI_HOME": str(tmp_path)})
    rows = (Enabling("oidc", "1.0", "520000000000", date(2020, 1, 1)),)
    yield Installation(
        settings,
        engine,
        load_packs(settings),
        vault=Vault(key_provider("file", tmp_path / "keys")),
        demo=True,
        enablings=lambda _engine: rows,
    )
    engine.dispose()


@pytest.fixture
def client(home):
    app = make_app(home, ["a key for tests"], [])
    [declared] = home.catalogue.pack("oidc").blueprints
    app.register_blueprint(declared.blueprint, url_prefix="/p/oidc")
    home.packs_of_blueprints["oidc"] = ("oidc", declared.region_code)
    check_views(app)
    return app.test_client()


def _go(client, house, **claims):
    """Out to the provider and back with a code; the answer of the way back."""
    out = client.get("/p/oidc/start?next=/apply")
    asked = parse_qs(urlsplit(out.location).query)
    house.claims = {
        "iss": house.base,
        "aud": "doudi",
        "sub": "7f3a",
        "exp": int(time.time()) + 300,
        "nonce": asked["nonce"][0],
        **claims,
    }
    return client.get(f"/p/oidc/back?code=c0de&state={asked['state'][0]}")


def _accounts(home):
    with open_session(home.engine, System("test"), job_actor("test"), writes=False) as session:
        return session.scalars(select(ResidentAccount)).all(), session.scalars(select(IdentityLink)).all()


def _signed_in(client):
    with client.session_transaction() as cookie:
        return "resident_token" in cookie


def test_a_resident_comes_in_and_goes_on_where_she_wanted(client, house, home):
    answer = _go(client, house, name="周桂兰", id_number=RESIDENT)
    assert (answer.status_code, answer.location) == (303, "/apply")
    assert _signed_in(client)
    accounts, links = _accounts(home)
    assert len(accounts) == len(links) == 1
    assert accounts[0].person_id is None, "nobody of that number is on the register"


def test_the_second_time_she_finds_her_account_again(client, house, home):
    _go(client, house)
    _go(client, house)
    assert len(_accounts(home)[0]) == 1


def test_the_code_is_bound_to_the_browser_that_asked(client, house):
    _go(client, house)
    assert house.sent[0]["code_verifier"][0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"exp": 1},
        {"nonce": "another"},
        {"sub": None},
        {"id_number": "52039919580301002"},
    ],
)
def test_a_word_that_does_not_hold_lets_nobody_in(client, house, home, wrong):
    answer = _go(client, house, **wrong)
    assert answer.location == "/sign-in"
    assert not _signed_in(client)
    assert _accounts(home) == ([], [])


def test_a_token_signed_by_somebody_else_lets_nobody_in(client, house):
    house.key = OTHER
    assert _go(client, house).location == "/sign-in"
    assert not _signed_in(client)


def test_an_answer_nobody_asked_for_lets_nobody_in(client, house):
    assert client.get("/p/oidc/back?code=c0de&state=made-up").location == "/sign-in"
    assert not _signed_in(client)
    assert house.sent == []


def test_an_answer_works_once(client, house):
    out = client.get("/p/oidc/start")
    state = parse_qs(urlsplit(out.location).query)["state"][0]
    client.get(f"/p/oidc/back?error=access_denied&state={state}")
    assert client.get(f"/p/oidc/back?code=c0de&state={state}").location == "/sign-in"
    assert house.sent == []


def test_nobody_is_led_away_by_the_address(client, house):
    out = client.get("/p/oidc/start?next=https://evil.example")
    assert out.location.startswith(house.base)
    with client.session_transaction() as cookie:
        assert cookie["oidc"]["next"] == "/"


def test_without_a_provider_set_up_the_page_sends_back_to_the_phone(client, monkeypatch):
    monkeypatch.delenv("DOUDI_OIDC_ISSUER", raising=False)
    assert client.get("/p/oidc/start").location == "/sign-in"


def test_where_nobody_enabled_the_pack_its_pages_do_not_exist(client, home):
    home.enablings = lambda _engine: ()
    assert client.get("/p/oidc/start").status_code == 404


def test_an_unreachable_provider_is_told_kindly(client, monkeypatch):
    monkeypatch.setenv("DOUDI_OIDC_ISSUER", "http://127.0.0.1:9")
    monkeypatch.setenv("DOUDI_OIDC_CLIENT_ID", "doudi")
    assert client.get("/p/oidc/start").location == "/sign-in"
