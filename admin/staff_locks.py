"""Settings, people: what a security administrator does about an account: unlock, close, reset, sign out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import flash
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core.access import Actor, Permission
from core.accounts import queries
from core.accounts.changes import (
    NewPassword,
    disable_staff,
    enable_staff,
    reset_password,
    reset_second_factor,
    unlock_staff,
)
from core.accounts.signed_in import end_other_sessions, end_session
from core.errors import NotFound
from core.sessions import ScopedSession
from core.web.access_gate import access
from core.web.page import page, redirect_to
from core.web.request import actor, now, session
from core.web.texts import N_, gettext


@dataclass(frozen=True, slots=True)
class Act:
    """What may be done about an account; `title`, `consequence`, `yes`, `done` are msgids with {name}."""

    change: Callable[[ScopedSession, Actor, uuid.UUID, datetime], NewPassword | None]
    title: str
    consequence: str
    yes: str
    done: str
    danger: bool = False


def _sign_out(database: ScopedSession, who: Actor, account_id: uuid.UUID, moment: datetime) -> None:
    end_other_sessions(database, who, account_id, now=moment)


ACTS: dict[str, Act] = {
    "unlock": Act(
        lambda database, who, account, moment: unlock_staff(database, who, account, now=moment),
        N_("解除 {name} 的锁定"),
        N_("连续输错的次数清零，马上可以再登录。请先确认是本人来说的。"),
        N_("解除锁定"),
        N_("已解除锁定。"),
    ),
    "close": Act(
        lambda database, who, account, moment: disable_staff(database, who, account, now=moment),
        N_("停用 {name} 的账号"),
        N_("马上从所有设备退出，不能再登录。办过的事、留下的记录都还在；以后可以重新启用。"),
        N_("停用账号"),
        N_("账号已停用。"),
        danger=True,
    ),
    "open": Act(
        lambda database, who, account, moment: enable_staff(database, who, account, now=moment),
        N_("重新启用 {name} 的账号"),
        N_("用原来的密码可以再登录，角色和停用前一样。请看看这些角色是否还合适。"),
        N_("重新启用"),
        N_("账号已重新启用。"),
    ),
    "reset-password": Act(
        lambda database, who, account, moment: reset_password(database, who, account, now=moment),
        N_("重置 {name} 的密码"),
        N_("原来的密码作废，马上从所有设备退出。系统会给一个一次性密码，只显示一遍，登录后必须改。"),
        N_("重置密码"),
        "",
    ),
    "reset-second-factor": Act(
        lambda database, who, account, moment: reset_second_factor(database, who, account, now=moment),
        N_("清除 {name} 的动态验证码"),
        N_("手机丢了、换了的时候用。马上从所有设备退出，下次登录重新设置。请先确认是本人。"),
        N_("清除动态验证码"),
        N_("动态验证码已清除。"),
    ),
    "sign-out": Act(
        _sign_out,
        N_("让 {name} 从所有设备退出"),
        N_("没有保存的内容会丢失。她可以再登录。"),
        N_("全部退出"),
        N_("已从所有设备退出。"),
    ),
}


def _act(name: str) -> Act:
    if name not in ACTS:
        raise NotFound(N_("没有这个网页。请看看地址有没有写错。"))
    return ACTS[name]


@blueprint.get("/settings/staff/<uuid:account_id>/<act>")
@access(Permission.STAFF_LOCK)
def ask_about_account(account_id: uuid.UUID, act: str) -> Response:
    """Say what will happen before it does."""
    row = queries.staff_member(session(), account_id, now=now())
    return page("admin/staff_confirm.html", row=row, act=_act(act), name=act)


@blueprint.post("/settings/staff/<uuid:account_id>/<act>")
@access(Permission.STAFF_LOCK)
def act_on_account(account_id: uuid.UUID, act: str) -> Response:
    """Do it. A new password is shown once, on the page that answers."""
    chosen = _act(act)
    made = chosen.change(session(), actor(), account_id, now())
    if made is not None:
        row = queries.staff_member(session(), account_id, now=now())
        return page("admin/staff_password.html", made=made, name=row.full_name, new=False)
    flash(gettext(chosen.done), "success")
    return redirect_to(f"/staff/settings/staff/{account_id}")


@blueprint.post("/settings/staff/<uuid:account_id>/sessions/<uuid:login_id>/end")
@access(Permission.STAFF_LOCK)
def end_staff_session(account_id: uuid.UUID, login_id: uuid.UUID) -> Response:
    """Sign out one browser of a member of staff."""
    end_session(session(), actor(), login_id, now=now())
    flash(gettext("那一处已经退出登录。"), "success")
    return redirect_to(f"/staff/settings/staff/{account_id}")
