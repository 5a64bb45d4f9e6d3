"""What belongs to one request: who asks, at what instant, and the one database session of the scope the gate chose."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from secrets import token_urlsafe

from flask import Response, current_app, g
from flask import request as flask_request
from flask import session as cookie

from core import audit
from core.access import NOBODY, Actor, job_actor
from core.accounts.signed_in import SignedIn
from core.database import new_id
from core.scopes import Link, Scope, System
from core.sessions import ScopedSession, open_session
from core.web.installation import installation
from core.web.proxies import belongings
from core.workdays import CHINA

WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
AS_OF = "doudi.as_of"
STAFF_KIND = "staff"
RESIDENT_KIND = "resident"


@dataclass(slots=True)
class RequestState:
    """Made anew for each request. `face` is "portal" or "staff"; `place` the region code the page speaks of, or ""."""

    face: str = "portal"
    signed_in: SignedIn | None = None
    actor: Actor = NOBODY
    scope: Scope | None = None
    node: str = ""
    place: str = ""
    writes: bool = False
    personal: bool = True
    broken: bool = False
    moment: datetime | None = None
    database: ScopedSession | None = None
    lost: dict[str, str] = field(default_factory=dict)
    nonce: str = field(default_factory=lambda: token_urlsafe(16))
    report: str = field(default_factory=lambda: new_id().hex)
    known: dict[str, SignedIn | None] = field(default_factory=dict)


def state() -> RequestState:
    """The state of this request, made at first use."""
    found: RequestState | None = belongings().get("doudi")
    if found is None:
        found = g.doudi = RequestState(face="staff" if flask_request.path.startswith("/staff") else "portal")
    return found


def now() -> datetime:
    """The instant of this request, the same throughout it, aware, in China's time, so that `.date()` is the local day.

    A test sets `app.config["NOW"]` to a callable. `AS_OF` in the WSGI environment, which no header can set, shows the
    pages of another day to the check that reads a notice before its first day.
    """
    mine = state()
    if mine.moment is None:
        clock = current_app.config.get("NOW") or installation().clock
        as_of: datetime | None = flask_request.environ.get(AS_OF)
        mine.moment = (as_of or clock()).astimezone(CHINA)
    return mine.moment


def today() -> date:
    """The local day of this request."""
    return now().date()


def actor() -> Actor:
    """Who acts in this request; NOBODY where no one had to sign in."""
    return state().actor


def signed_in() -> SignedIn:
    """The sign-in the gate admitted. Raises LookupError on a page that asks for none."""
    found = state().signed_in
    if found is None:
        msg = "this page lets people in who did not sign in"
        raise LookupError(msg)
    return found


def session() -> ScopedSession:
    """The request's database session, opened at first use in the scope the gate chose; committed once, at the end."""
    mine = state()
    if mine.database is None:
        if mine.scope is None:
            msg = "no scope: a page for signers calls link_scope() first"
            raise LookupError(msg)
        home = installation()
        mine.database = open_session(
            home.engine, mine.scope, mine.actor, vault=home.vault, writes=mine.writes
        )
        _trace(mine.database)
    return mine.database


def take_up_keys() -> None:
    """Before anything is written: a key that another process made current seals it, or a rotation would never be over."""
    vault = installation().vault
    if vault is not None:
        vault.refresh()


def _trace(opened: ScopedSession) -> None:
    """Audit entries say from which sign-in and which network they come."""
    found = state().signed_in
    audit.trace(opened, login_id=found.token_id if found else None, ip=flask_request.remote_addr)


def link_scope(authorisation_id: uuid.UUID) -> ScopedSession:
    """Narrow a page for signers to the one authorisation her link names, and give its session."""
    mine = state()
    if mine.database is not None:
        msg = "the scope of a session is fixed for its life"
        raise LookupError(msg)
    mine.scope = Link(authorisation_id)
    mine.actor = Actor(kind="link")
    return session()


@contextmanager
def system_session(job: str, *, writes: bool = True) -> Iterator[ScopedSession]:
    """A session of named system work, committed when the block ends well, rolled back when it does not.

    It commits by itself, so that what it wrote stands even where the page answers with an error (a failed sign-in counts).
    On SQLite only one session may write at a time: use it before the request's own session wrote, else LookupError.
    """
    mine, home = state(), installation()
    if (
        writes
        and home.settings.on_sqlite
        and mine.writes
        and mine.database is not None
        and mine.database.in_transaction()
    ):
        msg = f"{job} would wait for the write lock that this request itself holds"
        raise LookupError(msg)
    opened = open_session(home.engine, System(job), job_actor(job), vault=home.vault, writes=writes)
    _trace(opened)
    try:
        yield opened
        opened.commit()
    except BaseException:
        opened.rollback()
        raise
    finally:
        opened.close()


# --- the sign-in kept in the cookie -----------------------------------------------------------------------------


def keep_token(kind: str, token: str) -> None:
    """Remember a sign-in ("staff" or "resident") in the signed cookie; the request forgery token is renewed."""
    cookie[_token_name(kind)] = token
    cookie.permanent = False
    cookie.pop("csrf_token", None)
    g.pop("csrf_token", None)
    state().known.pop(kind, None)


def drop_token(kind: str) -> str | None:
    """Forget the sign-in of that kind and give its token, so that the account room can end it."""
    token: str | None = cookie.pop(_token_name(kind), None)
    cookie.pop("csrf_token", None)
    g.pop("csrf_token", None)
    if kind == STAFF_KIND:
        cookie.pop("node", None)
    state().known[kind] = None
    return token


def current_token(kind: str) -> str | None:
    """The token in the cookie, whether or not it still holds."""
    token: str | None = cookie.get(_token_name(kind))
    return token


def known_session(kind: str) -> SignedIn | None:
    """The sign-in of that kind, asked once per request; a token that no longer holds is dropped and kept in `lost`."""
    mine = state()
    if kind not in mine.known:
        token = current_token(kind)
        home = installation()
        found = home.find_session(home.engine, home.vault, token, now=now()) if token else None
        if found is not None and found.kind != kind:
            found = None
        mine.known[kind] = found
        if token and found is None:
            drop_token(kind)
            mine.lost[kind] = token
    return mine.known[kind]


def _token_name(kind: str) -> str:
    return f"{kind}_token"


# --- the end of the request -------------------------------------------------------------------------------------


def settle(response: Response) -> None:
    """One commit per successful request: below 400 the work stands, else nothing of it does.

    A form shown again with what is wrong in it has shown the case all the same: its looks are written.
    """
    mine = state()
    if mine.database is None or mine.database.is_settled:
        return
    if response.status_code >= 400 or mine.broken:
        mine.database.rollback()
    if not mine.broken:
        mine.database.commit()


def abandon() -> None:
    """Give up what the request did so far; the page that tells of the fault may still read."""
    mine = state()
    mine.broken = True
    if mine.database is not None:
        mine.database.rollback()


def close_session(_fault: BaseException | None = None) -> None:
    """The last act of a request, whatever happened."""
    mine: RequestState | None = g.get("doudi")
    if mine is not None and mine.database is not None:
        mine.database.close()
        mine.database = None


def is_htmx() -> bool:
    """Whether htmx asks for a fragment (and neither restores its history nor follows a boosted link)."""
    headers = flask_request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )
