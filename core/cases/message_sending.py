"""Sends the messages of cases: after the commit of what they tell, outside any transaction, again after a failure.

The row is the truth. A try is committed before it begins, so of several processes one sends; a process killed before it
noted that a message was sent leaves it to a later try, which the channel knows by its key.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from core.access import job_actor
from core.accounts.codes import keep_in_outbox, ready_channel
from core.cases.message_models import MessageOutcome
from core.cases.messages import claim, due_messages, end, outgoing
from core.catalogue import MessageChannel
from core.encryption import Vault
from core.scopes import System
from core.sessions import ScopedSession, open_session

log = logging.getLogger("doudi.messages")
JOB = "send-messages"
ROUND = 100
PATIENCE = 3  # failures that end a round: a gateway that is down is not asked a hundred times


@dataclass(frozen=True, slots=True)
class Sender:
    """`channels` gives those of a region, the nearest first; `demo`: without one, messages go to the outbox page."""

    engine: Engine
    vault: Vault
    channels: Callable[[str], Sequence[MessageChannel]]
    clock: Callable[[], datetime]
    demo: bool = False

    def send_due(self) -> int:
        """One round; returns how many messages were sent. No failure leaves it: what failed is tried again."""
        with self._session(writes=False) as session:
            due = due_messages(session, now=self.clock(), limit=ROUND)
        sent = failures = 0
        for message_id in due:
            try:
                sent += self._try(message_id)
            except Exception as error:  # noqa: BLE001  (a pack's channel may raise anything, with a phone in it)
                log.warning("a message was not sent and will be tried again: %s", type(error).__name__)
                failures += 1
                if failures == PATIENCE:
                    break
        return sent

    def _try(self, message_id: uuid.UUID) -> bool:
        with self._session() as session:
            message = claim(session, message_id, now=self.clock())
            session.commit()
            if message is None:
                return False
            ready = outgoing(session, message, now=self.clock())
            if isinstance(ready, MessageOutcome):
                end(session, message_id, ready, now=self.clock())
            session.commit()
        if isinstance(ready, MessageOutcome):
            return False
        channel = ready_channel(self.channels(message.village or message.township), demo=self.demo)
        if channel is not None:
            channel.send(ready)
        with self._session() as session:
            now = self.clock()
            if channel is None:
                keep_in_outbox(session, ready, now=now)
            end(session, message_id, MessageOutcome.SENT, now=now, phone=ready.phone)
            session.commit()
        return True

    def _session(self, *, writes: bool = True) -> ScopedSession:
        return open_session(self.engine, System(JOB), job_actor(JOB), vault=self.vault, writes=writes)
