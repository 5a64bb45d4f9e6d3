"""The people of a demo who sign in: made-up staff of every role, each a person of her own, and two residents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from commands.accounts_card import FirstAccount
from commands.demo_offices import ACTOR, DEMO_PLACES
from core.access import Role
from core.accounts.changes import NewPassword, create_staff, reset_password
from core.accounts.models import StaffAccount
from core.accounts.person_links import open_account
from core.accounts.role_changes import grant_role
from core.accounts.role_words import ROLE_WORDS
from core.accounts.signed_in import grants_in_force
from core.regions.queries import children, node, path
from core.sessions import ScopedSession, found
from core.translations import N_

# the first has nothing yet and applies; the second's application has come to its letter
NEWCOMER, APPLICANT = "19900000001", "19900000002"
# a person each, in the order they are hired; residents have three characters, so nobody of them is met there
# fmt: off
NAMES = (
    "石梅", "韦强", "龙海", "杨柳", "覃芳", "田英", "吴敏", "罗平", "潘杰", "何芸", "冉斌",
    "梁勇", "卢艳", "邓明", "黄琴", "谢刚", "周洁", "莫涛", "岑霞", "陈国", "蓝静", "文彬",
)
# fmt: on
# how the user name begins, and the role; the initials of the place follow
TOWNSHIP = (
    ("jingban1", Role.TOWNSHIP_CLERK),
    ("jingban2", Role.TOWNSHIP_CLERK),
    ("chushen", Role.TOWNSHIP_REVIEWER),
)
COUNTY = (("jingban", Role.COUNTY_OFFICER), ("queren", Role.COUNTY_CONFIRMER))
CONFIRMER = ("queren", Role.TOWNSHIP_CONFIRMER)
WORKER, HELPER = ("goumai", Role.CONTRACT_WORKER), ("xieban", Role.DEPARTMENT_OFFICER)
ASSISTANT = ("xieli", Role.VILLAGE_ASSISTANT)
CITY = (("dudao", Role.CITY_SUPERVISOR),)
PROVINCE = (
    ("dudao", Role.PROVINCE_SUPERVISOR),
    ("xitong", Role.SYSTEM_ADMINISTRATOR),
    ("anquan", Role.SECURITY_ADMINISTRATOR),
    ("shenji", Role.AUDIT_ADMINISTRATOR),
)


def make_staff(session: ScopedSession, now: datetime) -> list[FirstAccount]:
    """Accounts of every role in the demo places; each password is random and told once."""
    return [
        _hire(session, stem, name, role, code, now)
        for name, (stem, role, code) in zip(NAMES, _posts(session), strict=True)
    ]


def _posts(session: ScopedSession) -> Iterator[tuple[str, Role, str]]:
    """Every post: how its user name begins, its role, the code of its place; the first demo place has every role."""
    first = DEMO_PLACES[0]
    for place in DEMO_PLACES:
        whole = place is first
        yield from ((*post, place.township) for post in (*TOWNSHIP, *((WORKER,) if whole else ())))
        yield from ((*post, place.county) for post in (*COUNTY, *((HELPER,) if whole else ())))
        if place.delegated_township:
            yield from ((*post, place.delegated_township) for post in (*TOWNSHIP, CONFIRMER))
    yield (*ASSISTANT, children(session, first.township)[0].code)
    yield from ((*post, first.county[:4].ljust(12, "0")) for post in CITY)
    yield from ((*post, first.county[:2].ljust(12, "0")) for post in PROVINCE)


def _hire(session: ScopedSession, stem: str, name: str, role: Role, code: str, now: datetime) -> FirstAccount:
    initials = [place.name_pinyin_initials for place in path(session, code) if place.name_pinyin_initials]
    made = create_staff(
        session,
        ACTOR,
        username=f"{stem}-{initials[-1].lower()}",
        full_name=name,
        office=code,
        now=now,
        one_time=False,
    )
    grant_role(session, ACTOR, made.account_id, role, code, now=now)
    return _told(session, made, now)


def renew_passwords(session: ScopedSession, now: datetime) -> list[FirstAccount]:
    """A fresh password for every open account, as whoever runs the demo; the old ones and every sign-in end."""
    accounts = session.scalars(
        select(StaffAccount)
        .where(StaffAccount.disabled_at.is_(None))
        .order_by(StaffAccount.created_at, StaffAccount.id)
    ).all()
    told = []
    for account in accounts:
        made = reset_password(session, ACTOR, account.id, now=now)
        # made a moment ago for this reader alone: a demo need not ask for another
        account.must_change_password = False
        told.append(_told(session, made, now))
    session.flush()
    return told


def _told(session: ScopedSession, made: NewPassword, now: datetime) -> FirstAccount:
    """Where she works, as what, and her name, in the words of the screen: 永兴镇 · 镇经办 · 石梅."""
    account: StaffAccount = found(session.get(StaffAccount, made.account_id))
    held = {grant.role for grant in grants_in_force(session, account.id, now)}
    roles = "、".join(ROLE_WORDS[role] for role in Role if role in held)
    parts = (node(session, account.office).name, roles, account.full_name)
    return FirstAccount(" · ".join(part for part in parts if part), made.username, made.password)


def make_residents(session: ScopedSession, now: datetime) -> None:
    """Two residents, told by their phones; codes come to the page that shows what would have been sent."""
    for phone in (NEWCOMER, APPLICANT):
        open_account(session, phone, now=now)


RESIDENTS = (
    FirstAccount(N_("居民 · 来申请的（验证码在 /outbox）"), NEWCOMER, ""),
    FirstAccount(N_("居民 · 已办完的（查进度、看信）"), APPLICANT, ""),
)
