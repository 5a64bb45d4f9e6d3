"""An app with a few pages of its own on an empty database, and browsers signed in as whoever a test needs."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from flask import Blueprint, Flask, g, request
from jinja2 import ChoiceLoader, DictLoader
from werkzeug.datastructures import MultiDict

from core.access import Actor, Grant, Permission, Role
from core.accounts.signed_in import SignedIn
from core.catalogue.book import Catalogue
from core.database import make_engine
from core.errors import Blocked, NotAllowed, NotFound
from core.settings import Settings
from core.web.access_gate import LINK, PUBLIC, RESIDENT, STAFF, access, check_views
from core.web.fields import MoneyField, NameField
from core.web.form_builder import Form
from core.web.install import make_app
from core.web.installation import Installation
from core.web.limits import limited
from core.web.page import page
from core.web.request import actor, link_scope, session

NOW = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
MEITAN = "520328000000"
YONGXING = "520328103000"
YANGSHAN = "441823000000"


@dataclass
class Browser:
    """A test client; `sign_in` gives it a cookie as the sign-in pages would."""

    app: Flask
    sign_ins: dict = field(default_factory=dict)

    def __post_init__(self):
        self.client = self.app.test_client()
        self.get = self.client.get

    def sign_in(self, kind, **details):
        token = uuid.uuid4().hex
        self.sign_ins[token] = SignedIn(kind=kind, account_id=uuid.uuid4(), token_id=uuid.uuid4(), **details)
        with self.client.session_transaction() as cookie:
            cookie[f"{kind}_token"] = token
        return token

    def sign_in_staff(self, role=Role.TOWNSHIP_CLERK, nodes=(YONGXING,), **details):
        grants = frozenset(Grant(role, node) for node in nodes)
        who = Actor("staff", uuid.uuid4(), "王小雨", nodes[0] if nodes else "", grants)
        return self.sign_in("staff", actor=who, nodes=tuple(nodes), **details)

    def sign_in_resident(self):
        return self.sign_in("resident", actor=Actor("resident", uuid.uuid4(), "周桂兰"))

    def token(self):
        """The form token of this browser's pages."""
        return self.client.get("/form").text.split('name="csrf_token" value="')[1].split('"')[0]

    def post(self, url, data=None, **options):
        return self.client.post(url, data={"csrf_token": self.token(), **(data or {})}, **options)


class Ask(Form):
    name = NameField("姓名", required=True)
    amount = MoneyField("每月收入")


def make_pages():  # noqa: C901  (one view per way a page may end)
    pages = Blueprint("pages", __name__)

    @pages.get("/open")
    @access(PUBLIC)
    def opened():
        return page("whole.html", "_part.html", words="大家都能看")

    @pages.route("/form", methods=["GET", "POST"])
    @access(PUBLIC)
    def form():
        ask = Ask()
        if ask.validate_on_submit():
            return f"收到 {ask.name.data}"
        return page("form.html", ask=ask)

    @pages.get("/mine")
    @access(RESIDENT)
    def mine():
        return f"{session().scope}"

    @pages.post("/mine")
    @access(RESIDENT)
    def save_mine():
        return "存好了"

    @pages.get("/staff/any")
    @access(STAFF)
    def staff_page():
        return f"{session().scope} {actor().node}"

    @pages.get("/staff/audit")
    @access(Permission.AUDIT_READ)
    def audit_page():
        return "审计"

    @pages.get("/staff/cases/<case_id>")
    @access(Permission.CASE_READ)
    def case_page(case_id):
        raise NotFound("没有找到。可能已经办结、已经转走，或者不在您负责的地方。")

    @pages.get("/staff/half")
    @access(STAFF, half_way=True)
    def half():
        return "换密码"

    @pages.get("/sign/<uuid:authorisation_id>")
    @access(LINK)
    def sign(authorisation_id):
        if request.args.get("early"):
            session()
        return f"{link_scope(authorisation_id).scope}"

    @pages.get("/blocked")
    @access(PUBLIC)
    def blocked():
        raise Blocked("还差{count}个人签字。", count=2)

    @pages.get("/refused")
    @access(PUBLIC)
    def refused():
        raise NotAllowed("您的角色不办理这一项。需要办理的，请联系本单位的安全管理员。")

    @pages.get("/broken")
    @access(PUBLIC)
    def broken():
        raise ValueError("no such person '张三' 520399199001011234")

    @pages.post("/narrow")
    @access(PUBLIC)
    @limited("2/minute")
    def narrow():
        return "好"

    return pages


TEMPLATES = {
    "whole.html": "<html>{% include '_part.html' %}</html>",
    "_part.html": "<p id='part'>{{ words }}</p>",
    "form.html": (
        '<form method=\'post\'><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">'
        "{{ ask.name() }}{% for e in ask.name.errors %}<b>{{ e }}</b>{% endfor %}{{ ask.amount() }}</form>"
    ),
}


@pytest.fixture
def home(tmp_path, empty_file):
    url = f"sqlite:///{empty_file}"
    engine = make_engine(url, hide_parameters=True)
    settings = Settings(home=tmp_path, database_url=url, secure_cookies=False)
    yield Installation(settings, engine, Catalogue([], None), clock=lambda: NOW)
    engine.dispose()


@pytest.fixture
def pages():
    return make_pages()


@pytest.fixture
def browser_of():
    """`browser_of(app)`: a browser whose sign-ins are the ones that app knows."""

    def make(app):
        found = Browser(app)
        app.extensions["doudi"].find_session = lambda _engine, _vault, token, *, now: found.sign_ins.get(
            token
        )
        return found

    return make


@pytest.fixture
def browser(home, pages, browser_of):
    app = make_app(home, ["a key for tests"], [])
    app.jinja_loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_loader])
    app.register_blueprint(pages)
    check_views(app)
    return browser_of(app)


@pytest.fixture
def asked(browser, home):
    """`asked(field, typed…)`: the field of a form that was sent, validated, in a demo installation."""
    home.demo = True
    with browser.app.test_request_context("/", method="POST"):
        g.csrf_valid = True

        def ask(unbound, *typed, **parts):
            made = type("Asked", (Form,), {"it": unbound})
            sent = MultiDict([("it", value) for value in typed])
            sent.update({f"it-{part}": value for part, value in parts.items()})
            form = made(sent)
            form.validate()
            return form.it

        yield ask
