"""`./doudi serve`: every fault is a sentence that says what to do, and a first start leaves a whole installation."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from commands import demo_plan, first_start
from commands.__main__ import main
from commands.accounts_card import FirstAccount, card
from commands.db import newest_revision, upgrade
from commands.places import ROOT, make_home
from commands.serve import check_port, greeting, take_home
from core.access import Role, job_actor
from core.accounts.models import RoleGrant, StaffAccount
from core.database import make_engine
from core.errors import Problem
from core.installation_mark import read_mark, write_mark
from core.scopes import System
from core.sessions import open_session
from core.settings import Settings, load_settings

NOW = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("DOUDI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def settings(home):
    home.mkdir()
    return load_settings()


@pytest.fixture
def no_divisions(monkeypatch):
    """The real divisions take seconds to load and are proven elsewhere."""
    monkeypatch.setattr(first_start, "load_regions", lambda session: None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def refusal(capsys, *words):
    """Run a command that must be refused; its sentence, which must not be a traceback."""
    assert main(list(words)) == 1
    told = capsys.readouterr().err
    assert "Traceback" not in told
    return told


def test_a_taken_port_is_told_with_another_to_try(home, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = refusal(capsys, "serve", "--port", str(port))
    assert f"端口 {port} 已被别的程序占用" in told
    assert f"--port {port + 1}" in told
    assert not list(home.glob("doudi.*"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOUDI_PORT", "eight"),
        ("DOUDI_TRUSTED_PROXIES", "-1"),
        ("DOUDI_DATABASE_URL", "mysql://root@localhost/x"),
    ],
)
def test_a_setting_that_cannot_be_is_told_by_its_name(home, capsys, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert main(["serve"]) == 1
    assert name in capsys.readouterr().err


def test_the_database_is_its_owners_alone_even_in_a_folder_that_others_may_enter(settings):
    settings.home.mkdir(mode=0o755, parents=True, exist_ok=True)
    before = os.umask(0o022)
    try:
        make_home(settings)
        upgrade(settings)
    finally:
        os.umask(before)
    assert (settings.home / "doudi.sqlite").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(home, capsys, monkeypatch):
    monkeypatch.setenv("DOUDI_HOME", "/dev/null/state")
    told = refusal(capsys, "serve", "--port", str(free_port()))
    assert "/dev/null/state" in told
    assert "DOUDI_HOME" in told


def test_a_database_of_a_newer_version_is_left_untouched(settings, capsys):
    with sqlite3.connect(settings.home / "doudi.sqlite") as newer:
        newer.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        newer.execute("INSERT INTO alembic_version VALUES ('9999')")
    newer.close()
    told = refusal(capsys, "serve", "--port", str(free_port()))
    assert "9999" in told
    assert "更新版本" in told
    with sqlite3.connect(settings.home / "doudi.sqlite") as after:
        assert after.execute("SELECT name FROM sqlite_master").fetchall() == [("alembic_version",)]
    after.close()


def test_a_file_that_is_no_database_is_told(settings, capsys):
    (settings.home / "doudi.sqlite").write_bytes(b"this is a letter, not a database" * 100)
    assert "数据库" in refusal(capsys, "serve", "--port", str(free_port()))


@pytest.mark.parametrize(
    ("host", "port", "word"),
    [
        ("127.0.0.1", 70000, "65535"),
        ("no.such.host.invalid", 8000, "不认识地址"),
        ("203.0.113.7", 8000, "203.0.113.7"),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_told(host, port, word):
    with pytest.raises(Problem) as refused:
        check_port(host, port)
    assert word in str(refused.value)


def test_a_second_server_on_the_same_folder_is_refused(settings):
    held = take_home(settings)
    with pytest.raises(Problem, match="另一个兜底正在使用"):
        take_home(settings)
    held.close()
    take_home(settings).close()


def test_several_processes_on_sqlite_are_refused(home, capsys):
    assert "PostgreSQL" in refusal(capsys, "serve", "--workers", "2", "--port", str(free_port()))


def make_demo_mark(settings):
    upgrade(settings)
    engine = make_engine(settings.database_url)
    with open_session(engine, System("test"), job_actor("test")) as session:
        write_mark(session, demo=True, now=NOW)
        session.commit()
    engine.dispose()


def test_a_demo_never_serves_beyond_this_machine(settings, capsys):
    make_demo_mark(settings)
    told = refusal(capsys, "serve", "--host", "0.0.0.0", "--port", str(free_port()))
    assert "演示库" in told
    assert "DOUDI_HOME" in told


def test_a_real_installation_begins_empty_with_three_administrators_of_one_sign_in(home, no_divisions):
    home.mkdir()
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'doudi.sqlite'}", host="0.0.0.0")
    ready = first_start.prepare(settings, now=NOW)
    made = ready.made
    assert not ready.demo
    assert [account.role for account in made] == ["系统管理员", "安全管理员", "审计管理员"]
    assert len({account.password for account in made}) == 3
    engine = make_engine(settings.database_url)
    with open_session(engine, System("test"), writes=False) as session:
        assert read_mark(session).demo is False
        assert set(session.scalars(select(RoleGrant.role))) == {
            Role.SYSTEM_ADMINISTRATOR,
            Role.SECURITY_ADMINISTRATOR,
            Role.AUDIT_ADMINISTRATOR,
        }
        accounts = session.scalars(select(StaffAccount)).all()
    engine.dispose()
    assert {account.username for account in accounts} == {account.sign_in for account in made}
    told = greeting(settings, ready)
    assert all(account.password in told for account in made)
    assert "demo" not in told
    assert first_start.prepare(settings, now=NOW).made == []


def test_a_first_start_cut_off_midway_begins_again(settings, no_divisions, monkeypatch):
    def cut_off(beside):
        raise KeyboardInterrupt

    def finish(beside):
        make_demo_mark(beside)
        return [FirstAccount("镇经办", "a", "b")]

    monkeypatch.setattr(demo_plan, "make_demo", cut_off)
    with pytest.raises(KeyboardInterrupt):
        first_start.prepare(settings, now=NOW)
    assert not (settings.home / "doudi.sqlite").exists()
    monkeypatch.setattr(demo_plan, "make_demo", finish)
    ready = first_start.prepare(settings, now=NOW)
    assert ready == first_start.Prepared(demo=True, made=[("镇经办", "a", "b")])
    told = greeting(settings, ready)
    assert "./doudi demo accounts" in told
    assert str(settings.home / "demo.log") in told
    assert sorted(path.name for path in settings.home.glob("doudi*")) == ["doudi.sqlite"]
    assert (settings.home / "doudi.sqlite").stat().st_mode & 0o077 == 0


def test_the_card_lines_up_chinese_and_latin():
    lines = card([FirstAccount("镇 · 经办", "wang", "x1"), FirstAccount("Clerk", "li", "y2")]).splitlines()
    assert lines == ["  镇 · 经办  wang  x1", "  Clerk      li    y2"]


# --- the whole thing, as a program ---------------------------------------------------------------------------------


class Server:
    def __init__(self, home, port):
        self.port = port
        self.began = time.monotonic()
        self.program = subprocess.Popen(
            [sys.executable, "-m", "commands", "serve", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "DOUDI_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, ""

    def wait(self, seconds):
        while time.monotonic() < self.began + seconds:
            if self.program.poll() is not None:
                raise AssertionError(self.program.stdout.read())
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("not ready in time")

    def end(self, how=signal.SIGTERM):
        self.program.send_signal(how)
        told, _ = self.program.communicate(timeout=30)
        return told


@pytest.mark.slow
def test_a_newcomer_s_first_start_then_a_restart_then_a_kill(home):
    home.mkdir()
    port = free_port()
    first = Server(home, port)
    first.wait(120)
    assert first.get("/")[0] == 200
    told = first.end()
    assert f"http://127.0.0.1:{port}/" in told
    assert len(re.findall(r"\w{4}-\w{4}-\w{4}-\w{4}", told)) >= 5
    assert "编造" in told
    assert "Traceback" not in told
    # the passwords stay in sight: what was asked for is written elsewhere
    assert '"event": "request"' not in told
    assert '"event": "request"' in (home / "demo.log").read_text(encoding="utf-8")
    assert (home / "demo.log").stat().st_mode & 0o077 == 0

    second = Server(home, port)
    second.wait(60)
    # killed outright: its worker must not go on holding port and folder
    assert not re.findall(r"\w{4}-\w{4}-\w{4}-\w{4}", second.end(signal.SIGKILL))
    time.sleep(1)

    third = Server(home, port)
    third.wait(60)
    assert third.get("/")[0] == 200
    third.end(signal.SIGINT)
    assert newest_revision()
