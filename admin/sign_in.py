"""The staff's door: name and password, then a second factor where the role asks for one, and the way out."""

from __future__ import annotations

import io
import uuid

import segno
from flask import flash, request
from flask import session as cookie
from werkzeug.wrappers import Response

from admin.blueprint import blueprint
from core.accounts.devices import device_words
from core.accounts.second_factor import Enrolment, begin_enrolment, pass_second_factor
from core.accounts.signed_in import sign_out as end_sign_in
from core.accounts.staff_sign_in import sign_in_staff
from core.errors import Conflict
from core.web.access_gate import PUBLIC, STAFF, access, ended_words, safe_next
from core.web.fields import TextField
from core.web.form_builder import Form
from core.web.installation import installation
from core.web.limits import limited
from core.web.page import page, redirect_to
from core.web.request import (
    STAFF_KIND,
    drop_token,
    keep_token,
    known_session,
    now,
    signed_in,
    system_session,
)
from core.web.secret_fields import CodeField, SecretField
from core.web.texts import N_, gettext, text_of

HOME = "/staff/"


class SignInForm(Form):
    """Name and password."""

    username = TextField(
        N_("用户名"),
        required=True,
        max_length=60,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = SecretField(N_("密码"), required=True, render_kw={"autocomplete": "current-password"})


class CodeForm(Form):
    """The six digits an authenticator app shows."""

    code = CodeField(N_("动态验证码"), required=True)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
@limited("20/minute;300/day")
def sign_in() -> Response:
    """Sign in with name and password; then on to where she was going."""
    if request.method == "GET" and known_session(STAFF_KIND) is not None:
        return redirect_to(safe_next(request.args.get("next")) or HOME)
    if ended := ended_words(STAFF_KIND):
        flash(ended, "info")
    form, refusal = SignInForm(), None
    if form.validate_on_submit():
        home = installation()
        outcome = sign_in_staff(
            home.engine,
            home.vault,
            form.username.data or "",
            form.password.data or "",
            now=now(),
            demo=home.demo,
            ip=request.remote_addr,
            device=device_words(request.user_agent.string),
        )
        if outcome.refusal is None:
            # the place the one before worked in is not hers
            cookie.pop("node", None)
            keep_token(STAFF_KIND, outcome.token)
            return redirect_to(safe_next(request.args.get("next")) or HOME)
        refusal = text_of(outcome.refusal)
    status = 422 if refusal or form.errors else None
    return page("admin/sign_in.html", status=status, form=form, refusal=refusal)


@blueprint.post("/sign-out")
@access(STAFF, half_way=True)
def sign_out() -> Response:
    """End this sign-in."""
    token = drop_token(STAFF_KIND)
    if token is not None:
        with system_session("sign-out") as database:
            end_sign_in(database, token, now=now())
    flash(gettext("已经退出登录。"), "success")
    return redirect_to("/staff/sign-in")


@blueprint.route("/second-factor", methods=["GET", "POST"])
@access(STAFF, half_way=True)
@limited("20/minute;300/day")
def second_factor() -> Response:
    """Show the second factor, or set it up first; asked of confirmers and administrators, offered to everyone."""
    me = signed_in()
    enrolment = _enrolment(me.account_id)
    if enrolment is None and not me.needs_second_factor:
        return redirect_to(HOME)
    form, refusal = CodeForm(), None
    if form.validate_on_submit():
        with system_session("second-factor") as database:
            problem = pass_second_factor(
                database, me.account_id, me.token_id, form.code.data or "", now=now()
            )
        if problem is None:
            if enrolment is not None:
                flash(gettext("动态验证码设置好了。以后登录时，看手机上的六位数。"), "success")
            return redirect_to(safe_next(request.args.get("next")) or HOME)
        refusal = text_of(problem)
    status = 422 if refusal or form.errors else None
    return page(
        "admin/second_factor.html",
        status=status,
        form=form,
        refusal=refusal,
        enrolment=enrolment,
        squares=qr_squares(enrolment.uri) if enrolment else None,
        forced=me.needs_second_factor,
    )


def _enrolment(account_id: uuid.UUID) -> Enrolment | None:
    """The secret to scan while the second factor is not confirmed, else None."""
    issuer = gettext("兜底")
    with system_session("second-factor") as database:
        try:
            return begin_enrolment(database, account_id, issuer=issuer)
        except Conflict:
            return None


def qr_squares(text: str) -> tuple[int, str]:
    """The side of a QR code in squares, and its dark squares as an SVG path: drawn in the page, fetched from nobody."""
    code = segno.make_qr(text, error="m")
    rows = [bytes(row) for row in code.matrix]
    path = io.StringIO()
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                path.write(f"M{x} {y}h1v1h-1z")
    return len(rows), path.getvalue()
