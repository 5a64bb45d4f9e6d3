"""My authorisations: who may ask what about whom, who asked when, links for those who still must sign, withdrawal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import segno
from flask import request, url_for
from werkzeug.wrappers import Response

from core.authorisations.changes import Signature, sign
from core.authorisations.links import renew_link, token_of
from core.authorisations.models import (
    Authorisation,
    AuthorisationState,
    PhoneStanding,
    SignerRole,
    SigningLevel,
)
from core.authorisations.queries import (
    OpenedAuthorisation,
    mine,
    open_authorisation,
    secrets_of,
)
from core.authorisations.signer_secrets import SignerSecrets
from core.authorisations.texts import ReadingWay
from core.documents.changes import Belonging
from core.errors import NotAllowed
from core.masking import mask_mobile
from core.verification.models import VerificationRequest
from core.verification.queries import by_day, checks_seen_by_resident
from core.verification.withdrawals import tell_office, withdraw_authorisation
from core.web.access_gate import RESIDENT, access
from core.web.authorising import SignForm, offer, reading_of, store_signature
from core.web.current import speak_of
from core.web.page import page, redirect_to
from core.web.request import actor, now, session, signed_in, system_session, today
from core.web.texts import N_, gettext
from portal.authorise_link import JOB, region_of
from portal.blueprint import blueprint
from portal.signer_phone import phone_href


@dataclass(frozen=True, slots=True)
class SignerCard:
    """One person on the page. `link`, `picture` (a data address): while she can sign by it. `mine`: I sign or withdraw.

    `adult_ward`, `at_office`: it is signed for an adult by her guardian; or on paper or at the window only. `phone`: masked,
    the one her codes go to; `phone_href`: where I enter or correct it, "" where I may not.
    """

    row: Authorisation
    name: str
    signer: str
    state: AuthorisationState
    mine: bool
    link: str = ""
    picture: str = ""
    adult_ward: bool = False
    at_office: bool = False
    phone: str = ""
    phone_href: str = ""


@dataclass(frozen=True, slots=True)
class CaseCards:
    """The authorisations of one application."""

    case_id: uuid.UUID
    scheme: str
    submitted_on: date
    cards: Sequence[SignerCard]
    checks: Sequence[tuple[date, str, str, list[VerificationRequest]]]

    @property
    def waiting(self) -> int:
        return sum(card.state is AuthorisationState.WAITING for card in self.cards)

    @property
    def without_phone(self) -> list[str]:
        """Who can be sent no code until I enter her phone, each once."""
        missing = [card for card in self.cards if card.phone_href and card.row.phone is PhoneStanding.NONE]
        return list(dict.fromkeys(card.signer or card.name for card in missing))


@blueprint.get("/my/authorisations")
@access(RESIDENT)
def my_authorisations() -> Response:
    """Every application I have a part in, the newest first."""
    rows = mine(session())
    if rows:
        speak_of(region_of(rows[0]))
    secrets = secrets_of(session(), rows)
    by_member = {row.member_id: secrets[row.id].name for row in rows}
    groups: dict[uuid.UUID, list[SignerCard]] = {}
    for row in rows:
        groups.setdefault(row.case_id, []).append(_card(row, secrets[row.id], by_member))
    cases = [
        CaseCards(
            case_id=case_id,
            scheme=gettext(str(cards[0].row.terms["scheme_name"])),
            submitted_on=date.fromisoformat(cards[0].row.terms["submitted_on"]),
            cards=sorted(cards, key=lambda card: card.row.position),
            checks=by_day(checks_seen_by_resident(session(), case_id), by_member),
        )
        for case_id, cards in groups.items()
    ]
    return page("portal/authorise/mine.html", cases=cases)


def _card(row: Authorisation, secrets: SignerSecrets, by_member: dict[uuid.UUID, str]) -> SignerCard:
    is_mine = _signs(row)
    token = None if is_mine else token_of(session(), row, now())
    link = url_for("portal.sign_link", token=token, _external=True) if token else ""
    signer = by_member.get(row.signer_member_id, "") if row.signer_member_id else ""
    picture = segno.make(link, error="m").svg_data_uri(scale=4, border=2, dark="#1b2530") if link else ""
    at_office = row.only_at_office(today()) and not _signs_here(row)
    ward = row.is_for_adult_ward(today())
    return SignerCard(
        row,
        secrets.name,
        signer,
        row.state(today()),
        is_mine,
        link,
        picture,
        ward,
        at_office,
        mask_mobile(secrets.signer_phone),
        phone_href(row),
    )


def _signs(row: Authorisation) -> bool:
    """Whether the signed-in resident is the one who signs this one, and may take it back."""
    me = signed_in()
    as_applicant = row.by_applicant and row.owner_account_id == me.account_id
    herself = me.person_id is not None and row.person_id == me.person_id
    return as_applicant or (herself and row.role is not SignerRole.GUARDIAN)


def _signs_here(row: Authorisation) -> bool:
    """Whether the applicant signs this one on her own page: for herself, or as the guardian of a child."""
    owner = row.by_applicant and row.owner_account_id == signed_in().account_id
    return owner and not row.is_for_adult_ward(today())


@blueprint.route("/my/authorisations/<uuid:authorisation_id>", methods=["GET", "POST"])
@access(RESIDENT)
def my_authorisation(authorisation_id: uuid.UUID) -> Response:
    """One authorisation: read it, and sign it where it waits for me."""
    opened = open_authorisation(session(), authorisation_id, now())
    row = opened.row
    speak_of(region_of(row))
    reading = reading_of(opened.text, row.role, opened.values, ReadingWay.ACCOUNT)
    waits = _signs_here(row) and row.state(today()) is AuthorisationState.WAITING
    form = SignForm() if request.method == "POST" else SignForm(formdata=None)
    offer(form, row.sources_asked, reading)
    if request.method == "POST":
        if not waits:
            raise NotAllowed(N_("这份授权现在不用您签。请刷新看看现在的情况。"))
        if form.validate() and _sign(opened, form):
            return page("portal/authorise/done.html", opened=opened, done="signed", token="")
    return page(
        "portal/authorise/one.html",
        opened=opened,
        reading=reading,
        form=form,
        waits=waits,
        at_office=row.only_at_office(today()) and not waits,
        phone_href=phone_href(row),
        adult_ward=row.is_for_adult_ward(today()),
        may_withdraw=_signs(row) and row.state(today()) is AuthorisationState.SIGNED,
        state=row.state(today()),
        day=today(),
        checks=by_day(
            [
                each
                for each in checks_seen_by_resident(session(), row.case_id)
                if each.member_id == row.member_id
            ],
            {row.member_id: opened.name},
        ),
    )


def _sign(opened: OpenedAuthorisation, form: SignForm) -> bool:
    row = opened.row
    belonging = Belonging(
        owner_account_id=row.owner_account_id,
        region_code=region_of(row),
        case_id=row.case_id,
        member_id=row.member_id,
        person_id=row.person_id,
        authorisation_id=row.id,
    )
    document = store_signature(session(), form, belonging, title=gettext("核对授权的签名"))
    if document is None:
        return False
    signature = Signature(
        SigningLevel.APPLICANT_SESSION,
        form.sources.data or [],
        document.id,
        agreed=bool(form.agreed.data),
    )
    sign(session(), actor(), row.id, signature, now=now())
    return True


@blueprint.route("/my/authorisations/<uuid:authorisation_id>/withdraw", methods=["GET", "POST"])
@access(RESIDENT)
def my_authorisation_withdraw(authorisation_id: uuid.UUID) -> Response:
    """Take back what I signed; said plainly what follows, done in one step."""
    opened = open_authorisation(session(), authorisation_id, now())
    speak_of(region_of(opened.row))
    if request.method == "POST":
        withdraw_authorisation(session(), actor(), authorisation_id, now=now())
        session().commit()
        with system_session(JOB) as everywhere:
            tell_office(everywhere, authorisation_id, now=now())
        return page("portal/authorise/done.html", opened=opened, done="withdrawn", token="")
    return page(
        "portal/authorise/withdraw.html",
        opened=opened,
        action=url_for("portal.my_authorisation_withdraw", authorisation_id=authorisation_id),
        back_url=url_for("portal.my_authorisations"),
    )


@blueprint.post("/my/authorisations/<uuid:authorisation_id>/link")
@access(RESIDENT)
def my_authorisation_link(authorisation_id: uuid.UUID) -> Response:
    """A fresh link for someone of my application who still must sign; the old one is dead at once."""
    opened = open_authorisation(session(), authorisation_id, now())
    if opened.row.owner_account_id != signed_in().account_id:
        raise NotAllowed(N_("只有申请人能重新发链接。"))
    renew_link(session(), actor(), opened.row, now=now())
    return redirect_to(url_for("portal.my_authorisations") + f"#signer-{authorisation_id.hex}")


@blueprint.get("/my/authorisations/<uuid:authorisation_id>/paper")
@access(RESIDENT)
def my_authorisation_paper(authorisation_id: uuid.UUID) -> Response:
    """The paper form of one authorisation, for someone who signs by hand."""
    opened = open_authorisation(session(), authorisation_id, now())
    return page(
        "portal/authorise/paper.html",
        reading=reading_of(opened.text, opened.row.role, opened.values, ReadingWay.PAPER),
        sources=opened.row.sources_asked,
        guardian=opened.row.role is SignerRole.GUARDIAN,
        code=opened.row.id.hex[-8:],
        back_url=url_for("portal.my_authorisations"),
    )
