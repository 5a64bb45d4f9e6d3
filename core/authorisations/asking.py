"""Asking a family for its authorisations: one for every person whose economy is checked, each with a link of its own."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core import audit
from core.access import Actor
from core.accounts.residents import account_phone
from core.authorisations.days import china_day, last_day
from core.authorisations.links import new_token
from core.authorisations.models import Authorisation, SignerRole, SigningLevel
from core.authorisations.phones import DeclaredPhone, sharing_a_phone, standing_of
from core.authorisations.texts import CURRENT
from core.catalogue import SourceRequirement
from core.database import new_id
from core.encryption import Place
from core.errors import Invalid
from core.households.names import age_on, is_young_child
from core.masking import mask_name
from core.scopes import region_columns
from core.sessions import ScopedSession, write_rows
from core.translations import N_


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """A member or supporter as declared. `id_index`: keyed index of her ID number; `phone`: 11 digits or empty.

    `guardian_member_id`: who signs for a child, or for an adult who cannot judge for herself.
    """

    member_id: uuid.UUID
    position: int
    name: str
    id_index: bytes
    id_masked: str
    birth_date: date
    relation: str
    phone: str = ""
    supporter: bool = False
    is_applicant: bool = False
    guardian_member_id: uuid.UUID | None = None
    guardian_relation: str = ""
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What a case asks for. `months`: validity of a signature; `link_days`: days a link may be signed by;
    `adult_age` in years: three law parameters. `verifier` and `requester` name the offices, `law` the scheme's text.
    """

    case_id: uuid.UUID
    region_code: str
    owner_account_id: uuid.UUID | None
    scheme: str
    scheme_name: str
    law: str
    submitted_on: date
    verifier: str
    requester: str
    sources: Sequence[SourceRequirement]
    months: int
    link_days: int
    adult_age: int

    @property
    def terms(self) -> dict[str, Any]:
        """What the signed text is filled with, as stored."""
        return {
            "scheme_name": self.scheme_name,
            "law": self.law,
            "submitted_on": self.submitted_on.isoformat(),
            "verifier": self.verifier,
            "requester": self.requester,
            "months": self.months,
            "link_days": self.link_days,
            "adult_age": self.adult_age,
        }


@dataclass(frozen=True, slots=True)
class WizardSignature:
    """The applicant's signature as the wizard kept it with the draft. `as_guardian`: positions she also signed for."""

    sources: Sequence[str]
    signed_at: datetime
    document_id: uuid.UUID | None
    as_guardian: frozenset[int] = frozenset()
    text_version: str = CURRENT
    level: SigningLevel = SigningLevel.APPLICANT_SESSION


def check_ticked(asked: Sequence[str], ticked: Sequence[str]) -> list[str]:
    """The ticked codes in the order asked. Raises Invalid (field `sources`) when nothing, or something else, is ticked."""
    if not ticked:
        raise Invalid(N_("请一项一项勾选同意查的单位；一项都不同意的，请选“不同意”。"), field="sources")
    if any(code not in asked for code in ticked):
        raise Invalid(N_("没有读懂勾选的单位，请重新勾选。"), field="sources")
    return [code for code in asked if code in ticked]


def is_adult(person: PersonAsked, adult_age: int, day: date) -> bool:
    """Whether she is of age on `day`; `adult_age` in years."""
    return age_on(person.birth_date, day) >= adult_age


def signer_of(
    person: PersonAsked, people: Mapping[uuid.UUID, PersonAsked], adult_age: int, day: date
) -> PersonAsked | None:
    """Who signs for `person`: herself, her guardian; None when a child has no adult in the declaration (the window)."""
    if person.guardian_member_id is not None and person.guardian_member_id != person.member_id:
        guardian = people.get(person.guardian_member_id)
        if guardian is None or is_adult(guardian, adult_age, day):
            return guardian
    if is_adult(person, adult_age, day):
        return person
    adults = [
        each
        for each in people.values()
        if not each.supporter and each.guardian_member_id is None and is_adult(each, adult_age, day)
    ]
    adults.sort(key=lambda each: (not each.is_applicant, each.position))
    return adults[0] if adults else None


