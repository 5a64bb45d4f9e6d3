"""`./doudi accounts reset`: the way back in when the only security administrator lost her phone."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from commands.__main__ import main
from core.accounts.changes import create_first_administrators
from core.accounts.models import StaffAccount
from core.accounts.second_factor import begin_enrolment
from core.accounts.signed_in import find_session
from core.accounts.staff_sign_in import sign_in_staff
from core.audit.models import AuditEntry

pytestmark = pytest.mark.row("R0-14")


@pytest.fixture
def installation(here, now):
    """(the installation, name and password of a security administrator who set up a second factor)."""
    with here.session() as session:
        made = create_first_administrators(session, now)
        name, password = next(each for each in made if each[0].startswith("anquan"))
        account = session.scalar(select(StaffAccount).where(StaffAccount.username == name))
        begin_enrolment(session, account.id, issuer="兜底")
        account.totp_confirmed_at = now
    return here, name, password


def test_the_old_password_and_phone_are_void_and_the_new_one_must_be_changed(installation, capsys, now):
    here, name, password = installation
    engine, vault = here.engine, here.vault
    token = sign_in_staff(engine, vault, name, password, now=now).token
    assert main(["accounts", "reset", name]) == 0
    fresh = capsys.readouterr().out.split(name)[1].split()[0]
    assert find_session(engine, vault, token, now=now) is None
    assert sign_in_staff(engine, vault, name, password, now=now).refusal
    signed_in = find_session(engine, vault, sign_in_staff(engine, vault, name, fresh, now=now).token, now=now)
    assert signed_in.must_change_password
    assert signed_in.must_enrol
    with here.session() as session:
        acts = set(session.scalars(select(AuditEntry.act).where(AuditEntry.actor_name == "accounts-command")))
    assert {"password.reset", "second-factor.reset"} <= acts


def test_a_name_nobody_has_is_told(installation, capsys):
    assert main(["accounts", "reset", "nobody-1"]) == 1
    assert "没有这个用户名" in capsys.readouterr().err


def test_a_closed_account_stays_closed_and_the_command_says_who_may_open_it(installation, capsys, now):
    here, name, _password = installation
    with here.session() as session:
        account = session.scalar(select(StaffAccount).where(StaffAccount.username == name))
        account.disabled_at = now
        before = account.password_hash
    assert main(["accounts", "reset", name]) == 1
    told = capsys.readouterr()
    assert "已经停用" in told.err
    assert "先重新启用" in told.err
    assert name not in told.out
    with here.session() as session:
        account = session.scalar(select(StaffAccount).where(StaffAccount.username == name))
        assert (account.disabled_at, account.password_hash) == (now, before)
        assert account.totp_confirmed_at is not None


@pytest.mark.parametrize("words", [["accounts", "reset"], ["demo", "accounts"]])
def test_a_database_of_another_version_is_told_in_a_sentence_and_left_as_it_is(installation, capsys, words):
    here, name, _password = installation
    with here.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with here.session() as session:
        before = session.scalars(select(StaffAccount.password_hash)).all()
    assert main([*words, name] if "reset" in words else words) == 1
    assert "./doudi db upgrade" in capsys.readouterr().err
    with here.session() as session:
        assert session.scalars(select(StaffAccount.password_hash)).all() == before
