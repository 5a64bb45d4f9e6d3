"""Telling an applicant by a short message that there is something to read: what is said, to which phone, until when.

A neighbour may read a locked screen: a message says where to look, the case's number and a day, never a name, a kind of
help, a sum or how it was decided (domain part 3).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from core.accounts.person_links import gave_up
from core.accounts.residents import phones_of
from core.authorisations.phones import mobile_in
from core.cases import people
from core.cases.message_models import CaseMessage, MessageEvent, MessageOutcome
from core.cases.models import Case, CaseState, StepCode, StepState
from core.cases.procedure import beijing_day
from core.cases.steps import step_of
from core.catalogue import OutgoingMessage
from core.catalogue.letter_texts import day_in_words
from core.masking import mask_mobile
from core.scopes import LEVELS
from core.sessions import ScopedSession, found, update_rows, write_unless_there

PURPOSE = "case"
# sent in Chinese, as letters are: accounts keep no language
_TEXTS: dict[MessageEvent, str] = {
    MessageEvent.RECEIVED: "【兜底】申请已经收到，编号{number}。{where}",
    MessageEvent.DEFICIENCY: "【兜底】编号{number}的申请有一份告知书要看，请在{day}前答复。{where}",
    MessageEvent.ACCEPTED: "【兜底】编号{number}的申请已经受理，通知书可以看了。{where}",
    MessageEvent.VISIT: "【兜底】编号{number}的申请，工作人员约好{day}上门，请家里留人。{where}",
    MessageEvent.DECIDED: "【兜底】编号{number}的申请办完了，文书可以看了。{where}",
    MessageEvent.ANSWERED: "【兜底】编号{number}的申请，您要求更正的有答复了。{where}",
}
_ONLINE = "登录网站，点“查进度”就能看。"
_AT_OFFICE = "不清楚的，可以带身份证到镇（街道）窗口问。"

# names ids of messages after events; never change it
_IDS = uuid.UUID("3b1f6a52-7c4e-5d0b-9a86-2f0c6d4e8b17")
_LIFE = timedelta(days=7)  # one that could not be sent for so long is no news any more
# from one try to the next; the first also covers the time a channel takes, so that nobody else sends it meanwhile
_PAUSES = tuple(timedelta(minutes=each) for each in (5, 15, 60, 240))


def tell(
    session: ScopedSession,
    case: Case,
    event: MessageEvent,
    *,
    now: datetime,
    day: date | None = None,
    about: uuid.UUID | None = None,
) -> None:
    """Have the applicant told of `event`, once, when the session's transaction is committed.

    `day`: the last day to act; `about`: what of the case it tells of, where the same happens several times.
    """
    write_unless_there(
        session,
        CaseMessage,
        {
            **{level: getattr(case, level) for level in LEVELS},
            "id": uuid.uuid5(_IDS, f"{case.id}:{event}:{day or about or ''}"),
            "case_id": case.id,
            "owner_account_id": case.owner_account_id,
            "event": event,
            "last_day": day,
            "written_at": now,
            "tries": 0,
            "next_try_at": now,
            "outcome": None,
            "ended_at": None,
            "phone_masked": "",
        },
    )


def messages_of_case(session: ScopedSession, case_id: uuid.UUID) -> Sequence[CaseMessage]:
    """The messages of a case in scope, in the order written."""
    return session.scalars(
        select(CaseMessage).where(CaseMessage.case_id == case_id).order_by(CaseMessage.written_at)
    ).all()


# --- sending: all below needs a System session ------------------------------------------------------------------


def due_messages(session: ScopedSession, *, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Ids of messages to try now, those that wait longest first."""
    return session.scalars(
        select(CaseMessage.id)
        .where(CaseMessage.outcome.is_(None), CaseMessage.next_try_at <= now)
        .order_by(CaseMessage.next_try_at)
        .limit(limit)
    ).all()


def claim(session: ScopedSession, message_id: uuid.UUID, *, now: datetime) -> CaseMessage | None:
    """Take a due message for one try, or None where another process took it since it was listed. Commit before it is sent.

    Whoever is killed meanwhile leaves it to the next try.
    """
    message: CaseMessage = found(session.get(CaseMessage, message_id))
    pause = _PAUSES[min(message.tries, len(_PAUSES) - 1)]
    taken = update_rows(
        session,
        CaseMessage,
        {"tries": message.tries + 1, "next_try_at": now + pause},
        CaseMessage.id == message_id,
        CaseMessage.tries == message.tries,
        CaseMessage.next_try_at <= now,
        CaseMessage.outcome.is_(None),
    )
    return message if taken else None


def outgoing(
    session: ScopedSession, message: CaseMessage, *, now: datetime
) -> OutgoingMessage | MessageOutcome:
    """What to hand over now, or how the message ends: no news any more, or no phone to go to."""
    case: Case = found(session.get(Case, message.case_id))
    if _is_over(session, message, case, now):
        return MessageOutcome.EXPIRED
    phone = _phone(session, case)
    if not phone:
        return MessageOutcome.NO_PHONE
    return OutgoingMessage(phone, text_of(message, case), PURPOSE, message.id.hex)


def _is_over(session: ScopedSession, message: CaseMessage, case: Case, now: datetime) -> bool:
    """Whether its day is over, or what it asks of the family is done or dropped: nobody stays at home for nothing."""
    if message.last_day is None:
        return now > message.written_at + _LIFE
    if message.event is MessageEvent.DEFICIENCY:
        waits = case.state is CaseState.AWAITING_SUPPLEMENT
    else:
        waits = step_of(session, case.id, StepCode.VISIT).state is StepState.OPEN
    return not waits or beijing_day(now) > message.last_day


def text_of(message: CaseMessage, case: Case) -> str:
    """The words of a message. Who applied at a window has no account that shows the case."""
    return _TEXTS[message.event].format(
        number=case.number,
        day=day_in_words(message.last_day) if message.last_day else "",
        where=_ONLINE if case.owner_account_id else _AT_OFFICE,
    )


def _phone(session: ScopedSession, case: Case) -> str:
    """Where the applicant is reached: the phone she signs in by, else the one declared; none that she gave up."""
    applicant = people.applicant(session, case.id)
    phones = [
        *phones_of(session, case.owner_account_id, applicant.person_id),
        mobile_in(str(people.secrets(session, applicant)["phone"] or "")),
    ]
    hers = (each for each in phones if each and not gave_up(session, applicant.person_id, each))
    return next(hers, "")


def end(
    session: ScopedSession, message_id: uuid.UUID, outcome: MessageOutcome, *, now: datetime, phone: str = ""
) -> None:
    """Note how a message ended, and the phone it was sent to; it is not tried again."""
    noted = {"outcome": outcome, "ended_at": now, "phone_masked": mask_mobile(phone) if phone else ""}
    update_rows(session, CaseMessage, noted, CaseMessage.id == message_id)
