"""A program that submits applications one after the other until it is killed; it prints each as it is committed."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from core.cases.procedure import beijing_day
from core.cases.submission import prepare, submit_application
from core.database import make_engine, new_id
from core.encryption import Vault, key_provider
from core.tables import all_tables
from core.testing.authorising import FAMILY
from core.testing.town import Town, family_of_four
from core.verification.asking import ask_family


def main() -> None:
    folder, url, now = Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
    all_tables()
    town = Town(make_engine(url), Vault(key_provider("file", folder / "keys")), now)
    procedure = town.procedure(town.at_work(town.clerk))
    while True:
        account = new_id()
        application = replace(family_of_four(account), members=FAMILY)
        session = town.resident(account)
        prepared = prepare(town.vault, application, now=now, today=beijing_day(now))
        case = submit_application(session, session.actor, prepared, procedure, now=now)
        ask_family(session, session.actor, case, procedure, now=now)
        session.commit()
        sys.stdout.write(f"{case.id}\n")
        sys.stdout.flush()
        session.close()


if __name__ == "__main__":
    main()
