"""An office with its three administrators, a vault, and sessions of any scope."""

from __future__ import annotations

import pytest

from core.access import Actor, Role, job_actor
from core.accounts.changes import create_staff
from core.accounts.codes import outbox
from core.accounts.resident_changes import confirm_code, request_code
from core.accounts.role_changes import grant_role
from core.accounts.signed_in import find_session, grants_in_force
from core.accounts.staff_sign_in import sign_in_staff
from core.encryption import KeyRing, Vault
from core.scopes import System
from core.sessions import open_session

PHONE = "19900001234"
MEITAN, YONGXING, FENGGANG = "520328000000", "520328104000", "520327000000"


class Keys:
    def __init__(self):
        self._ring = KeyRing.new()

    def ring(self):
        return self._ring


@pytest.fixture
def vault():
    return Vault(Keys())


@pytest.fixture
def opens(engine, vault):
    """`opens(scope, actor)`; close or commit a writing session before the next one writes."""
    opened = []

    def opens(scope=None, actor=None, *, writes=True):
        session = open_session(
            engine, scope or System("test"), actor or job_actor("test"), vault=vault, writes=writes
        )
        opened.append(session)
        return session

    yield opens
    for session in opened:
        session.close()


class Staff:
    """A member of staff for tests: her account, her one-time password, herself as an actor."""

    def __init__(self, made, actor):
        self.id, self.username, self.password = made.account_id, made.username, made.password
        self.actor = actor


@pytest.fixture
def hire(opens, now, cheap_passwords):
    """`hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)` makes an account with that role."""

    def hire(username, role=None, place=MEITAN):
        session = opens()
        made = create_staff(
            session, session.actor, username=username, full_name=f"员工{username}", office=place, now=now
        )
        if role is not None:
            grant_role(session, session.actor, made.account_id, role, place, now=now)
        grants = grants_in_force(session, made.account_id, now)
        session.commit()
        session.close()
        return Staff(made, Actor("staff", made.account_id, f"员工{username}", place, grants))

    return hire


@pytest.fixture
def enter(engine, vault, now, cheap_passwords):
    """`enter(username, password)` tries the door."""

    def enter(username, password, *, at=now, **options):
        return sign_in_staff(engine, vault, username, password, now=at, **options)

    return enter


@pytest.fixture
def security(hire):
    return hire("anquan-01", Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def system_administrator(hire):
    return hire("xitong-01", Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def ask(opens, now):
    """`ask(phone)` requests a code and reads it from the outbox."""

    def ask(phone=PHONE, at=now):
        session = opens()
        request_code(session, phone, now=at, demo=True)
        session.commit()
        written = outbox(session, limit=1)[0]
        session.close()
        return "".join(char for char in written[3].split("验证码")[1][:8] if char.isdigit())

    return ask


@pytest.fixture
def enter_with(opens, now):
    def enter_with(code, phone=PHONE, at=now):
        session = opens()
        outcome = confirm_code(session, phone, code, now=at)
        session.commit()
        session.close()
        return outcome

    return enter_with


@pytest.fixture
def resident(engine, vault, ask, enter_with, now):
    """`resident(phone)` signs in and gives what the gate knows."""

    def resident(phone=PHONE, at=now):
        return find_session(engine, vault, enter_with(ask(phone, at), phone, at).token, now=at)

    return resident


@pytest.fixture
def clerk(hire):
    return hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
