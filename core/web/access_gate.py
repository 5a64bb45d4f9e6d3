"""The gate every request passes: a view says who may enter, a view that says nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, flash, request
from flask import session as cookie
from werkzeug.wrappers import Response

from core.access import WORK_BY_ASSIGNMENT, Actor, Permission
from core.accounts.signed_in import Ending, SignedIn, ending_of
from core.errors import NotAllowed, NotFound
from core.scopes import Assigned, Own, Public, Region, Scope
from core.translations import N_
from core.web.installation import installation
from core.web.kept_answers import from_elsewhere, keep_answers_page
from core.web.page import redirect_to
from core.web.request import (
    RESIDENT_KIND,
    STAFF_KIND,
    WRITING_METHODS,
    is_htmx,
    known_session,
    state,
    take_up_keys,
    today,
)  # fmt: skip
from core.web.texts import gettext

View = TypeVar("View", bound=Callable[..., Any])

STAFF_SIGN_IN = "/staff/sign-in"
STAFF_PASSWORD = "/staff/password"  # noqa: S105  (a page, not a secret)
STAFF_SECOND_FACTOR = "/staff/second-factor"
RESIDENT_SIGN_IN = "/sign-in"
_MARK = "__access__"


class Audience(StrEnum):
    """Who a view is for, where it is not for holders of a permission."""

    PUBLIC = "public"
    RESIDENT = "resident"
    STAFF = "staff"
    LINK = "link"


PUBLIC = Audience.PUBLIC
RESIDENT = Audience.RESIDENT
STAFF = Audience.STAFF
LINK = Audience.LINK


class SilentView(Exception):  # noqa: N818
    """A programming error found at start: these views do not say who may enter."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a view said: its audience, the permissions of which one is enough, and whether reading it writes."""

    audience: Audience
    permissions: frozenset[Permission] = frozenset()
    writes: bool = False
    half_way: bool = False


def access(
    who: Audience | Permission, *others: Permission, writes: bool = False, half_way: bool = False
) -> Callable[[View], View]:
    """Say who may enter a view: PUBLIC, RESIDENT, STAFF, LINK, or staff holding one of the permissions where they work.

    `writes`: a GET that changes something (a letter is marked as read), so its session takes the write lock at once as a
    POST's does. A GET that only leaves a look need not say so: looks are written after its own work is committed.
    `half_way`: also before the password is changed or the second factor shown; only for the pages that do just that.
    """
    permissions = frozenset({each for each in (who, *others) if isinstance(each, Permission)})
    audience = STAFF if isinstance(who, Permission) else who
    entry = Entry(audience, permissions, writes=writes, half_way=half_way)

    def mark(view: View) -> View:
        setattr(view, _MARK, entry)
        return view

    return mark


def entry_of(app: Flask, endpoint: str) -> Entry | None:
    """What the view behind `endpoint` said; None if nothing."""
    entry: Entry | None = getattr(app.view_functions.get(endpoint), _MARK, None)
    return entry


def check_views(app: Flask) -> None:
    """Refuse to start with a view that does not say who may enter. Raises SilentView naming them all."""
    silent = sorted(endpoint for endpoint in app.view_functions if not _may_pass(app, endpoint))
    if silent:
        msg = "no @access on: " + ", ".join(silent)
        raise SilentView(msg)


def _may_pass(app: Flask, endpoint: str) -> bool:
    # a blueprint's own static folder holds files only; ours are served by a view that says PUBLIC
    return entry_of(app, endpoint) is not None or endpoint.endswith(".static")


def keep_gate() -> Response | None:
    """Before every request: choose the scope, or answer instead of the view."""
    mine = state()
    if request.endpoint is None:
        # no such address; the error page needs a scope to show the frame
        mine.scope = Public(today())
        return None
    entry = entry_of(current_app, request.endpoint)
    if entry is None:
        if request.endpoint.endswith(".static"):
            return None
        mine.scope = Public(today())
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    if entry.audience is STAFF:
        mine.face = "staff"
    mine.writes = entry.writes or request.method in WRITING_METHODS
    mine.personal = entry.audience is not PUBLIC
    if mine.writes:
        take_up_keys()
    mine.scope = Public(today())
    answer = _enter(entry)
    if answer is None:
        _check_pack()
    return answer


