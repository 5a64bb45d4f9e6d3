"""When it turns out that a person has another name or number: what was signed named the old one, what waits names the new."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from core import audit
from core.access import Actor
from core.authorisations.again import ask_again
from core.authorisations.coverage import current
from core.authorisations.days import china_day
from core.authorisations.models import Authorisation, AuthorisationState, SignerRole
from core.authorisations.signer_secrets import change_secrets
from core.households.correcting import Papers
from core.households.names import age_on, is_young_child
from core.sessions import ScopedSession
from core.translations import N_

audit.name_act("authorisation.correct", N_("核对授权上的身份随档案更正"))


@dataclass(frozen=True, slots=True)
class Corrected:
    """A declared member and who she is by her papers. `new_number`: her number is another, not her name alone."""

    member_id: uuid.UUID
    papers: Papers
    new_number: bool


def follow_papers(
    session: ScopedSession, actor: Actor, case_id: uuid.UUID, who: Corrected, *, now: datetime
) -> None:
    """Make the authorisations of a case under way agree with a member's papers.

    Who signed allowed questions about the number on the paper, and about no other: another number is asked for anew, and
    what was signed ends today. A signature in force under the same number stays. What nobody signed yet names her rightly
    from now on, also where she is to sign for a child.
    """
    for row in current(session, case_id):
        if row.member_id == who.member_id:
            _follow(session, actor, row, who, now)
        elif row.signer_member_id == who.member_id and row.signed_at is None:
            _name_signer(session, row, who.papers, china_day(now))
            audit.record(session, "authorisation.correct", row, now=now, actor=actor)
    session.flush()


def end_signed(
    session: ScopedSession, actor: Actor, case_id: uuid.UUID, member_id: uuid.UUID, *, now: datetime
) -> None:
    """What a member signed in a decided case, for the time of the assistance too, was about another number: it ends today."""
    day = china_day(now)
    for row in current(session, case_id):
        if row.member_id == member_id and row.state(day) is AuthorisationState.SIGNED:
            row.ended_on = day
            audit.record(session, "authorisation.correct", row, now=now, actor=actor)
    session.flush()


def _follow(session: ScopedSession, actor: Actor, row: Authorisation, who: Corrected, now: datetime) -> None:
    day = china_day(now)
    if row.signed_at is not None:
        if row.state(day) is AuthorisationState.SIGNED:
            if not who.new_number:
                return
            row.ended_on = day
        row = ask_again(session, actor, row, now=now)
    _name(session, row, who.papers, day)
    audit.record(session, "authorisation.correct", row, now=now, actor=actor)


def _name(session: ScopedSession, row: Authorisation, papers: Papers, day: date) -> None:
    row.name = "" if is_young_child(papers.number.birth_date, day) else papers.name
    row.name_masked, row.id_masked = papers.name_masked, papers.id_masked
    row.birth_date = papers.number.birth_date
    change_secrets(session, row, name=papers.name)
    if row.role is not SignerRole.GUARDIAN:
        _name_signer(session, row, papers, day)


def _name_signer(session: ScopedSession, row: Authorisation, papers: Papers, day: date) -> None:
    """Her name and number as the signer's; who is no adult by her papers signs for nobody: a guardian does, at the window."""
    # whoever proved herself by link did so with the old number, and who tried with the right one was refused
    row.ticket_digest, row.ticket_until, row.link_failures = None, None, 0
    if age_on(papers.number.birth_date, day) >= int(row.terms["adult_age"]):
        row.signer_masked = papers.name_masked
        row.signer_index = session.vault.index("id_number", papers.number.number)
        change_secrets(session, row, signer_name=papers.name)
        return
    row.role, row.by_applicant = SignerRole.GUARDIAN, False
    row.signer_member_id, row.signer_masked, row.signer_index = None, "", None
    change_secrets(session, row, signer_name="", signer_phone="")
