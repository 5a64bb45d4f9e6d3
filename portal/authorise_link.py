"""Signing by one's own link: code and ID number first, then the same words and ticks; later to see and to withdraw."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from core.authorisations.changes import Signature, refuse, sign
from core.authorisations.links import (
    LinkGone,
    check_open,
    digest,
    find_link,
    holds_ticket,
    prove_signer,
    send_signing_code,
)
from core.authorisations.models import Authorisation, AuthorisationState, SignerRole, SigningLevel
from core.authorisations.queries import OpenedAuthorisation, open_authorisation
from core.authorisations.texts import ReadingWay
from core.documents.changes import Belonging
from core.errors import Problem
from core.scopes import LEVELS
from core.verification.queries import by_day, checks_seen_by_resident
from core.verification.withdrawals import tell_office, withdraw_authorisation
from core.web.access_gate import LINK, access
from core.web.authorising import ReasonForm, SignForm, offer, reading_of, store_signature
from core.web.current import speak_of
from core.web.fields import ComparedNumberField
from core.web.form_builder import Form
from core.web.installation import installation
from core.web.limits import limited
from core.web.page import page, redirect_to
from core.web.request import actor, link_scope, now, session, system_session, today
from core.web.secret_fields import CodeField
from core.web.texts import N_, gettext
from portal.blueprint import blueprint

JOB = "signing-link"
_TICKETS = "signing"
NUMBER_LENGTH = 30  # an ID number, however it is spaced
_GONE = N_("这个链接不能用了。请向申请人或者镇里窗口再要一个新的，也可以直接到窗口签。")


class ProveForm(Form):
    """Who has the link shows that she is the one it was made for. The number is compared, never kept."""

    id_number = ComparedNumberField(
        N_("您的身份证号码"),
        required=True,
        max_length=NUMBER_LENGTH,
        hint=N_("代孩子签的，填您自己的号码，不填孩子的。"),
    )
    code = CodeField(N_("短信验证码"), required=True)


def _link(token: str) -> uuid.UUID:
    """The authorisation behind a token; unknown, tampered and replaced tokens are told alike."""
    with system_session(JOB, writes=False) as everywhere:
        found = find_link(everywhere, token)
    if found is None:
        raise LinkGone(_GONE)
    return found


def _open(token: str) -> tuple[Authorisation, str]:
    """The row in its own scope, and the ticket of this browser ("" when it has none that still holds)."""
    link_scope(_link(token))
    row = session().get(Authorisation, state_id())
    if row is None:
        raise LinkGone(_GONE)
    check_open(row, now())
    speak_of(region_of(row))
    ticket = str(cookie.get(_TICKETS, {}).get(digest(token).hex()[:16], ""))
    return row, ticket if holds_ticket(row, ticket, now()) else ""


def state_id() -> uuid.UUID:
    """The authorisation this request was narrowed to."""
    scope: Any = session().scope
    found: uuid.UUID = scope.authorisation_id
    return found


def region_of(row: Authorisation) -> str:
    """The deepest region a row lies in."""
    codes: list[str] = [getattr(row, level) for level in reversed(LEVELS)]
    return next(code for code in codes if code)


@blueprint.get("/sign/<token>")
@access(LINK)
@limited("60/minute", methods=frozenset({"GET"}))
def sign_link(token: str) -> Response:
    """What the link leads to: prove who you are, then read and sign, or see what became of it."""
    row, ticket = _open(token)
    if not ticket:
        return _prove_page(token, ProveForm(formdata=None), asked="asked" in request.args)
    opened = open_authorisation(session(), row.id, now())
    if row.state(today()) is AuthorisationState.WAITING:
        return _sign_page(token, opened, SignForm(formdata=None))
    return _kept_page(token, opened)


@blueprint.post("/sign/<token>/code")
@access(LINK)
@limited("6/minute;30/day")
def sign_code(token: str) -> Response:
    """Send a code to the phone declared for the signer, of which not a digit is shown.

    Asked for once more beside a number typed already, the page comes back with the number, which stands in no address.
    """
    authorisation_id = _link(token)
    form = ProveForm(
        formdata=None, data={"id_number": request.form.get("id_number", "")[:NUMBER_LENGTH] or None}
    )
    home = installation()
    with system_session(JOB) as everywhere:
        row = everywhere.get(Authorisation, authorisation_id)
        region = region_of(row) if row is not None else ""
        channels = home.for_region(region, today()).message_channels
        try:
            send_signing_code(everywhere, authorisation_id, now=now(), channels=channels, demo=home.demo)
        except LinkGone:
            raise
        except Problem as problem:
            form.mark(problem, beside="code")
            speak_of(region)
            return _prove_page(token, form, status=422)
    speak_of(region)
    flash(
        gettext("验证码已经发到登记的那部手机。没收到的，请申请人看看号码填得对不对，或者带身份证到窗口签。"),
        "info",
    )
    if form.id_number.data:
        return _prove_page(token, form)
    return redirect_to(url_for("portal.sign_link", token=token, asked=1))


@blueprint.post("/sign/<token>/prove")
@access(LINK)
@limited("12/minute;60/day")
def sign_prove(token: str) -> Response:
    """Compare code and number; right: this browser may read and sign for half an hour."""
    authorisation_id = _link(token)
    form = ProveForm()
    if not form.validate():
        return _prove_page(token, form)
    with system_session(JOB) as everywhere:
        proof = prove_signer(
            everywhere, authorisation_id, form.id_number.data or "", form.code.data or "", now=now()
        )
    if isinstance(proof.refusal, LinkGone):
        raise proof.refusal
    if proof.refusal is not None:
        form.mark(proof.refusal)
        return _prove_page(token, form)
    # only the newest few are kept: a cookie has room for little
    kept = dict(list(cookie.get(_TICKETS, {}).items())[-4:])
    cookie[_TICKETS] = kept | {digest(token).hex()[:16]: proof.ticket}
    return redirect_to(url_for("portal.sign_link", token=token))


@blueprint.post("/sign/<token>")
@access(LINK)
@limited("12/minute;60/day")
def sign_by_link(token: str) -> Response:
    """Sign: ticks, will and signature, under the ticket of this browser."""
    row, ticket = _open(token)
    if not ticket:
        return _prove_again(token)
    opened = open_authorisation(session(), row.id, now())
    form = SignForm()
    offer(form, opened.row.sources_asked, _reading(opened))
    if not form.validate():
        return _sign_page(token, opened, form)
    belonging = Belonging(
        region_code=region_of(row),
        case_id=row.case_id,
        member_id=row.member_id,
        person_id=row.person_id,
        authorisation_id=row.id,
    )
    document = store_signature(session(), form, belonging, title=gettext("核对授权的签名"))
    if document is None:
        return _sign_page(token, opened, form)
    signature = Signature(
        SigningLevel.LINK_AND_CODE,
        form.sources.data or [],
        document.id,
        agreed=bool(form.agreed.data),
        ticket=ticket,
    )
    sign(session(), actor(), row.id, signature, now=now())
    _keep_ticket_out(token)
    return page("portal/authorise/done.html", opened=opened, done="signed", token=token)


@blueprint.route("/sign/<token>/refuse", methods=["GET", "POST"])
@access(LINK)
@limited("12/minute;60/day")
def sign_refuse(token: str) -> Response:
    """Not to agree: what follows is said first; the office decides, never the machine."""
    row, ticket = _open(token)
    if not ticket:
        return _prove_again(token)
    opened = open_authorisation(session(), row.id, now())
    form = ReasonForm()
    if request.method == "POST" and form.validate():
        refuse(session(), actor(), row.id, form.reason.data or "", now=now(), ticket=ticket)
        session().commit()
        _tell_office(row.id)
        return page("portal/authorise/done.html", opened=opened, done="refused", token=token)
    return page(
        "portal/authorise/refuse.html", token=token, opened=opened, form=form, reading=_reading(opened)
    )


@blueprint.route("/sign/<token>/withdraw", methods=["GET", "POST"])
@access(LINK)
@limited("12/minute;60/day")
def sign_withdraw(token: str) -> Response:
    """Take the signature back; said plainly what that means, done in one step."""
    row, ticket = _open(token)
    if not ticket:
        return _prove_again(token)
    opened = open_authorisation(session(), row.id, now())
    if request.method == "POST":
        withdraw_authorisation(session(), actor(), row.id, now=now(), ticket=ticket)
        session().commit()
        _tell_office(row.id)
        return page("portal/authorise/done.html", opened=opened, done="withdrawn", token=token)
    return page(
        "portal/authorise/withdraw.html",
        opened=opened,
        action=url_for("portal.sign_withdraw", token=token),
        back_url=url_for("portal.sign_link", token=token),
    )


@blueprint.get("/sign/<token>/paper")
@access(LINK)
def sign_paper(token: str) -> Response:
    """The same words to print, tick and sign by hand."""
    row, ticket = _open(token)
    if not ticket:
        return _prove_again(token)
    opened = open_authorisation(session(), row.id, now())
    return page(
        "portal/authorise/paper.html",
        reading=_reading(opened, ReadingWay.PAPER),
        sources=row.sources_asked,
        guardian=row.role is SignerRole.GUARDIAN,
        code=row.id.hex[-8:],
        back_url=url_for("portal.sign_link", token=token),
    )


def _reading(opened: OpenedAuthorisation, way: ReadingWay = ReadingWay.LINK) -> Any:
    return reading_of(opened.text, opened.row.role, opened.values, way)


def _tell_office(authorisation_id: uuid.UUID) -> None:
    with system_session(JOB) as everywhere:
        tell_office(everywhere, authorisation_id, now=now())


def _keep_ticket_out(token: str) -> None:
    cookie[_TICKETS] = {
        name: ticket for name, ticket in cookie.get(_TICKETS, {}).items() if name != digest(token).hex()[:16]
    }


def _prove_again(token: str) -> Response:
    flash(gettext("请先核对身份：填身份证号码和短信验证码。"), "info")
    return redirect_to(url_for("portal.sign_link", token=token))


def _prove_page(token: str, form: ProveForm, status: int | None = None, *, asked: bool = True) -> Response:
    """Number and code; before a code was `asked` for, only the way to one: what is typed cannot be lost by asking."""
    return page("portal/authorise/prove.html", status=status, token=token, form=form, asked=asked)


def _sign_page(token: str, opened: OpenedAuthorisation, form: SignForm) -> Response:
    reading = _reading(opened)
    offer(form, opened.row.sources_asked, reading)
    return page(
        "portal/authorise/link.html",
        token=token,
        opened=opened,
        form=form,
        reading=reading,
        day=today(),
    )


def _kept_page(token: str, opened: OpenedAuthorisation) -> Response:
    return page(
        "portal/authorise/kept.html",
        token=token,
        opened=opened,
        reading=_reading(opened),
        state=opened.row.state(today()),
        checks=by_day(checks_seen_by_resident(session()), {opened.row.member_id: opened.name}),
    )