def create_for_case(
    session: ScopedSession,
    actor: Actor,
    asking: Asking,
    people: Sequence[PersonAsked],
    *,
    now: datetime,
    signature: WizardSignature | None = None,
    document_id: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """One authorisation per person, in one statement: the applicant's signed if she signed in the wizard, the others waiting.

    `document_id`: the signature as the case keeps it. Returns the ids in the order of `people`. Raises Invalid for
    ticks that were not offered. A missing signature blocks nothing here (decision 7).
    """
    known = {each.member_id: each for each in people}
    day = china_day(now)
    signers = {each.member_id: signer_of(each, known, asking.adult_age, day) for each in people}
    sharing = _sharing(session, asking, [*(each for each in people if each.is_applicant), *signers.values()])
    rows = [_row(session, asking, each, signers[each.member_id], sharing, day, now) for each in people]
    if signature is not None:
        _sign_by_applicant(rows, asking, signature, document_id)
    write_rows(session, Authorisation, rows)
    for row in rows:
        act = "authorisation.ask" if row["signed_at"] is None else "authorisation.sign"
        audit.record(
            session,
            act,
            ("authorisations", row["id"]),
            now=now,
            actor=actor,
            region=asking.region_code,
            case_id=asking.case_id,
            person_id=row["person_id"],
        )
    return [row["id"] for row in rows]


def _sharing(
    session: ScopedSession, asking: Asking, signers: Sequence[PersonAsked | None]
) -> frozenset[Hashable]:
    phones = [
        DeclaredPhone(each.member_id, each.phone, each.is_applicant) for each in signers if each is not None
    ]
    return sharing_a_phone(phones, account_phone(session, asking.owner_account_id))


def _row(
    session: ScopedSession,
    asking: Asking,
    person: PersonAsked,
    signer: PersonAsked | None,
    sharing: frozenset[Hashable],
    day: date,
    now: datetime,
) -> dict[str, Any]:
    row_id = new_id()
    if signer is not None and signer.member_id == person.member_id:
        role = SignerRole.SUPPORTER if person.supporter else SignerRole.SELF
    else:
        role = SignerRole.GUARDIAN
    secrets = {
        "name": person.name,
        "signer_name": signer.name if signer else "",
        "signer_phone": signer.phone if signer else "",
    }
    phone = standing_of(secrets["signer_phone"], shared=signer is not None and signer.member_id in sharing)
    adult_ward = role is SignerRole.GUARDIAN and is_adult(person, asking.adult_age, day)
    by_applicant = signer is not None and signer.is_applicant and not adult_ward
    linked = signer is not None and not (signer.is_applicant or adult_ward) and phone.takes_codes
    token, digest = new_token()
    vault = session.vault
    return {
        **region_columns(asking.region_code),
        "id": row_id,
        "case_id": asking.case_id,
        "owner_account_id": asking.owner_account_id,
        "member_id": person.member_id,
        "person_id": person.person_id,
        "round": 1,
        "position": person.position,
        "role": role,
        "is_applicant": person.is_applicant,
        "by_applicant": by_applicant,
        "signer_member_id": signer.member_id if signer else None,
        "guardian_relation": person.guardian_relation if role is SignerRole.GUARDIAN else "",
        "relation": person.relation,
        "name": "" if is_young_child(person.birth_date, day) else person.name,
        "name_masked": mask_name(person.name),
        "id_masked": person.id_masked,
        "birth_date": person.birth_date,
        "signer_masked": mask_name(signer.name) if signer else "",
        "signer_index": signer.id_index if signer else None,
        "secrets_sealed": vault.seal_json(Place("authorisations", "secrets_sealed", row_id.hex), secrets),
        "scheme": asking.scheme,
        "text_version": CURRENT,
        "terms": asking.terms,
        "sources_asked": [
            {"code": each.code, "body": each.body, "items": each.items, "required": each.required}
            for each in asking.sources
        ],
        "sources_ticked": [],
        "asked_at": now,
        "signed_at": None,
        "level": None,
        "valid_from": None,
        "valid_to": None,
        "signature_document_id": None,
        "decision_reason": "",
        "phone": phone,
        "link_digest": digest if linked else None,
        "link_sealed": vault.seal(Place("authorisations", "link_sealed", row_id.hex), token)
        if linked
        else None,
        "link_expires_at": now + timedelta(days=asking.link_days) if linked else None,
        "link_failures": 0,
        "version": 1,
    }


def _sign_by_applicant(
    rows: Sequence[dict[str, Any]],
    asking: Asking,
    signature: WizardSignature,
    document_id: uuid.UUID | None,
) -> None:
    ticked = check_ticked([each.code for each in asking.sources], signature.sources)
    first = china_day(signature.signed_at)
    for row in rows:
        if not row["by_applicant"] or not (row["is_applicant"] or row["position"] in signature.as_guardian):
            continue
        row |= {
            "sources_ticked": ticked,
            "signed_at": signature.signed_at,
            "level": signature.level,
            "text_version": signature.text_version,
            "valid_from": first,
            "valid_to": last_day(first, asking.months),
            "signature_document_id": document_id or signature.document_id,
        }
