"""The whole application on a small made-up town, and browsers that go through its real doors."""

from __future__ import annotations

import re
import shutil
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import event

from app import compose
from core.access import Actor, Role, job_actor
from core.accounts import passwords
from core.accounts.changes import create_staff
from core.accounts.codes import outbox
from core.accounts.role_changes import grant_role
from core.accounts.signed_in import grants_in_force
from core.encryption import Vault, key_provider
from core.scopes import System
from core.sessions import open_session
from core.settings import Settings
from core.testing.databases import put_in_place
from core.testing.fixtures import NOW
from core.testing.town import catalogue, enablings
from core.web.installation import EXTENSION, Installation
from core.web.limits import EXTENSION as LIMITS
from core.web.metrics import install_metrics
from core.web.recounting import declare_recounting

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
PASSWORD = "Tea-Garden-2026"


@dataclass
class Browser:
    """One person's browser: follows no redirect by itself, sends the token that the last page held."""

    site: Site
    token: str = ""
    address: str = "127.0.0.1"

    def __post_init__(self):
        self.client = self.site.app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = self.address

    def get(self, url, **options):
        return self._kept(self.client.get(url, **options))

    def post(self, url, data=None, **options):
        return self._kept(self.client.post(url, data={"csrf_token": self.token, **(data or {})}, **options))

    def _kept(self, answer):
        if answer.mimetype == "text/html" and (found := CSRF.search(answer.text)):
            self.token = found[1]
        return answer


@dataclass
class Site:
    """The application, its database, and the time it believes it is."""

    app: Flask
    home: Installation
    at: datetime
    browsers: list[Browser] = field(default_factory=list)

    def session(self, scope=None, actor=None, *, writes=False):
        """A session beside the application; close it before the application writes."""
        return open_session(
            self.home.engine,
            scope or System("test"),
            actor or job_actor("test"),
            vault=self.home.vault,
            writes=writes,
        )

    def browser(self):
        return Browser(self)

    def later(self, **units):
        """Let time pass."""
        self.at += timedelta(**units)

    def hire(self, username, *roles, office, name=""):
        """A member of staff with roles in her office and a password of her own; returns her as an actor."""
        with self.session(writes=True) as session:
            made = create_staff(
                session, session.actor, username=username, full_name=name or f"员工{username}", office=office,
                now=self.at, one_time=False,
            )  # fmt: skip
            for role in roles:
                grant_role(session, session.actor, made.account_id, role, office, now=self.at)
            grants = grants_in_force(session, made.account_id, self.at)
            session.commit()
        self.passwords[username] = made.password
        return Actor("staff", made.account_id, name or f"员工{username}", office, grants)

    passwords: dict[str, str] = field(default_factory=dict)

    def staff(self, username, *roles, office, name=""):
        """A browser signed in as a newly hired member of staff, and she herself."""
        actor = self.hire(username, *roles, office=office, name=name)
        return self.sign_in(username), actor

    def sign_in(self, username):
        # from a desk of her own: many sign-ins from one address would be held back
        browser = Browser(self, address=f"198.51.100.{sorted(self.passwords).index(username) + 1}")
        browser.get("/staff/sign-in")
        answer = browser.post("/staff/sign-in", {"username": username, "password": self.passwords[username]})
        assert answer.status_code == 303, answer.text
        browser.get("/staff/account")
        return browser

    def code(self):
        """The last code in the outbox."""
        with self.session() as session:
            return re.search(r"验证码 (\d{6})", outbox(session, limit=1)[0][3])[1]

    def resident(self, mobile="19900000001"):
        """A browser signed in by a code to that phone."""
        browser = self.browser()
        browser.get("/sign-in")
        browser.post("/sign-in", {"mobile": mobile})
        browser.get("/sign-in/code")
        answer = browser.post("/sign-in/code", {"code": self.code()})
        assert answer.status_code == 303, answer.text
        browser.get("/account")
        return browser


def text_of(answer):
    """What a reader sees of a page, blanks evened."""
    plain = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(plain).split())


@pytest.fixture
def words():
    return text_of


@pytest.fixture
def demo():
    """Whether the site is a demo; a test that needs a real installation overrides it by parametrising."""
    return True


@cache
def composed():
    """The application composed once, without a database, and the installation it was composed for."""
    home = Installation(Settings(home=Path(), database_url="", testing=True), None, catalogue())
    return compose(home, ["a key for tests"]), home


def app_of(home):
    """The application of `home`, a copy of the composed one: templates and addresses are shared, and whatever was read
    from the settings; its database, its clock, its views and what it counts are its own.
    """
    shared, first = composed()
    assert replace(home.settings, home=first.settings.home, database_url="") == first.settings
    assert home.catalogue is first.catalogue
    app = copy(shared)
    app.view_functions = dict(shared.view_functions)
    app.config, app.extensions = copy(shared.config), {**shared.extensions, EXTENSION: home}
    app.extensions[LIMITS] = MovingWindowRateLimiter(MemoryStorage())
    install_metrics(app)
    home.packs_of_blueprints.update(first.packs_of_blueprints)
    declare_recounting(home)
    return app


@pytest.fixture(scope="session")
def open_site(beginnings):
    """`open_site(folder, engine)`: the whole application on a copy of the town, at 10:30 on 16 November 2026."""

    def opened(folder, engine, *, demo=True):
        shutil.copytree(beginnings.keys, folder / "keys")
        put_in_place(engine, beginnings.town)
        home = Installation(
            settings=Settings(home=folder, database_url=str(engine.url), testing=True),
            engine=engine,
            catalogue=catalogue(),
            vault=Vault(key_provider("file", folder / "keys")),
            demo=demo,
            enablings=lambda *_: enablings(),
        )
        made = Site(app_of(home), home, NOW)
        made.app.config["NOW"] = lambda: made.at
        return made

    return opened


@pytest.fixture
def cheap_passwords(monkeypatch):
    """Hashes of little memory: what a real one costs is seen in one test, a thousand others would pay it at every door."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)


@pytest.fixture
def site(tmp_path, open_site, sqlite_engine, demo, cheap_passwords):
    """The whole application, in a demo unless told, at 10:30 on 16 November 2026."""
    return open_site(tmp_path / "home", sqlite_engine, demo=demo)


@pytest.fixture
def count_statements(site):
    """`with count_statements() as seen:` collects the statements a request sends."""
    seen = []

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(site.home.engine, "before_cursor_execute", note)
    yield seen
    event.remove(site.home.engine, "before_cursor_execute", note)


__all__ = ["PASSWORD", "Browser", "Role", "Site"]
