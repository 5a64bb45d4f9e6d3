"""Sealed values open only in their place, with their key; equal values are found; keys are made, kept and turned."""

import hashlib
import hmac as standard_hmac
import json
import stat
import threading
import uuid

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, MetaData, Uuid, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from core.database import make_engine
from core.encryption import (
    EncryptedText,
    EnvironmentKeys,
    FileKeys,
    IndexHash,
    KeyRing,
    KeysUnavailable,
    Place,
    SealBroken,
    Suite,
    Vault,
    encrypted_columns,
    is_sealed,
    key_provider,
    place_of,
)
from core.key_rotation import reindex, reseal

ROW = uuid.UUID("01980000-0000-7000-8000-000000000001")
PLACE = Place("people", "id_number", ROW.hex)
SECRET = "520399199001011234"


class FixedKeys:
    def __init__(self, ring):
        self.held = ring

    def ring(self):
        return self.held


def vault_of(suite=Suite.AES_256_GCM, algorithm=IndexHash.HMAC_SHA256):
    return Vault(FixedKeys(KeyRing.new(suite, algorithm)))


VAULTS = {suite: vault_of(suite) for suite in Suite}
both_suites = pytest.mark.parametrize("vault", VAULTS.values(), ids=list(VAULTS))


@both_suites
@given(text=st.text())
def test_whatever_is_sealed_is_read_back(vault, text):
    blob = vault.seal(PLACE, text)
    assert vault.unseal(PLACE, blob) == text
    assert is_sealed(blob)
    assert len(blob) == 31 + len(text.encode())


@both_suites
@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_json_is_read_back(vault, value):
    assert vault.unseal_json(PLACE, vault.seal_json(PLACE, value)) == value


@both_suites
def test_the_same_text_never_seals_alike(vault):
    blobs = {vault.seal(PLACE, SECRET) for _ in range(500)}
    nonces = {blob[3:15] for blob in blobs}
    row = vault.seal_row("people", ROW, {str(n): SECRET for n in range(500)})
    nonces |= {blob[3:15] for blob in row.values()}
    assert len(nonces) == 1000
    assert not any(SECRET.encode() in blob for blob in blobs)


@both_suites
@settings(max_examples=60)
@given(data=st.data())
def test_one_changed_bit_anywhere_is_noticed(vault, data):
    blob = bytearray(vault.seal(PLACE, SECRET))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= 1 << data.draw(st.integers(0, 7))
    # a changed key id names a key that is not there; everything else is a broken seal
    with pytest.raises((SealBroken, KeysUnavailable)) as caught:
        vault.unseal(PLACE, bytes(blob))
    assert SECRET not in str(caught.value)


@both_suites
@pytest.mark.parametrize(
    "moved",
    [
        PLACE._replace(row=uuid.UUID(int=5).hex),
        PLACE._replace(column="mobile"),
        PLACE._replace(table="accounts"),
    ],
)
def test_a_blob_moved_to_another_place_does_not_open(vault, moved):
    with pytest.raises(SealBroken, match=r"改动过"):
        vault.unseal(moved, vault.seal(PLACE, SECRET))


@both_suites
@pytest.mark.parametrize("cut", [0, 1, 3, 15, 30, -1])
def test_a_blob_cut_short_does_not_open(vault, cut):
    with pytest.raises(SealBroken):
        vault.unseal(PLACE, vault.seal(PLACE, SECRET)[:cut])


def test_another_installation_cannot_read_a_blob():
    with pytest.raises(SealBroken):
        vault_of().unseal(PLACE, vault_of().seal(PLACE, SECRET))
    with pytest.raises(KeysUnavailable):
        vault_of(Suite.SM4_GCM).unseal(PLACE, vault_of().seal(PLACE, SECRET))


@both_suites
def test_a_row_sealed_at_once_reads_field_by_field(vault):
    texts = {"id_number": SECRET, "mobile": "19900001234", "address": "茅坝村𠮷", "note": ""}
    blobs = vault.seal_row("people", ROW, texts)
    assert {
        column: vault.unseal(Place("people", column, ROW.hex), blob) for column, blob in blobs.items()
    } == texts
    with pytest.raises(SealBroken):
        vault.unseal(Place("people", "mobile", ROW.hex), blobs["id_number"])


@both_suites
def test_a_column_of_many_rows_is_read_in_order(vault):
    rows = [uuid.uuid4() for _ in range(20)]
    blobs = [(row, vault.seal(Place("people", "name", row.hex), f"人{n}")) for n, row in enumerate(rows)]
    assert vault.unseal_column("people", "name", [*blobs, (uuid.uuid4(), None)]) == [
        *(f"人{n}" for n in range(20)),
        None,
    ]
    with pytest.raises(SealBroken):
        vault.unseal_column("people", "name", [(rows[0], blobs[1][1])])


def test_threads_share_one_vault():
    vault = vault_of()
    read = []

    def work():
        read.extend(vault.unseal(PLACE, vault.seal(PLACE, SECRET)) for _ in range(300))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [SECRET] * 2400


