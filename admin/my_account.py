"""My account: who I am here, my password, my second factor, and where I am signed in."""

from __future__ import annotations

import uuid

from flask import flash, request
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from admin.places_to_choose import names_of_places
from core.accounts import queries
from core.accounts.changes import change_password
from core.accounts.passwords import PASSWORD_RULES, check_new_password
from core.accounts.policy import POLICY
from core.accounts.role_words import ROLE_WORDS
from core.accounts.signed_in import end_other_sessions, end_session, sessions_of
from core.errors import Invalid
from core.web.access_gate import STAFF, STAFF_SECOND_FACTOR, access
from core.web.form_builder import Form
from core.web.limits import limited
from core.web.page import page, redirect_to
from core.web.request import actor, now, signed_in, system_session
from core.web.secret_fields import SecretField
from core.web.texts import N_, gettext

HERE = "/staff/account"


class PasswordForm(Form):
    """The present password, and the new one twice."""

    old_password = SecretField(
        N_("现在的密码"), required=True, render_kw={"autocomplete": "current-password"}
    )
    new_password = SecretField(N_("新密码"), required=True, render_kw={"autocomplete": "new-password"})
    repeated_password = SecretField(
        N_("再输一遍新密码"), required=True, render_kw={"autocomplete": "new-password"}
    )


@blueprint.get("/account")
@access(STAFF)
def account() -> Response:
    """One's own account, and every browser it is signed in with."""
    me = signed_in()
    with system_session("my-account", writes=False) as database:
        mine = queries.staff_member(database, me.account_id, now=now())
        logins = sessions_of(database, me.account_id, now=now())
    places = names_of_places({mine.office, *(held.region_code for held in mine.roles)})
    return page(
        "admin/my_account.html",
        mine=mine,
        places=places,
        logins=logins,
        role_words=ROLE_WORDS,
        here=me.token_id,
        idle_minutes=int(POLICY.staff_idle.total_seconds()) // 60,
    )


@blueprint.post("/account/sessions/<uuid:login_id>/end")
@access(STAFF)
def end_my_session(login_id: uuid.UUID) -> Response:
    """Sign out one of one's own browsers."""
    with system_session("my-account") as database:
        logins = sessions_of(database, signed_in().account_id, now=now())
        if any(login.id == login_id for login in logins):
            end_session(database, actor(), login_id, now=now())
            flash(gettext("那一处已经退出登录。"), "success")
    return redirect_to(HERE)


@blueprint.post("/account/sessions/end-others")
@access(STAFF)
def end_my_other_sessions() -> Response:
    """Sign out every browser but this one."""
    me = signed_in()
    with system_session("my-account") as database:
        count = end_other_sessions(database, actor(), me.account_id, now=now(), kept=me.token_id)
    flash(gettext("别处的 {count} 个登录已经退出。", count=count), "success")
    return redirect_to(HERE)


@blueprint.route("/password", methods=["GET", "POST"])
@access(STAFF, half_way=True)
@limited("20/minute;100/day")
def password() -> Response:
    """Change one's own password; asked for at the first sign-in and when it has grown old."""
    me, form = signed_in(), PasswordForm()
    if me.needs_second_factor:
        # a stolen password alone must not take the account over, nor clear the count of wrong second factors
        return redirect_to(STAFF_SECOND_FACTOR)
    if form.validate_on_submit() and _fits(form):
        with system_session("password") as database:
            problem = change_password(
                database,
                me.account_id,
                old=form.old_password.data or "",
                new=form.new_password.data or "",
                now=now(),
                login_id=me.token_id,
            )
        if problem is None:
            flash(gettext("新密码从现在起有效。别处的登录都已退出。"), "success")
            return redirect_to("/staff/")
        form.mark(problem)
    status = 422 if request.method == "POST" else None
    return page(
        "admin/password.html",
        status=status,
        form=form,
        forced=me.must_change_password,
        rules=PASSWORD_RULES,
        policy=POLICY,
    )


def _fits(form: PasswordForm) -> bool:
    """What can be said before anything is hashed."""
    if form.new_password.data != form.repeated_password.data:
        form.mark(Invalid(N_("两遍新密码不一样，请再输一次"), field="repeated_password"))
        return False
    try:
        check_new_password(form.new_password.data or "")
    except Invalid as problem:
        form.mark(problem)
        return False
    return True
