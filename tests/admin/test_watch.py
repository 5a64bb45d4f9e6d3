"""What an installation does by itself: once a day it clears away what a power cut left among the sealed files."""

from __future__ import annotations

import os

import pytest

from core.database import new_id
from core.encrypted_files import FileStore
from core.web.watch import watch_once

pytestmark = pytest.mark.row("R1-14")


def half_written(files, at):
    path = files.path_of(new_id())
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.half")
    half.write_bytes(b"half")
    os.utime(half, (at.timestamp(), at.timestamp()))
    return half


def test_half_written_files_are_cleared_away_once_a_day(site):
    files = FileStore(site.home.settings.files_folder, site.home.vault)
    young, begun = half_written(files, site.at), site.at
    site.later(hours=-30)
    old = half_written(files, site.at)
    site.at = begun
    watch_once(site.app, now=site.at)
    assert (old.exists(), young.exists()) == (False, True)
    again = half_written(files, begun.replace(year=2025))
    watch_once(site.app, now=site.at)
    assert again.exists()
    site.later(days=2)
    watch_once(site.app, now=site.at)
    assert not again.exists()
    assert not young.exists()
