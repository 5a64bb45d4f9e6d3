"""Who is signed in behind a token: found once per request, begun at sign-in, ended by its owner or an administrator."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, and_, bindparam, or_, select

from core import audit
from core.access import SECOND_FACTOR_ROLES, WORK_BY_ASSIGNMENT, Actor, Grant, Permission, job_actor
from core.accounts.former_places import with_former_places
from core.accounts.models import (
    AccountKind,
    Assignment,
    Assurance,
    LoginSession,
    ResidentAccount,
    RoleGrant,
    SignInWay,
    StaffAccount,
    VerifiedPhone,
)
from core.accounts.policy import POLICY
from core.database import AwareDateTime, new_id
from core.encryption import Place, Vault
from core.regions.models import Region
from core.scopes import LEVELS, HandedWork, System
from core.sessions import ScopedSession, column_rows, found, open_session, update_rows
from core.workdays import CHINA


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that still holds. `nodes`: the regions of the grants in force, broadest first, then what was merged into
    them (`former`); `token_id`: its id.

    Until `must_change_password` and `needs_second_factor` are False nothing but the pages for just that opens.
    `must_enrol`: the second factor she needs is not set up yet. `assigned`: what was handed to her by name.
    """

    actor: Actor
    kind: str
    account_id: uuid.UUID
    token_id: uuid.UUID
    person_id: uuid.UUID | None = None
    nodes: tuple[str, ...] = ()
    former: frozenset[str] = frozenset()
    must_change_password: bool = False
    needs_second_factor: bool = False
    must_enrol: bool = False
    assurance: Assurance | None = None
    assigned: frozenset[HandedWork] = frozenset()

    @property
    def assigned_case_ids(self) -> frozenset[uuid.UUID]:
        return frozenset(work.case_id for work in self.assigned)


# every page of a member of staff asks this: one statement, made once
_SIGN_IN = (
    select(
        LoginSession.id, LoginSession.kind, LoginSession.way, LoginSession.account_id, LoginSession.began_at, LoginSession.last_seen_at,
        LoginSession.ended_at, LoginSession.demo, LoginSession.second_factor_at, StaffAccount.full_name,
        StaffAccount.disabled_at, StaffAccount.must_change_password, StaffAccount.password_changed_at,
        StaffAccount.totp_confirmed_at, RoleGrant.role, RoleGrant.region_code, Region.code.label("former"),
    )
    .outerjoin(StaffAccount, StaffAccount.id == LoginSession.account_id)
    .outerjoin(
        RoleGrant,
        and_(
            RoleGrant.account_id == StaffAccount.id,
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > bindparam("now", type_=AwareDateTime())),
        ),
    )
    .outerjoin(Region, Region.merged_into == RoleGrant.region_code)
    .where(LoginSession.token_digest == bindparam("digest"))
)  # fmt: skip


def find_session(engine: Engine, vault: Vault | None, token: str, *, now: datetime) -> SignedIn | None:
    """The sign-in behind a cookie's token, or None: unknown, ended, idle too long, or the account is disabled.

    Notes that she was seen, at most once a minute.
    """
    with open_session(engine, System("sign-in"), job_actor("sign-in"), vault=vault, writes=False) as session:
        rows = column_rows(session, _SIGN_IN, {"digest": _digest(token), "now": now})
        if not rows or not holds(rows[0], now):
            return None
        login = rows[0]
        signed_in = (
            _staff(session, rows, now) if login.kind is AccountKind.STAFF else _resident(session, login)
        )
    if signed_in is not None and now - login.last_seen_at > POLICY.seen_every:
        _note_seen(engine, login.id, now)
    return signed_in


def holds(login: LoginSession | Any, now: datetime) -> bool:
    """Whether a sign-in is neither ended nor idle nor older than any may be."""
    staff = login.kind is AccountKind.STAFF
    idle = POLICY.staff_idle if staff else POLICY.resident_idle
    longest = POLICY.staff_longest if staff else POLICY.resident_longest
    return login.ended_at is None and now - login.last_seen_at < idle and now - login.began_at < longest


class Ending(StrEnum):
    """Why a sign-in holds no more: nobody ended it (idle, too old, unknown), its owner did, or somebody else."""

    BY_ITSELF = "by_itself"
    BY_OWNER = "by_owner"
    BY_ANOTHER = "by_another"