# --- index --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", IndexHash)
def test_the_index_is_the_standard_hmac_behind_the_key_id(algorithm):
    vault = vault_of(algorithm=algorithm)
    secret = vault._ring.index[1].secret
    if algorithm is IndexHash.HMAC_SHA256:
        expected = standard_hmac.digest(secret, b"id_number\x1f" + SECRET.encode(), hashlib.sha256)
    else:
        mac = hmac.HMAC(secret, hashes.SM3())
        mac.update(b"id_number\x1f" + SECRET.encode())
        expected = mac.finalize()
    assert vault.index("id_number", SECRET) == b"\x01" + expected[:31]
    assert len(vault.index("id_number", SECRET)) == 32


def test_the_index_does_not_mind_how_a_number_was_typed_but_minds_its_kind():
    vault = vault_of()
    typed = vault.index("id_number", "52039919900101123X")
    assert vault.index("id_number", " 520399 19900101-123x ") == typed
    assert vault.index("id_number", "５２０３９９１９９００１０１１２３Ｘ") == typed
    assert vault.index("mobile", "52039919900101123X") != typed
    assert vault.index("id_number", "520399199001011231") != typed


def test_the_index_does_not_depend_on_the_suite_that_seals():
    ring = KeyRing.new(Suite.AES_256_GCM)
    turned = ring.with_new_data_key(Suite.SM4_GCM)
    assert Vault(FixedKeys(ring)).index("id_number", SECRET) == Vault(FixedKeys(turned)).index(
        "id_number", SECRET
    )


def test_while_index_keys_turn_a_search_asks_for_old_and_new():
    ring = KeyRing.new()
    old = Vault(FixedKeys(ring)).index("id_number", SECRET)
    vault = Vault(FixedKeys(ring.with_new_index_key(IndexHash.HMAC_SM3)))
    new = vault.index("id_number", SECRET)
    assert vault.index_all("id_number", SECRET) == [new, old]
    assert (old[0], new[0]) == (1, 2)
    assert reindex(vault, "id_number", SECRET, old) == new
    assert reindex(vault, "id_number", SECRET, new) is None
    assert reindex(vault, "id_number", SECRET, None) == new


# --- keys ---------------------------------------------------------------------------------------------------------


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


# --- rotation -----------------------------------------------------------------------------------------------------


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


# --- columns ------------------------------------------------------------------------------------------------------


class SampleBase(DeclarativeBase):
    metadata = MetaData()


class SealedSample(SampleBase):
    __tablename__ = "sealed_samples"

    id: Mapped[uuid.UUID] = mapped_column(Uuid(), primary_key=True)
    mobile: Mapped[bytes | None] = mapped_column(EncryptedText())
    address: Mapped[bytes | None] = mapped_column(EncryptedText())
    plain: Mapped[bytes | None] = mapped_column(LargeBinary())


@pytest.fixture(params=["sqlite", "postgresql"])
def sample_engine(request, tmp_path):
    if request.param == "postgresql":
        engine = make_engine(request.getfixturevalue("postgresql_url"))
    else:
        engine = make_engine(f"sqlite:///{tmp_path / 'sample.sqlite'}")
    SampleBase.metadata.create_all(engine)
    yield engine
    SampleBase.metadata.drop_all(engine)
    engine.dispose()


def test_a_row_keeps_its_secrets_through_the_database(sample_engine):
    vault = vault_of()
    with Session(sample_engine) as session, session.begin():
        row = SealedSample(id=ROW)
        vault.seal_into(row, "mobile", "19900001234")
        vault.seal_into(row, "address", None)
        session.add(row)
    with Session(sample_engine) as session:
        stored = session.get_one(SealedSample, ROW)
        assert vault.read(stored, "mobile") == "19900001234"
        assert vault.read(stored, "address") is None
        assert b"19900001234" not in stored.mobile
        assert place_of(stored, "mobile") == Place("sealed_samples", "mobile", ROW.hex)


@pytest.mark.parametrize("clear", ["19900001234", b"19900001234", "茅坝村" * 20, b"\xf8short", 19900001234])
def test_clear_text_cannot_be_stored_and_is_not_repeated_in_the_error(sample_engine, clear):
    with Session(sample_engine) as session:
        session.add(SealedSample(id=ROW, mobile=clear))
        with pytest.raises((StatementError, TypeError), match="seal it with the vault") as caught:
            session.flush()
        assert isinstance(getattr(caught.value, "orig", caught.value), TypeError)
        assert str(clear) not in str(caught.value)
        session.rollback()
        with pytest.raises((StatementError, TypeError), match="seal it"):
            session.execute(select(SealedSample.id).where(SealedSample.mobile == clear))


@given(st.text(min_size=31))
def test_no_text_is_ever_taken_for_a_blob(text):
    assert not is_sealed(text.encode())


def test_a_row_without_an_id_is_not_sealed():
    with pytest.raises(ValueError, match="sealed_samples needs its id"):
        vault_of().seal_into(SealedSample(), "mobile", "19900001234")


def test_every_encrypted_column_is_listed_for_rotation():
    assert [(column.table.name, column.name) for column in encrypted_columns(SampleBase.metadata)] == [
        ("sealed_samples", "address"),
        ("sealed_samples", "mobile"),
    ]
