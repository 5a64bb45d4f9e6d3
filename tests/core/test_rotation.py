"""Turning the key: everything is sealed anew, a killed run goes on, and nothing is lost or readable by the old key alone."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from core.cases import people
from core.cases.declaration_models import DeclaredMember
from core.encryption import FileKeys, SealBroken, Suite, Vault
from core.rotation import rotate_columns, stale_values
from core.scopes import System
from core.sessions import open_session
from core.testing.town import family_of_four


@pytest.fixture
def keys(tmp_path):
    return FileKeys(tmp_path / "turning" / "keys.json")


@pytest.fixture
def vault(keys):
    return Vault(keys)


def sessions(town):
    return lambda: open_session(town.engine, System("keys"), vault=town.vault)


@pytest.mark.parametrize("suite", [None, Suite.SM4_GCM])
def test_after_a_rotation_every_value_is_sealed_with_the_new_key_and_still_reads(town, keys, suite):
    case = town.submit(family_of_four())
    keys.add_data_key(suite)
    town.vault.refresh()
    with sessions(town)() as session:
        before = stale_values(session)
    assert before >= len(family_of_four().members) + len(family_of_four().lines)
    assert sum(count for _, count in rotate_columns(sessions(town))) == before
    with sessions(town)() as session:
        assert stale_values(session) == 0
        names = [people.full_name(session, member) for member in people.members(session, case.id)]
    assert names == ["周明", "杨兰", "龙秀", "周涛"]


def test_a_rotation_killed_midway_goes_on_where_it_was(town, keys):
    town.submit(family_of_four())
    keys.add_data_key()
    town.vault.refresh()
    with sessions(town)() as session:
        before = stale_values(session)
    done = sum(count for _, count in itertools.islice(rotate_columns(sessions(town)), 1))
    with sessions(town)() as session:
        assert stale_values(session) == before - done
    rest = sum(count for _, count in rotate_columns(sessions(town)))
    assert done + rest == before
    with sessions(town)() as session:
        assert stale_values(session) == 0


def test_two_rotations_at_once_lose_nothing(town, keys, monkeypatch):
    """The first, still sealing with the key before, meets values that the second has sealed already."""
    case = town.submit(family_of_four())
    keys.add_data_key()
    slow = Vault(keys)
    keys.add_data_key()
    fast = Vault(keys)
    monkeypatch.setattr(slow, "refresh", lambda: None)
    list(rotate_columns(lambda: open_session(town.engine, System("keys"), vault=fast)))
    monkeypatch.undo()
    list(rotate_columns(lambda: open_session(town.engine, System("keys"), vault=slow)))
    with open_session(town.engine, System("keys"), vault=fast) as session:
        assert stale_values(session) == 0
        names = [people.full_name(session, member) for member in people.members(session, case.id)]
    assert names == ["周明", "杨兰", "龙秀", "周涛"]


def test_a_value_moved_to_another_row_stops_the_rotation(town, keys):
    town.submit(family_of_four())
    with sessions(town)() as session:
        first, second = session.scalars(select(DeclaredMember).limit(2)).all()
        first.secrets_sealed = second.secrets_sealed
        session.commit()
    keys.add_data_key()
    town.vault.refresh()
    with pytest.raises(SealBroken):
        list(rotate_columns(sessions(town)))