def _enter(entry: Entry) -> Response | None:
    match entry.audience:
        case Audience.PUBLIC:
            return None
        case Audience.LINK:
            # the view narrows it to one authorisation; until then there is no session at all
            state().scope = None
            return None
        case Audience.RESIDENT:
            return _enter_resident()
        case Audience.STAFF:
            return _enter_staff(entry)


def _enter_resident() -> Response | None:
    found = known_session(RESIDENT_KIND)
    if found is None:
        return _to_sign_in(RESIDENT_KIND, RESIDENT_SIGN_IN)
    mine = state()
    mine.signed_in, mine.actor = found, found.actor
    mine.scope = Own(found.account_id, found.person_id)
    return None


def _enter_staff(entry: Entry) -> Response | None:
    found = known_session(STAFF_KIND)
    if found is None:
        return _to_sign_in(STAFF_KIND, STAFF_SIGN_IN)
    mine = state()
    mine.node = chosen_node(found)
    mine.signed_in = found
    mine.actor = replace(found.actor, node=mine.node)
    mine.scope = staff_scope(found, mine.actor)
    if not entry.half_way:
        if found.needs_second_factor:
            return redirect_to(STAFF_SECOND_FACTOR)
        if found.must_change_password:
            return redirect_to(STAFF_PASSWORD)
    if entry.permissions and not any(mine.actor.may(permission) for permission in entry.permissions):
        raise NotAllowed(N_("您的角色不办理这一项。需要办理的，请联系本单位的安全管理员。"))
    return None


def chosen_node(found: SignedIn) -> str:
    """The node the staff session works in: the one switched to, while it is still granted, else the first."""
    wanted = cookie.get("node", "")
    return wanted if wanted in found.nodes else (found.nodes[0] if found.nodes else "")


def staff_scope(found: SignedIn, actor: Actor) -> Scope:
    """The place worked in, or for bought-in workers and department officers only what was handed over to them."""
    roles = actor.roles_at(actor.node) if actor.node else frozenset()
    if not roles or roles <= WORK_BY_ASSIGNMENT:
        return Assigned(found.assigned_case_ids, work=found.assigned)
    return Region(actor.node)


def _check_pack() -> None:
    mine = state()
    if not installation().page_is_on(request.blueprint, mine.node or mine.place, today()):
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))


def _to_sign_in(kind: str, door: str) -> Response:
    ended = ended_words(kind)
    if request.method in WRITING_METHODS and request.form and not from_elsewhere():
        # the sign-in ran out while a form was being filled in: nothing typed may be lost
        return keep_answers_page(
            (ended or gettext("请先登录。")) + gettext("刚才填的还在，登录以后点“继续提交”。"),
            status=401,
            sign_in=door,
        )
    if ended:
        flash(ended, "info")
    back = safe_next(_page_asked_for())
    return redirect_to(f"{door}?next={quote(back, safe='/')}" if back else door)


def ended_words(kind: str) -> str:
    """Why the sign-in that this browser still held is over, or "" where it held none: a stranger learns nothing."""
    token = state().lost.get(kind)
    if token is None:
        return ""
    match ending_of(installation().engine, token):
        case Ending.BY_ANOTHER:
            return gettext("您的登录已被结束，请重新登录。")
        case Ending.BY_OWNER:
            return gettext("您在别处结束了这里的登录，请重新登录。")
        case _:
            return gettext("您离开的时间长了，系统已经自动退出。请重新登录。")


def _page_asked_for() -> str | None:
    """Where to come back to: the page itself, or the one that a form or a fragment stood in."""
    if request.method == "GET" and not is_htmx():
        return request.full_path.rstrip("?")
    return page_asked_from()


def page_asked_from() -> str | None:
    """The page of this site that the link, form or fragment stood in; None where the browser does not say."""
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return safe_next(parts.path) if parts.netloc == request.host else None


def safe_next(address: str | None) -> str | None:
    """`address` if it is a path of this site, else None: nobody is led away by a crafted link."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 33 or char == "\\" for char in address):
        return None
    return address


def may(permission: Permission) -> bool:
    """Whether who acts holds `permission` where she works; for showing or leaving out a button."""
    return state().actor.may(permission)


def install_gate(app: Flask) -> None:
    """Put the gate before every view of `app`."""
    app.before_request(keep_gate)
