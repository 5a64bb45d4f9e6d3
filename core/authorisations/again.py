"""Asking one person for her authorisation again: a new round, with what was signed before kept for the file."""

from __future__ import annotations

from datetime import datetime

from core import audit
from core.access import Actor
from core.authorisations.days import china_day
from core.authorisations.links import give_link
from core.authorisations.models import Authorisation, AuthorisationState
from core.authorisations.signer_secrets import keep_secrets, read_secrets
from core.database import new_id
from core.errors import Blocked
from core.sessions import ScopedSession
from core.translations import N_


def ask_again(session: ScopedSession, actor: Actor, row: Authorisation, *, now: datetime) -> Authorisation:
    """A new round for one person after a refusal, a withdrawal, an expiry, or when a needed body was not ticked.

    What was signed before stays as it was, but does not count any more. Raises Blocked while the old one still waits.
    """
    day = china_day(now)
    if row.superseded_at is not None or row.state(day) is AuthorisationState.WAITING:
        raise Blocked(N_("已经在等签字，不用再请一次。要新链接的，请点“重新发链接”。"))
    kept = {
        column.key: getattr(row, column.key)
        for column in Authorisation.__mapper__.column_attrs
        if column.key in _KEPT
    }
    again = Authorisation(**kept, id=new_id(), round=row.round + 1, asked_at=now, sources_ticked=[])
    keep_secrets(session, again, read_secrets(session, row))
    by_link = not again.by_applicant or again.owner_account_id is None
    if by_link and not again.only_at_office(day):
        give_link(session, again, now)
    row.superseded_at = now
    session.add(again)
    session.flush()
    audit.record(session, "authorisation.ask", again, now=now, actor=actor)
    return again


_KEPT = frozenset(
    {
        "province", "city", "county", "township", "village", "case_id", "owner_account_id", "member_id", "person_id",
        "position", "role", "is_applicant", "by_applicant", "signer_member_id", "guardian_relation", "relation", "name",
        "name_masked", "id_masked", "birth_date", "signer_masked", "signer_index", "scheme", "text_version", "terms",
        "sources_asked", "phone", "phone_changed_at",
    }
)  # fmt: skip