def ending_of(engine: Engine, token: str) -> Ending:
    """Why the sign-in behind a token that no longer holds is over; only who has the token can ask."""
    ended = select(LoginSession.account_id, LoginSession.ended_by).where(
        LoginSession.token_digest == _digest(token), LoginSession.ended_at.is_not(None)
    )
    with open_session(engine, System("sign-in"), job_actor("sign-in"), writes=False) as session:
        login = session.execute(ended).first()
    if login is None:
        return Ending.BY_ITSELF
    return Ending.BY_OWNER if login.ended_by == login.account_id else Ending.BY_ANOTHER


def _staff(session: ScopedSession, rows: Sequence[Any], now: datetime) -> SignedIn | None:
    """`rows`: the sign-in with its account, once for each grant and place that was merged into the grant's."""
    login = rows[0]
    if login.full_name is None or login.disabled_at is not None:
        return None
    own = frozenset(Grant(row.role, row.region_code) for row in rows if row.role is not None)
    merged = {row.former: row.region_code for row in rows if row.former is not None}
    grants, former = with_former_places(session, own, merged)
    roles = frozenset(grant.role for grant in own)
    nodes = (*sorted({grant.region_code for grant in own}, key=_breadth), *sorted(former, key=_breadth))
    required = bool(roles & SECOND_FACTOR_ROLES) and not login.demo
    enrolled = login.totp_confirmed_at is not None
    return SignedIn(
        actor=Actor("staff", login.account_id, login.full_name, nodes[0] if nodes else "", grants),
        kind=AccountKind.STAFF.value,
        account_id=login.account_id,
        token_id=login.id,
        nodes=nodes,
        former=former,
        must_change_password=login.must_change_password
        or now - login.password_changed_at > POLICY.password_age,
        needs_second_factor=(required or enrolled) and login.second_factor_at is None,
        must_enrol=required and not enrolled,
        assigned=_assigned(session, login.account_id, now) if roles & WORK_BY_ASSIGNMENT else frozenset(),
    )


def _resident(session: ScopedSession, login: Any) -> SignedIn | None:
    account = session.get(ResidentAccount, login.account_id)
    if account is None:
        return None
    opens = _opens_file(session, account, login.way)
    # by a phone that is not verified as hers it may be somebody else, who is not told whose account it was
    known_by_phone = login.way is SignInWay.PHONE_CODE and not opens
    name = ""
    if account.name_sealed is not None and session.vault is not None and not known_by_phone:
        name = session.vault.unseal(
            Place("resident_accounts", "name_sealed", account.id.hex), account.name_sealed
        )
    return SignedIn(
        actor=Actor("resident", account.id, name),
        kind=AccountKind.RESIDENT.value,
        account_id=account.id,
        token_id=login.id,
        person_id=account.person_id if opens else None,
        assurance=Assurance.PHONE_VERIFIED if known_by_phone else account.assurance,
    )


def _opens_file(session: ScopedSession, account: ResidentAccount, way: SignInWay) -> bool:
    """Whether this sign-in shows who she is: an identity provider vouched for her, or an office verified the phone as hers.

    Anybody may hold the number by now; what rests on a phone ends at once when an office notes that it is hers no more.
    """
    if way is SignInWay.IDENTITY_PROVIDER and account.assurance is Assurance.IDENTITY_PROVIDER:
        return True
    verified = select(VerifiedPhone.id).where(
        VerifiedPhone.person_id == account.person_id,
        VerifiedPhone.phone_index == account.phone_index,
        VerifiedPhone.ended_at.is_(None),
    )
    return session.scalar(verified.limit(1)) is not None


def grants_in_force(session: ScopedSession, account_id: uuid.UUID, now: datetime) -> frozenset[Grant]:
    """What an account may do today: grants that are neither revoked nor over."""
    rows = session.execute(
        select(RoleGrant.role, RoleGrant.region_code).where(
            RoleGrant.account_id == account_id,
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.ends_at.is_(None), RoleGrant.ends_at > now),
        )
    )
    return frozenset(Grant(row.role, row.region_code) for row in rows)


def _breadth(code: str) -> tuple[int, str]:
    return len(code.rstrip("0")), code


