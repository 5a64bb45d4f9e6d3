"""A program that sends the waiting messages, and dies by SIGKILL as it hands over the one it is told to."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from core.cases.message_sending import Sender
from core.catalogue import MessageChannel, OutgoingMessage
from core.database import make_engine
from core.encryption import Vault, key_provider
from core.tables import all_tables


def main() -> None:
    folder, url, now = Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
    dies_at = int(sys.argv[4])
    all_tables()
    received = folder / "received"

    def hand_over(message: OutgoingMessage) -> None:
        with received.open("a", encoding="ascii") as gateway:
            gateway.write(f"{message.key}\n")
        if len(received.read_text(encoding="ascii").splitlines()) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    channel = MessageChannel("gateway", "000000000000", "网关", hand_over, lambda: True)
    vault = Vault(key_provider("file", folder / "keys"))
    Sender(make_engine(url), vault, lambda _region: [channel], lambda: now).send_due()


if __name__ == "__main__":
    main()
