"""A resident's account: how sure we are of her, where she is signed in, and the way out everywhere else."""

from __future__ import annotations

import uuid

from flask import flash
from werkzeug.wrappers import Response

from core.accounts.models import Assurance
from core.accounts.residents import own_account
from core.accounts.signed_in import end_other_sessions, end_session, sessions_of
from core.web.access_gate import RESIDENT, access
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, signed_in
from core.web.texts import N_, gettext
from portal.blueprint import blueprint

ASSURANCE_WORDS = {
    Assurance.SELF_STATED: N_("只有您自己填写的信息"),
    Assurance.PHONE_VERIFIED: N_("手机号码已核对"),
    Assurance.WINDOW_CHECKED: N_("窗口核对过本人和证件"),
    Assurance.IDENTITY_PROVIDER: N_("统一身份认证"),
}


@blueprint.get("/account")
@access(RESIDENT)
def account() -> Response:
    """Her own account and sign-ins."""
    me = signed_in()
    return page(
        "portal/my_account.html",
        mine=own_account(session()),
        assurance=me.assurance,
        linked=me.person_id is not None,
        words=ASSURANCE_WORDS,
        logins=sessions_of(session(), me.account_id, now=now()),
        here=me.token_id,
    )


@blueprint.post("/account/sessions/<uuid:login_id>/end")
@access(RESIDENT)
def end_my_session(login_id: uuid.UUID) -> Response:
    """Sign out one of her browsers."""
    end_session(session(), actor(), login_id, now=now())
    flash(gettext("那一处已经退出。"), "success")
    return redirect_to("/account")


@blueprint.post("/account/sessions/end-others")
@access(RESIDENT)
def end_my_other_sessions() -> Response:
    """Sign out every browser but this one."""
    me = signed_in()
    end_other_sessions(session(), actor(), me.account_id, now=now(), kept=me.token_id)
    flash(gettext("别处都已经退出。"), "success")
    return redirect_to("/account")
