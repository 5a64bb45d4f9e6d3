"""Keys are made once, kept for their owner alone, turned without losing a value, and missed aloud."""

import json
import stat
import threading
import uuid

import pytest

from core.encryption import (
    EnvironmentKeys,
    FileKeys,
    IndexHash,
    KeyRing,
    KeysUnavailable,
    Place,
    SealBroken,
    Suite,
    Vault,
    key_provider,
)
from core.rotation import reseal

ROW = uuid.UUID("01980000-0000-7000-8000-000000000001")
PLACE = Place("people", "id_number", ROW.hex)
SECRET = "520399199001011234"


class FixedKeys:
    def __init__(self, ring):
        self.held = ring

    def ring(self):
        return self.held


def test_the_key_file_is_made_at_first_use_for_its_owner_alone(tmp_path):
    provider = FileKeys(tmp_path / "keys" / "keys.json")
    blob = Vault(provider).seal(PLACE, SECRET)
    assert stat.S_IMODE(provider.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(provider.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in provider.path.parent.iterdir()] == ["keys.json"]
    assert Vault(FileKeys(provider.path, create=False)).unseal(PLACE, blob) == SECRET
    assert Vault(key_provider("file", tmp_path / "keys")).unseal(PLACE, blob) == SECRET


def test_two_processes_starting_at_once_get_the_same_keys(tmp_path):
    path = tmp_path / "keys" / "keys.json"
    rings = []
    gate = threading.Barrier(8)

    def start():
        gate.wait()
        rings.append(FileKeys(path).ring())

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rings) == 8
    assert all(ring == rings[0] for ring in rings)


def test_a_lost_key_file_is_said_aloud_and_never_replaced(tmp_path):
    path = tmp_path / "keys.json"
    with pytest.raises(KeysUnavailable, match="从备份恢复"):
        Vault(FileKeys(path, create=False))
    assert not path.exists()


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "keys.json"
    FileKeys(path).ring()
    path.chmod(0o640)
    with pytest.raises(KeysUnavailable, match="chmod 600"):
        FileKeys(path).ring()


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "not json", '{"format": 1, "data": {"1": 5}}'])
def test_a_damaged_key_file_is_refused_without_being_quoted(tmp_path, content):
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(KeysUnavailable, match="不要重新生成"):
        FileKeys(path).ring()


def test_a_key_of_the_wrong_length_is_refused():
    content = json.loads(KeyRing.new(Suite.SM4_GCM).to_json())
    content["data"]["1"]["suite"] = "aes-256-gcm"
    with pytest.raises(ValueError, match="not a key ring"):
        KeyRing.from_json(json.dumps(content))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(KeysUnavailable, match=r"keys\.json"):
        FileKeys(tmp_path / "keys" / "keys.json").ring()


@pytest.mark.parametrize("suite", Suite)
def test_keys_from_the_environment_read_what_keys_from_the_file_sealed(tmp_path, suite):
    provider = FileKeys(tmp_path / "keys.json", suite=suite, algorithm=IndexHash.HMAC_SM3)
    blob = Vault(provider).seal(PLACE, SECRET)
    text = provider.path.read_text()
    vault = Vault(EnvironmentKeys({"DOUDI_KEYS": text}))
    assert vault.unseal(PLACE, blob) == SECRET
    assert vault.index("mobile", "1") == Vault(provider).index("mobile", "1")


def test_missing_or_broken_environment_keys_are_explained(monkeypatch, tmp_path):
    monkeypatch.delenv("DOUDI_KEYS", raising=False)
    with pytest.raises(KeysUnavailable, match="DOUDI_KEYS"):
        Vault(key_provider("environment", tmp_path))
    with pytest.raises(KeysUnavailable, match="读不懂") as caught:
        Vault(EnvironmentKeys({"DOUDI_KEYS": "hunter2"}))
    assert "hunter2" not in str(caught.value)
    with pytest.raises(KeysUnavailable, match="vault9"):
        key_provider("vault9", tmp_path)


def test_secrets_do_not_show_when_a_key_ring_is_printed():
    ring = KeyRing.new()
    shown = repr(ring)
    assert repr(ring.data[1].secret) not in shown
    assert "secret" not in shown


@pytest.mark.parametrize("suite", Suite)
def test_after_a_rotation_old_values_are_read_and_resealed_once(tmp_path, suite):
    provider = FileKeys(tmp_path / "keys.json")
    vault = Vault(provider)
    running = Vault(FileKeys(provider.path))
    old = vault.seal(PLACE, SECRET)
    assert reseal(vault, PLACE, old) is None
    provider.add_data_key(suite)
    vault.refresh()
    new = reseal(vault, PLACE, old)
    assert new is not None
    assert new[0] == suite.version_byte
    assert new[1:3] == b"\x00\x02"
    assert vault.unseal(PLACE, old) == vault.unseal(PLACE, new) == SECRET
    assert reseal(vault, PLACE, new) is None
    # a process that has not refreshed yet meets the new key and takes it up by itself
    assert running.unseal(PLACE, new) == SECRET
    assert running.is_current(new)


def test_a_removed_key_opens_nothing_and_the_current_one_cannot_be_removed(tmp_path):
    provider = FileKeys(tmp_path / "keys.json")
    vault = Vault(provider)
    old = vault.seal(PLACE, SECRET)
    with pytest.raises(ValueError, match="current"):
        provider.remove(data=1)
    provider.add_data_key()
    provider.add_index_key()
    provider.remove(data=1, index=1)
    vault.refresh()
    with pytest.raises(KeysUnavailable, match="编号 1"):
        reseal(vault, PLACE, old)
    assert len(vault.index_all("mobile", "1")) == 1
    assert stat.S_IMODE(provider.path.stat().st_mode) == 0o600


def test_a_tampered_value_stops_a_rotation_instead_of_being_sealed_anew():
    ring = KeyRing.new()
    blob = bytearray(Vault(FixedKeys(ring)).seal(PLACE, SECRET))
    blob[-1] ^= 1
    with pytest.raises(SealBroken):
        reseal(Vault(FixedKeys(ring.with_new_data_key(Suite.SM4_GCM))), PLACE, bytes(blob))


def test_key_ids_run_out_with_a_sentence():
    ring = KeyRing.new()
    full = KeyRing({0xFFFF: ring.data[1]}, 0xFFFF, {0xFF: ring.index[1]}, 0xFF)
    with pytest.raises(KeysUnavailable, match="用完"):
        full.with_new_data_key(Suite.SM4_GCM)
    with pytest.raises(KeysUnavailable, match="用完"):
        full.with_new_index_key(IndexHash.HMAC_SM3)


def test_while_index_keys_turn_a_search_asks_for_old_and_new():
    ring = KeyRing.new()
    old = Vault(FixedKeys(ring)).index("id_number", SECRET)
    vault = Vault(FixedKeys(ring.with_new_index_key(IndexHash.HMAC_SM3)))
    new = vault.index("id_number", SECRET)
    assert vault.index_all("id_number", SECRET) == [new, old]
    assert (old[0], new[0]) == (1, 2)
