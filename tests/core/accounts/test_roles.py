"""Roles are granted by a security administrator within her region, never to herself, never two that must be apart."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.access import ADMINISTRATORS, Actor, Permission, Role
from core.accounts.changes import (
    create_first_administrators,
    create_staff,
    disable_staff,
    enable_staff,
    reset_password,
    reset_second_factor,
    unlock_staff,
)
from core.accounts.models import StaffAccount
from core.accounts.queries import PAGE, names_of, staff_holding, staff_list, staff_member
from core.accounts.role_changes import grant_role, revoke_role
from core.accounts.role_words import ROLE_DUTIES, ROLE_LEVELS, ROLE_WORDS
from core.accounts.signed_in import find_session, grants_in_force
from core.audit.models import AuditEntry
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.scopes import Region

MEITAN, YONGXING, FENGGANG, GUIZHOU = "520328000000", "520328104000", "520327000000", "520000000000"
VILLAGE = "520328104201"

pytestmark = pytest.mark.row("R2-28")


@pytest.fixture
def at(opens):
    """`at(place, staff)` is a session of that member of staff in that place."""
    return lambda place, staff: opens(Region(place), staff.actor)


def test_a_security_administrator_grants_and_the_next_request_knows(
    at, engine, vault, hire, enter, security, now
):
    clerk = hire("shimei", place=YONGXING)
    token = enter("shimei", clerk.password).token
    assert find_session(engine, vault, token, now=now).nodes == ()
    session = at(MEITAN, security)
    grant = grant_role(session, security.actor, clerk.id, Role.TOWNSHIP_CLERK, YONGXING, now=now)
    session.commit()
    session.close()
    signed_in = find_session(engine, vault, token, now=now)
    assert signed_in.actor.may(Permission.CASE_ACCEPT)
    session = at(MEITAN, security)
    revoke_role(session, security.actor, grant.id, now=now)
    session.commit()
    assert find_session(engine, vault, token, now=now).nodes == ()


def test_every_grant_leaves_who_gave_what_to_whom(at, opens, hire, security, now):
    clerk = hire("shimei", place=YONGXING)
    session = at(MEITAN, security)
    grant_role(session, security.actor, clerk.id, Role.TOWNSHIP_CLERK, YONGXING, now=now)
    session.commit()
    entry = opens(writes=False).scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.act, entry.actor_name, entry.subject_id) == ("role.grant", "员工anquan-01", str(clerk.id))
    assert entry.changes == {"township_clerk": ["", YONGXING]}
    assert entry.township == YONGXING


PLACE_OF_LEVEL = {
    "village": VILLAGE,
    "township": YONGXING,
    "county": MEITAN,
    "city": "520300000000",
    "province": GUIZHOU,
}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SECURITY_ADMINISTRATOR])
def test_nobody_but_a_security_administrator_grants(at, hire, role, now):
    place = PLACE_OF_LEVEL[min(ROLE_LEVELS.get(role, {"county"}))]
    holder = hire("holder", role, place)
    clerk = hire("shimei", place=place)
    session = at(place, holder)
    with pytest.raises(NotAllowed):
        grant_role(session, holder.actor, clerk.id, Role.DEPARTMENT_OFFICER, place, now=now)


def test_she_sees_and_grants_nothing_in_another_county(at, hire, security, now):
    stranger = hire("liuyang", Role.TOWNSHIP_CLERK, "520327101000")
    session = at(MEITAN, security)
    assert "liuyang" not in {row.username for row in staff_list(session, now=now)}
    with pytest.raises(NotFound):
        staff_member(session, stranger.id, now=now)
    with pytest.raises(NotFound):
        grant_role(session, security.actor, stranger.id, Role.DEPARTMENT_OFFICER, MEITAN, now=now)
    assert names_of(session, [stranger.id]) == {}


@pytest.mark.parametrize("place", [FENGGANG, GUIZHOU, "000000000000"])
def test_she_grants_her_own_staff_nothing_outside_her_county(at, hire, security, place, now):
    clerk = hire("shimei", place=YONGXING)
    session = at(MEITAN, security)
    with pytest.raises(NotAllowed):
        grant_role(session, security.actor, clerk.id, Role.DEPARTMENT_OFFICER, place, now=now)


def test_she_revokes_nothing_in_another_county_and_nothing_of_her_own(at, opens, hire, security, now):
    stranger = hire("liuyang", place=FENGGANG)
    session = opens()
    grant = grant_role(session, session.actor, stranger.id, Role.COUNTY_OFFICER, FENGGANG, now=now)
    session.commit()
    session.close()
    session = at(MEITAN, security)
    with pytest.raises(NotFound):
        revoke_role(session, security.actor, grant.id, now=now)
    mine = staff_member(session, security.id, now=now).roles[0]
    with pytest.raises(NotAllowed):
        revoke_role(session, security.actor, mine.grant_id, now=now)


def test_she_grants_herself_nothing(at, security, now):
    session = at(MEITAN, security)
    with pytest.raises(NotAllowed):
        grant_role(session, security.actor, security.id, Role.COUNTY_OFFICER, MEITAN, now=now)


def test_the_three_administrators_cannot_hold_each_others_roles(opens, now):
    session = opens()
    create_first_administrators(session, now)
    accounts = {
        next(iter(grants_in_force(session, account.id, now))).role: account
        for account in session.scalars(select(StaffAccount))
    }
    assert set(accounts) == ADMINISTRATORS
    # whoever grants them, not the program itself either
    for held, account in accounts.items():
        for role in ADMINISTRATORS - {held}:
            with pytest.raises(Invalid, match="不能由同一个人担任"):
                grant_role(session, session.actor, account.id, role, "000000000000", now=now)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_CONFIRMER),
        (Role.TOWNSHIP_CONFIRMER, Role.TOWNSHIP_REVIEWER),
        (Role.TOWNSHIP_CLERK, Role.AUDIT_ADMINISTRATOR),
        (Role.SYSTEM_ADMINISTRATOR, Role.TOWNSHIP_CLERK),
    ],
)
def test_who_signs_does_not_confirm_and_who_administers_does_not_decide(
    at, hire, security, held, wanted, now
):
    staff = hire("shimei", held, YONGXING)
    session = at(MEITAN, security)
    with pytest.raises(Invalid) as told:
        grant_role(session, security.actor, staff.id, wanted, YONGXING, now=now)
    assert ROLE_WORDS[held] in str(told.value)
    assert ROLE_WORDS[wanted] in str(told.value)


def test_after_a_role_is_revoked_its_opposite_may_be_granted(at, hire, security, now):
    staff = hire("shimei", Role.TOWNSHIP_REVIEWER, YONGXING)
    session = at(MEITAN, security)
    revoke_role(session, security.actor, staff_member(session, staff.id, now=now).roles[0].grant_id, now=now)
    grant_role(session, security.actor, staff.id, Role.TOWNSHIP_CONFIRMER, YONGXING, now=now)


def test_the_same_role_twice_is_refused_and_after_its_end_granted_again(at, hire, security, now):
    staff = hire("shimei", place=YONGXING)
    session = at(MEITAN, security)
    end = now + timedelta(days=30)
    grant_role(session, security.actor, staff.id, Role.TOWNSHIP_CLERK, YONGXING, now=now, ends_at=end)
    with pytest.raises(Conflict):
        grant_role(session, security.actor, staff.id, Role.TOWNSHIP_CLERK, YONGXING, now=now)
    grant_role(session, security.actor, staff.id, Role.TOWNSHIP_CLERK, YONGXING, now=end)


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.TOWNSHIP_CLERK, MEITAN), (Role.VILLAGE_ASSISTANT, YONGXING), (Role.COUNTY_CONFIRMER, YONGXING)],
)
def test_a_role_is_granted_only_on_the_level_where_its_work_is_done(at, hire, security, role, place, now):
    staff = hire("shimei", place=YONGXING)
    session = at(MEITAN, security)
    with pytest.raises(Invalid) as told:
        grant_role(session, security.actor, staff.id, role, place, now=now)
    assert told.value.field == "region_code"


def test_a_closed_account_gets_no_role(at, hire, security, now):
    staff = hire("shimei", place=YONGXING)
    session = at(MEITAN, security)
    disable_staff(session, security.actor, staff.id, now=now)
    with pytest.raises(Invalid):
        grant_role(session, security.actor, staff.id, Role.TOWNSHIP_CLERK, YONGXING, now=now)


def test_only_a_system_administrator_makes_accounts_and_only_in_her_county(
    at, hire, security, system_administrator, now
):
    new = {"username": "shimei", "full_name": "石梅", "now": now}
    session = at(MEITAN, security)
    with pytest.raises(NotAllowed):
        create_staff(session, security.actor, office=YONGXING, **new)
    session.close()
    session = at(MEITAN, system_administrator)
    for place in (FENGGANG, GUIZHOU):
        with pytest.raises(NotAllowed):
            create_staff(session, system_administrator.actor, office=place, **new)
    made = create_staff(session, system_administrator.actor, office=YONGXING, **new)
    assert staff_member(session, made.account_id, now=now).roles == ()
    assert made.password not in repr(made)


def test_a_username_taken_elsewhere_is_refused_without_losing_the_rest(at, hire, system_administrator, now):
    hire("shimei", place=FENGGANG)
    session = at(MEITAN, system_administrator)
    actor = system_administrator.actor
    with pytest.raises(Invalid) as told:
        create_staff(session, actor, username="ShiMei", full_name="石梅", office=YONGXING, now=now)
    assert told.value.field == "username"
    assert create_staff(session, actor, username="shimei2", full_name="石梅", office=YONGXING, now=now)
    session.commit()
    assert {row.username for row in staff_list(session, now=now)} == {"shimei2", "xitong-01"}


@pytest.mark.parametrize(
    "username", ["", "ab", "1abc", "石梅", "a b c", "admin", "root", "x" * 41, "shi;mei"]
)
def test_an_odd_or_common_username_is_refused(at, system_administrator, username, now):
    session = at(MEITAN, system_administrator)
    with pytest.raises(Invalid) as told:
        create_staff(
            session, system_administrator.actor, username=username, full_name="石梅", office=YONGXING, now=now
        )
    assert told.value.field == "username"


def test_nobody_locks_or_resets_herself(at, security, now):
    session = at(MEITAN, security)
    with pytest.raises(NotAllowed):
        disable_staff(session, security.actor, security.id, now=now)


def test_she_touches_no_account_that_holds_a_role_above_her_region(at, opens, hire, security, now):
    """A new password for it would hand her that role: an office in the county is not enough."""
    auditor = hire("shenji-01")
    session = opens()
    grant_role(session, session.actor, auditor.id, Role.AUDIT_ADMINISTRATOR, GUIZHOU, now=now)
    session.commit()
    session.close()
    session = at(MEITAN, security)
    for act in (reset_password, reset_second_factor, disable_staff, enable_staff, unlock_staff):
        with pytest.raises(NotAllowed):
            act(session, security.actor, auditor.id, now=now)


def test_the_list_is_searched_paged_and_keeps_to_the_region(at, opens, hire, security, now):
    session = opens()
    for number in range(PAGE + 5):
        made = StaffAccount(
            id=uuid.uuid4(), username=f"clerk-{number:03d}", full_name=f"员工{number}", office=YONGXING,
            password_hash="", password_changed_at=now, created_at=now,
            province=GUIZHOU, city="520300000000", county=MEITAN, township=YONGXING,
        )  # fmt: skip
        session.add(made)
    session.commit()
    session.close()
    session = at(MEITAN, security)
    first = staff_list(session, now=now, text="clerk-")
    assert len(first) == PAGE + 1
    rest = staff_list(session, now=now, text="clerk-", after=first[PAGE - 1].username)
    assert [row.username for row in rest] == [f"clerk-{number:03d}" for number in range(PAGE, PAGE + 5)]
    assert [row.full_name for row in staff_list(session, now=now, text="员工41")] == ["员工41"]
    assert staff_list(session, now=now, text="%") == []


def test_colleagues_of_a_role_are_found_in_the_region(at, hire, now):
    reviewer = hire("wangli", Role.TOWNSHIP_REVIEWER, YONGXING)
    hire("shimei", Role.TOWNSHIP_CLERK, YONGXING)
    hire("other", Role.TOWNSHIP_CLERK, "520328100000")
    session = at(YONGXING, reviewer)
    found = staff_holding(session, [Role.TOWNSHIP_CLERK], now=now)
    assert [(post.name, post.role, post.region_code) for post in found] == [
        ("员工shimei", Role.TOWNSHIP_CLERK, YONGXING)
    ]


def test_every_role_has_words():
    assert set(ROLE_WORDS) == set(ROLE_DUTIES) == set(Role)
    assert Actor("staff").may(Permission.CASE_READ) is False
