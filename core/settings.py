"""Where this installation keeps its state and how it is reached; read once at start, never changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import Problem
from core.translations import N_

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Settings:
    """`home`: folder of databases, files and keys. `database_url`: SQLAlchemy URL; empty means SQLite in `home`.

    `trusted_hosts`: the names this site answers to; none: any, as on a desk. Links and QR codes are made of the name asked for.
    """

    home: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    packs: tuple[str, ...] = ()
    key_provider: str = "file"
    limiter_url: str = "memory://"
    secure_cookies: bool = False
    testing: bool = False
    trusted_proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def on_loopback(self) -> bool:
        return self.host in LOOPBACK_HOSTS

    @property
    def may_be_demo(self) -> bool:
        """Demo data only for SQLite on loopback (decision 20)."""
        return self.on_sqlite and self.on_loopback

    @property
    def files_folder(self) -> Path:
        return self.home / "files"

    @property
    def keys_folder(self) -> Path:
        return self.home / "keys"

    @property
    def jobs_url(self) -> str:
        """The job system's own database (decision 19); on PostgreSQL the same server, own schema."""
        return f"sqlite:///{self.home / 'jobs.sqlite'}" if self.on_sqlite else self.database_url


def load_settings(environment: Mapping[str, str] | None = None, root: Path | None = None) -> Settings:
    """Read `DOUDI_*` variables; the state folder is `$DOUDI_HOME`, else `var/` beside the code.

    Raises:
        Problem: a variable holds what it cannot mean.
    """
    given = os.environ if environment is None else environment
    home = Path(given.get("DOUDI_HOME") or (root or Path.cwd()) / "var").absolute()
    url = given.get("DOUDI_DATABASE_URL") or f"sqlite:///{home / 'doudi.sqlite'}"
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Problem(
            N_(
                "DOUDI_DATABASE_URL 要以 postgresql:// 开头；不填就用文件夹里的 SQLite。现在写的是别的数据库。"
            )
        )
    return Settings(
        home=home,
        database_url=url,
        host=given.get("DOUDI_HOST", "127.0.0.1"),
        port=_whole(given, "DOUDI_PORT", 8000),
        packs=tuple(name for name in given.get("DOUDI_PACKS", "").split(",") if name),
        key_provider=given.get("DOUDI_KEY_PROVIDER", "file"),
        limiter_url=given.get("DOUDI_LIMITER_URL", "memory://"),
        secure_cookies=given.get("DOUDI_SECURE_COOKIES", "") == "1",
        trusted_proxies=_whole(given, "DOUDI_TRUSTED_PROXIES", 0),
        trusted_hosts=tuple(name for name in given.get("DOUDI_TRUSTED_HOSTS", "").split(",") if name),
    )


def _whole(given: Mapping[str, str], name: str, otherwise: int) -> int:
    typed = given.get(name, "").strip()
    if typed and not (typed.isascii() and typed.isdigit()):
        raise Problem(N_("{name} 要填一个整数，现在写的是“{typed}”。"), name=name, typed=typed)
    return int(typed) if typed else otherwise
