"""Residents come in by a code to their phone, or through an identity provider that a pack brings, and go out again."""

from __future__ import annotations

import base64
import binascii

from flask import flash, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from core.access import NATION
from core.accounts.devices import device_words
from core.accounts.resident_changes import confirm_code, request_code
from core.accounts.signed_in import sign_out as end_sign_in
from core.catalogue.region_view import RegionCatalogue
from core.contact_numbers import parse_mobile
from core.encryption import Place, SealBroken
from core.errors import Invalid
from core.masking import mask_mobile
from core.web.access_gate import PUBLIC, RESIDENT, access, safe_next
from core.web.current import Current
from core.web.fields import TextField
from core.web.form_builder import Form
from core.web.installation import installation
from core.web.limits import limited
from core.web.page import page, redirect_to
from core.web.request import RESIDENT_KIND, drop_token, keep_token, known_session, now, system_session, today
from core.web.secret_fields import CodeField
from core.web.texts import N_, gettext
from portal.blueprint import blueprint

# the number typed waits in the cookie for its code: sealed, never in an address
PHONE_COOKIE = "sign_in_phone"
_PLACE = Place("cookie", PHONE_COOKIE, "0" * 32)


class MobileForm(Form):
    """The number of a mobile phone."""

    mobile = TextField(
        N_("手机号码"), required=True, render_kw={"autocomplete": "tel-national", "inputmode": "tel"}
    )


class CodeForm(Form):
    """The six digits of the message."""

    code = CodeField(N_("短信验证码"), required=True)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
@limited("20/minute;600/day")
def sign_in() -> Response:
    """Ask for the number and send a code; the answer is the same whether or not the number is known."""
    going = safe_next(request.args.get("next"))
    if request.method == "GET" and known_session(RESIDENT_KIND) is not None:
        return redirect_to(going or "/")
    form = MobileForm()
    if form.validate_on_submit() and _send(form, form.mobile.data or ""):
        return redirect_to(url_for("portal.sign_in_code", next=going))
    providers = [
        (url_for(each.endpoint, next=going), gettext(each.title))
        for each in _declared().identity_providers
        if each.ready()
    ]
    return page("portal/sign_in.html", form=form, providers=providers)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@access(PUBLIC)
@limited("40/minute;1200/day")
def sign_in_code() -> Response:
    """Type the code; the account is made at the first time."""
    going = safe_next(request.args.get("next"))
    phone = _waiting_phone()
    if phone is None:
        return redirect_to(url_for("portal.sign_in", next=going))
    form = CodeForm()
    if form.validate_on_submit():
        with system_session("resident-sign-in") as database:
            outcome = confirm_code(
                database,
                phone,
                form.code.data or "",
                now=now(),
                ip=request.remote_addr,
                device=device_words(request.user_agent.string),
            )
        if outcome.refusal is None:
            cookie.pop(PHONE_COOKIE, None)
            keep_token(RESIDENT_KIND, outcome.token)
            return redirect_to(going or "/")
        form.mark(outcome.refusal, beside="code")
    return page("portal/sign_in_code.html", form=form, phone=mask_mobile(phone), going=going)


@blueprint.post("/sign-in/again")
@access(PUBLIC)
@limited("20/minute;600/day")
def send_code_again() -> Response:
    """Another code to the same number."""
    going = safe_next(request.form.get("next"))
    phone = _waiting_phone()
    if phone is None:
        return redirect_to(url_for("portal.sign_in", next=going))
    form = CodeForm(None)
    if _send(form, phone):
        flash(gettext("新的验证码发出去了，前一个作废。"), "success")
        return redirect_to(url_for("portal.sign_in_code", next=going))
    return page("portal/sign_in_code.html", status=422, form=form, phone=mask_mobile(phone), going=going)


@blueprint.post("/sign-out")
@access(RESIDENT)
def sign_out() -> Response:
    """End this sign-in."""
    token = drop_token(RESIDENT_KIND)
    if token is not None:
        with system_session("sign-out") as database:
            end_sign_in(database, token, now=now())
    flash(gettext("已经退出。没有写完的申请还留着，下次登录接着填。"), "success")
    return redirect_to("/")


def _send(form: Form, phone: str) -> bool:
    """Send a code and remember the number; else mark the form with what is wrong."""
    home = installation()
    try:
        with system_session("resident-sign-in") as database:
            request_code(database, phone, now=now(), channels=_declared().message_channels, demo=home.demo)
        number = parse_mobile(phone)
    except Invalid as problem:
        # a number that cannot be, or asked too often: both stand beside the only field there is
        form.mark(problem, beside=next(name for name in ("mobile", "code") if name in form))
        return False
    if home.vault is None:
        msg = "residents cannot sign in without a vault"
        raise LookupError(msg)
    cookie[PHONE_COOKIE] = base64.b64encode(home.vault.seal(_PLACE, number)).decode()
    return True


def _waiting_phone() -> str | None:
    """The number a code was sent to from this browser."""
    kept, vault = cookie.get(PHONE_COOKIE), installation().vault
    if kept is None or vault is None:
        return None
    try:
        return vault.unseal(_PLACE, base64.b64decode(kept))
    except (SealBroken, binascii.Error):
        return None


def _declared() -> RegionCatalogue:
    """What packs bring for the place the visitor chose, or for the nation."""
    return installation().for_region(Current().place or NATION, today())
