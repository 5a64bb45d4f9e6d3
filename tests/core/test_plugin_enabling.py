"""Enabling and disabling packs: dated rows, written only by who manages packs in that province, audited (decision 15)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.access import Actor, Grant, Role
from core.audit.models import AuditEntry
from core.catalogue import Catalogue, Enabling
from core.database import new_id
from core.errors import Blocked, Invalid, NotAllowed, NotFound
from core.packs.changes import disable_pack, enable_pack
from core.packs.queries import StoredEnablings, enablings
from core.packs.standing import State, standing, standings
from core.plugin_manager import load_packs
from core.scopes import Public, Region, System
from core.sessions import OutOfScope
from core.settings import load_settings

GUIZHOU, GUANGDONG, MEITAN = "520000000000", "440000000000", "520328000000"
TODAY = date(2026, 11, 16)
NEXT_MONTH = date(2026, 12, 1)
CATALOGUE = load_packs(load_settings({}))


def _administrator(node, role=Role.SYSTEM_ADMINISTRATOR):
    return Actor("staff", new_id(), "李敏", node, frozenset({Grant(role, node)}))


@pytest.fixture
def guizhou(session_in):
    return session_in(Region(GUIZHOU), _administrator(GUIZHOU))


def _enable(session, name="guizhou", region=GUIZHOU, day=NEXT_MONTH, *, now, catalogue=CATALOGUE):
    return enable_pack(session, session.actor, catalogue, name, region, day, now=now)


def _disable(session, day, *, now, catalogue=CATALOGUE):
    return disable_pack(session, session.actor, catalogue, "guizhou", GUIZHOU, day, now=now)


def test_an_enabled_pack_is_in_force_from_its_day(guizhou, now):
    _enable(guizhou, now=now)
    rows = enablings(guizhou)
    assert rows == [Enabling("guizhou", "1.0", GUIZHOU, NEXT_MONTH)]
    assert "guizhou" not in CATALOGUE.enabled(MEITAN, TODAY, rows)
    assert "guizhou" in CATALOGUE.enabled(MEITAN, NEXT_MONTH, rows)


def test_who_enabled_what_is_kept(guizhou, now):
    _enable(guizhou, now=now)
    _disable(guizhou, date(2027, 1, 1), now=now)
    guizhou.commit()
    with_audit = guizhou.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.act, entry.actor_name, entry.subject_id) for entry in with_audit] == [
        ("pack.enable", "李敏", "guizhou"),
        ("pack.disable", "李敏", "guizhou"),
    ]


def test_disabling_ends_the_row_and_keeps_it(guizhou, now):
    _enable(guizhou, day=TODAY, now=now)
    _disable(guizhou, NEXT_MONTH, now=now)
    assert enablings(guizhou) == [Enabling("guizhou", "1.0", GUIZHOU, TODAY, NEXT_MONTH)]
    _enable(guizhou, day=date(2027, 1, 1), now=now)
    assert len(enablings(guizhou)) == 2


def test_a_pack_enabled_by_mistake_can_be_ended_before_it_begins(guizhou, now):
    _enable(guizhou, day=NEXT_MONTH, now=now)
    _disable(guizhou, TODAY, now=now)
    rows = enablings(guizhou)
    assert "guizhou" not in CATALOGUE.enabled(MEITAN, NEXT_MONTH, rows)


def test_what_was_done_is_not_undone_by_a_day_in_the_past(guizhou, now):
    with pytest.raises(Invalid) as caught:
        _enable(guizhou, day=TODAY - timedelta(days=1), now=now)
    assert caught.value.field == "from_day"
    _enable(guizhou, day=TODAY, now=now)
    with pytest.raises(Invalid):
        _disable(guizhou, TODAY - timedelta(days=1), now=now)


def test_enabling_twice_is_told(guizhou, now):
    _enable(guizhou, now=now)
    with pytest.raises(Invalid, match="已经启用"):
        _enable(guizhou, now=now)


def test_the_ground_cannot_be_disabled_or_enabled(guizhou, now):
    with pytest.raises(Blocked, match="处处有效"):
        _enable(guizhou, "national", now=now)


def test_a_pack_of_another_province_is_refused(guizhou, now):
    with pytest.raises(Blocked, match="没有这个地方的内容"):
        _enable(guizhou, "guangdong", now=now)


def test_a_pack_that_is_not_installed_is_not_found(guizhou, now):
    with pytest.raises(NotFound):
        _enable(guizhou, "atlantis", now=now)


def test_a_pack_that_fails_the_contract_cannot_be_enabled(guizhou, now):
    pack = CATALOGUE.pack("guizhou")
    broken = replace(pack, info=replace(pack.info, version="neu"))
    catalogue = Catalogue([CATALOGUE.pack("national"), broken], None)
    with pytest.raises(Blocked, match="没有通过检查"):
        _enable(guizhou, now=now, catalogue=catalogue)
    assert enablings(guizhou) == []


def test_what_the_settings_fix_is_not_changed_on_screen(guizhou, now):
    pinned = load_packs(replace(load_settings({}), packs=("guizhou",)))
    with pytest.raises(Blocked, match="DOUDI_PACKS"):
        _enable(guizhou, now=now, catalogue=pinned)


def test_disabling_what_is_not_enabled_is_told(guizhou, now):
    with pytest.raises(Blocked):
        _disable(guizhou, NEXT_MONTH, now=now)


def test_a_neighbouring_provinces_administrator_enables_nothing_here(session_in, now):
    session = session_in(Region(GUANGDONG), _administrator(GUANGDONG))
    with pytest.raises(NotAllowed):
        _enable(session, now=now)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM_ADMINISTRATOR])
def test_no_other_role_manages_packs(session_in, now, role):
    session = session_in(Region(GUIZHOU), _administrator(GUIZHOU, role))
    with pytest.raises(NotAllowed):
        _enable(session, now=now)


def test_a_county_does_not_enable_for_itself(session_in, now):
    session = session_in(Region(MEITAN), _administrator(MEITAN))
    with pytest.raises(Blocked, match="由省里"):
        _enable(session, region=MEITAN, now=now)


def test_a_row_for_another_region_does_not_pass_the_session_either(session_in, now):
    actor = Actor(
        "staff", new_id(), "李敏", GUANGDONG, frozenset({Grant(Role.SYSTEM_ADMINISTRATOR, GUIZHOU)})
    )
    session = session_in(Region(GUANGDONG), actor)
    with pytest.raises(OutOfScope):
        _enable(session, now=now)


def test_everyones_pages_may_ask_which_packs_are_in_force(guizhou, session_in, now):
    _enable(guizhou, now=now)
    guizhou.commit()
    assert len(enablings(session_in(Public(TODAY)))) == 1


def test_the_running_app_sees_a_new_row_soon(engine, session_in, now):
    slow, fresh = StoredEnablings(seconds=3600), StoredEnablings(seconds=0)
    assert slow(engine) == fresh(engine) == ()
    system = session_in(System("test"))
    _enable(system, now=now)
    system.commit()
    assert [row.pack for row in fresh(engine)] == ["guizhou"]
    assert slow(engine) == ()


def test_each_pack_stands_somewhere_in_a_province():
    rows = (
        Enabling("guizhou", "0.9", GUIZHOU, TODAY - timedelta(days=9)),
        Enabling("oidc", "1.0", GUIZHOU, NEXT_MONTH),
    )
    here = {each.pack.name: each for each in standings(CATALOGUE, GUIZHOU, TODAY, rows)}
    assert next(iter(here)) == "national"
    assert "guangdong" not in here
    assert here["national"].state is State.GROUND
    assert here["guizhou"].state is State.ENABLED
    assert here["guizhou"].was_updated
    assert here["oidc"].state is State.COMING
    assert standing(CATALOGUE, "guizhou", MEITAN, TODAY, rows).state is State.ABOVE
    assert standing(CATALOGUE, "guizhou", GUANGDONG, TODAY, rows).state is State.OFF
    ending = (replace(rows[0], to_day=NEXT_MONTH),)
    assert standing(CATALOGUE, "guizhou", GUIZHOU, TODAY, ending).state is State.ENDING
    assert standing(CATALOGUE, "guizhou", GUIZHOU, NEXT_MONTH, ending).state is State.OFF
