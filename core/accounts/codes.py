"""One-time codes sent to a phone: made, sent through the message channel, checked, and limited per phone."""

from __future__ import annotations

import math
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from core.accounts.models import OneTimeCode, OutboxMessage
from core.accounts.policy import POLICY
from core.catalogue.regional import MessageChannel, OutgoingMessage
from core.database import new_id
from core.errors import Blocked, Invalid
from core.sessions import ScopedSession, update_rows, write_rows
from core.translations import N_

PHONE_KIND = "phone"


class CodeAnswer(StrEnum):
    """What came of a typed code. WRONG also when none was ever sent: nothing is told about a phone."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED_UP = "used_up"


def send_code(
    session: ScopedSession,
    phone: str,
    *,
    purpose: str,
    text: str,
    now: datetime,
    channels: Sequence[MessageChannel] = (),
    demo: bool = False,
) -> None:
    """Send a fresh code for one purpose to a phone (11 digits); an earlier code of that purpose dies with it.

    `text` is a sentence with {code} and {minutes}. Needs a System session. Raises Invalid when asked too often, alike
    for known and unknown phones, and Blocked where no channel can send.
    """
    index, indexes = session.vault.index(PHONE_KIND, phone), session.vault.index_all(PHONE_KIND, phone)
    _check_pace(session, indexes, now)
    update_rows(
        session,
        OneTimeCode,
        {"used_at": now},
        OneTimeCode.phone_index.in_(indexes),
        OneTimeCode.purpose == purpose,
        OneTimeCode.used_at.is_(None),
    )
    code = "".join(secrets.choice("0123456789") for _ in range(POLICY.code_digits))
    row_id = new_id()
    session.add(
        OneTimeCode(
            id=row_id,
            phone_index=index,
            purpose=purpose,
            code_index=session.vault.index("one-time-code", f"{row_id.hex}:{code}"),
            sent_at=now,
            expires_at=now + POLICY.code_life,
        )
    )
    session.flush()
    written = text.format(code=code, minutes=POLICY.code_life // timedelta(minutes=1))
    send_message(
        session,
        OutgoingMessage(phone, written, purpose.partition(":")[0], row_id.hex),
        now=now,
        channels=channels,
        demo=demo,
    )


def _check_pace(session: ScopedSession, indexes: list[bytes], now: datetime) -> None:
    sent = session.scalars(
        select(OneTimeCode.sent_at)
        .where(
            OneTimeCode.phone_index.in_(indexes),
            # a clock that was set back must not make anyone wait for codes that seem to come later
            OneTimeCode.sent_at.between(now - timedelta(days=1), now),
        )
        .order_by(OneTimeCode.sent_at.desc())
    ).all()
    if sent and now - sent[0] < POLICY.code_pause:
        wait = math.ceil((POLICY.code_pause - (now - sent[0])).total_seconds())
        raise Invalid(N_("验证码刚发过，请等 {seconds} 秒再要"), field="phone", seconds=wait)
    last_hour = [moment for moment in sent if now - moment < timedelta(hours=1)]
    if len(last_hour) >= POLICY.codes_per_hour or len(sent) >= POLICY.codes_per_day:
        raise Invalid(N_("这个号码要验证码的次数太多了，请过一小时再试，或者到窗口办理"), field="phone")


def check_code(session: ScopedSession, phone: str, code: str, *, purpose: str, now: datetime) -> CodeAnswer:
    """Check a typed code against the one that lives for that purpose; each try counts, so commit whatever the answer."""
    sent = session.scalar(
        select(OneTimeCode)
        .where(
            OneTimeCode.phone_index.in_(session.vault.index_all(PHONE_KIND, phone)),
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
        )
        .order_by(OneTimeCode.sent_at.desc())
        .limit(1)
        .with_for_update()
    )
    if sent is None:
        return CodeAnswer.WRONG
    if now >= sent.expires_at:
        return CodeAnswer.EXPIRED
    if sent.tries >= POLICY.code_tries:
        return CodeAnswer.USED_UP
    sent.tries += 1
    typed = "".join(char for char in code if char.isdigit())
    if sent.code_index not in session.vault.index_all("one-time-code", f"{sent.id.hex}:{typed}"):
        session.flush()
        return CodeAnswer.USED_UP if sent.tries >= POLICY.code_tries else CodeAnswer.WRONG
    sent.used_at = now
    session.flush()
    return CodeAnswer.RIGHT


CODE_PROBLEMS: dict[CodeAnswer, str] = {
    CodeAnswer.WRONG: N_("验证码不对，请看看短信里最新的六位数"),
    CodeAnswer.EXPIRED: N_("验证码过了 5 分钟，已经失效。请重新要一个"),
    CodeAnswer.USED_UP: N_("输错的次数太多，这个验证码不能再用。请重新要一个"),
}


def send_message(
    session: ScopedSession,
    message: OutgoingMessage,
    *,
    now: datetime,
    channels: Sequence[MessageChannel] = (),
    demo: bool = False,
) -> None:
    """Hand a message to the first channel that is ready; in a demo installation without one, to the outbox page.

    Raises Blocked where nothing can send.
    """
    channel = ready_channel(channels, demo=demo)
    if channel is None:
        keep_in_outbox(session, message, now=now)
    else:
        channel.send(message)


def ready_channel(channels: Sequence[MessageChannel], *, demo: bool) -> MessageChannel | None:
    """The first channel that is ready; None where it is a demo's outbox page. Raises Blocked where nothing can send."""
    channel = next((each for each in channels if each.ready()), None)
    if channel is None and not demo:
        raise Blocked(N_("本地还没有开通短信。请到镇（街道）窗口办理，或者拨打 12345。"))
    return channel


def keep_in_outbox(session: ScopedSession, message: OutgoingMessage, *, now: datetime) -> None:
    """Show a message on the demo's outbox page instead of sending it. Needs a System session."""
    row_id = new_id()
    sealed = session.vault.seal_row(
        "outbox_messages", row_id, {"to_sealed": message.phone, "body_sealed": message.text}
    )
    row: dict[str, Any] = {"id": row_id, "purpose": message.purpose, "written_at": now, **sealed}
    write_rows(session, OutboxMessage, [row])


def outbox(session: ScopedSession, *, limit: int = 10) -> list[tuple[uuid.UUID, datetime, str, str]]:
    """The last messages of a demo installation: (id, written at, phone, text). Needs a System session."""
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.written_at, OutboxMessage.to_sealed, OutboxMessage.body_sealed)
        .order_by(OutboxMessage.written_at.desc(), OutboxMessage.id.desc())
        .limit(limit)
    ).all()
    phones = session.vault.unseal_column(
        "outbox_messages", "to_sealed", [(row.id, row.to_sealed) for row in rows]
    )
    texts = session.vault.unseal_column(
        "outbox_messages", "body_sealed", [(row.id, row.body_sealed) for row in rows]
    )
    return [
        (row.id, row.written_at, phone or "", text or "")
        for row, phone, text in zip(rows, phones, texts, strict=True)
    ]
