"""The end of a sign-in through an identity provider: the account, the person the provider vouches for, the cookie."""

from __future__ import annotations

from flask import request

from core.accounts.devices import device_words
from core.accounts.resident_changes import sign_in_with_identity
from core.households.identities import standing_of
from core.identity_numbers import parse_id_number
from core.web.access_gate import safe_next
from core.web.installation import installation
from core.web.request import RESIDENT_KIND, keep_token, now, system_session, today


def enter_with_identity(
    provider: str, subject: str, *, name: str = "", id_number: str = "", phone: str = ""
) -> None:
    """Sign the visitor in as whom `provider` vouches for. `subject`: the provider's lasting name for her.

    Give `id_number` only if the provider checked it against the person, `phone` only if the provider verified it.

    Raises:
        Invalid: the provider gave an ID number that is none.
        Conflict: the account already belongs to another person.
    """
    number = ""
    if id_number:
        number = parse_id_number(id_number, today=today(), demo=installation().demo).number
    with system_session("resident-sign-in") as database:
        known = standing_of(database, database.actor, number, now=now()).person_id if number else None
        outcome = sign_in_with_identity(
            database,
            provider,
            subject,
            now=now(),
            person_id=known,
            name=name,
            phone=phone,
            ip=request.remote_addr,
            device=device_words(request.user_agent.string),
        )
    if outcome.refusal is not None:
        raise outcome.refusal
    keep_token(RESIDENT_KIND, outcome.token)


def next_page(address: str | None) -> str:
    """Where to go after signing in: `address` if it is a path of this site, else the first page."""
    return safe_next(address) or "/"
