"""Whose phone a code would reach: a phone that two signers share proves neither of them (decision 8)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from core.authorisations.models import PhoneStanding
from core.contact_numbers import parse_mobile
from core.errors import Invalid


@dataclass(frozen=True, slots=True)
class DeclaredPhone:
    """A signer (`key` names her) with the phone declared for her, as it was typed, or empty."""

    key: Hashable
    phone: str = field(repr=False)
    is_applicant: bool


def mobile_in(phone: str) -> str:
    """The 11 digits of a mobile phone; "" for a fixed one or none: no code reaches it."""
    try:
        return parse_mobile(phone)
    except Invalid:
        return ""


def standing_of(phone: str, *, shared: bool) -> PhoneStanding:
    """How a declared phone stands. `shared`: it is another signer's too."""
    if not mobile_in(phone):
        return PhoneStanding.NONE
    return PhoneStanding.SHARED if shared else PhoneStanding.OWN


def sharing_a_phone(signers: Iterable[DeclaredPhone], owner_phone: str = "") -> frozenset[Hashable]:
    """Who has a mobile phone that is another signer's too. `owner_phone`: of the applicant's account, or empty.

    Families often share one phone; whoever holds it could sign for all of them by their links.
    """
    holders: dict[str, set[Hashable]] = {}
    for signer in signers:
        phones = {signer.phone, owner_phone} if signer.is_applicant else {signer.phone}
        for number in {mobile_in(phone) for phone in phones} - {""}:
            holders.setdefault(number, set()).add(signer.key)
    return frozenset(key for sharing in holders.values() if len(sharing) > 1 for key in sharing)
