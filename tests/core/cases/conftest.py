"""A gateway, a sender that hands it what is due, and a family that applied with a mobile phone."""

from __future__ import annotations

import pytest

from core.cases.message_sending import Sender
from core.catalogue import MessageChannel
from tests.core.cases.messaging import PHONE, with_phone


@pytest.fixture
def gateway():
    """What a gateway was handed, in order."""
    return []


@pytest.fixture
def sender(town, gateway):
    """`sender()` does one round at the town's time; `send` stands for the gateway's own."""

    def sends(send=gateway.append, *, demo=False, ready=True):
        channel = MessageChannel("gateway", "000000000000", "网关", send, lambda: ready)
        for session in town.opened:
            session.rollback()
        return Sender(town.engine, town.vault, lambda _: [channel], lambda: town.now, demo=demo).send_due()

    return sends


@pytest.fixture
def applied(way):
    """A family that applied with a mobile phone."""
    way.submit(members=with_phone(PHONE))
    return way