def _assigned(session: ScopedSession, account_id: uuid.UUID, now: datetime) -> frozenset[HandedWork]:
    rows = session.execute(
        select(Assignment.case_id, Assignment.work, Assignment.last_day).where(
            Assignment.account_id == account_id,
            Assignment.ended_at.is_(None),
            Assignment.last_day >= now.astimezone(CHINA).date(),
        )
    )
    return frozenset(HandedWork(*row) for row in rows)


def _note_seen(engine: Engine, login_id: uuid.UUID, now: datetime) -> None:
    with open_session(engine, System("sign-in"), job_actor("sign-in")) as session:
        update_rows(session, LoginSession, {"last_seen_at": now}, LoginSession.id == login_id)
        session.commit()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


# --- begin and end ----------------------------------------------------------------------------------------------


def begin_session(
    session: ScopedSession,
    account: StaffAccount | ResidentAccount,
    way: SignInWay,
    *,
    now: datetime,
    demo: bool = False,
    ip: str | None = None,
    device: str = "",
) -> str:
    """Start a sign-in and return its token, which is known to the cookie alone. `device`: a few words for the list."""
    token = secrets.token_urlsafe(32)
    staff = isinstance(account, StaffAccount)
    session.add(
        LoginSession(
            id=new_id(),
            token_digest=_digest(token),
            kind=AccountKind.STAFF if staff else AccountKind.RESIDENT,
            way=way,
            account_id=account.id,
            began_at=now,
            last_seen_at=now,
            demo=demo,
            ip=audit.truncate_address(ip),
            device=device[:60],
            **{name: getattr(account, name, "") for name in LEVELS},
        )
    )
    account.last_signed_in_at = now
    session.flush()
    return token


def sign_out(session: ScopedSession, token: str, *, now: datetime) -> None:
    """End the sign-in of a token, whatever its state. Needs a System session."""
    login = session.scalar(select(LoginSession).where(LoginSession.token_digest == _digest(token)))
    if login is not None and login.ended_at is None:
        _end(login, login.account_id, now)
        who = Actor(login.kind.value, login.account_id)
        audit.record(session, "sign-out", login, now=now, actor=who)
        session.flush()


def end_session(session: ScopedSession, actor: Actor, login_id: uuid.UUID, *, now: datetime) -> None:
    """Sign out one browser: one's own, or that of staff within the region of a security administrator."""
    login = found(session.get(LoginSession, login_id))
    if login.account_id != actor.account_id:
        actor.require(Permission.STAFF_LOCK)
    if login.ended_at is None:
        _end(login, actor.account_id, now)
        audit.record(session, "session.end", login, now=now, actor=actor)
        session.flush()


def end_other_sessions(
    session: ScopedSession,
    actor: Actor,
    account_id: uuid.UUID,
    *,
    now: datetime,
    kept: uuid.UUID | None = None,
) -> int:
    """Sign out every browser of an account but `kept`; returns how many. Own, or as a security administrator.

    Raises NotFound for staff of another region, NotAllowed without the right.
    """
    if account_id != actor.account_id:
        found(session.get(StaffAccount, account_id))
        actor.require(Permission.STAFF_LOCK)
    logins = session.scalars(
        select(LoginSession).where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
    ).all()
    ended = [login for login in logins if login.id != kept]
    for login in ended:
        _end(login, actor.account_id, now)
        audit.record(session, "session.end", login, now=now, actor=actor)
    session.flush()
    return len(ended)


def _end(login: LoginSession, by: uuid.UUID | None, now: datetime) -> None:
    login.ended_at = now
    login.ended_by = by


def carry_on(session: ScopedSession, *, by: timedelta, now: datetime) -> None:
    """Let every sign-in that holds at `now` hold as long after a demo's clock went on. Needs a System session."""
    for login in session.scalars(select(LoginSession).where(LoginSession.ended_at.is_(None))):
        if holds(login, now):
            login.began_at += by
            login.last_seen_at += by
    session.flush()


def sessions_of(session: ScopedSession, account_id: uuid.UUID, *, now: datetime) -> list[LoginSession]:
    """Where an account is signed in now, the latest seen first; what the session's scope shows of it."""
    logins: Any = session.scalars(
        select(LoginSession)
        .where(LoginSession.account_id == account_id, LoginSession.ended_at.is_(None))
        .order_by(LoginSession.last_seen_at.desc())
    )
    return [login for login in logins if holds(login, now)]
