"""Where the code stands, and the settings of a command line: what every command asks first."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import Problem
from core.settings import Settings, load_settings
from core.translations import N_

ROOT = Path(__file__).resolve().parent.parent


def settings_here() -> Settings:
    """Settings of this installation: state beside the code in a clone, in the current folder when pip-installed."""
    beside = ROOT if (ROOT / "pyproject.toml").exists() else Path.cwd()
    return load_settings(os.environ, beside)


def demo_log(home: Path) -> Path:
    """Where a demo's log goes, so that the terminal keeps the passwords it printed in sight."""
    return home / "demo.log"


def make_home(settings: Settings) -> None:
    """Make the state folder, readable by its owner only; a folder that cannot be written is told in a sentence.

    Raises:
        Problem: the folder cannot be made or written.
    """
    # also in a folder that others may enter: what is written below is for its owner alone
    os.umask(0o077)
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = settings.home / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise Problem(
            N_("无法写入状态文件夹 {folder}（{reason}）。请改正它的权限，或用 DOUDI_HOME 指定另一个文件夹。"),
            folder=settings.home,
            reason=error.strerror,
        ) from None
