"""Sealed values open only in their place, with their key; equal values are found; keys are made, kept and turned."""

import hashlib
import hmac as standard_hmac
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
    IndexHash,
    KeyRing,
    KeysUnavailable,
    Place,
    SealBroken,
    Suite,
    Vault,
    encrypted_columns,
    is_sealed,
    place_of,
)

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
@given(value=st.recursive(st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(), st.lists))
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


def test_the_index_of_what_nobody_types_is_exact():
    vault = vault_of()
    subject = vault.index("identity:province", "ab-12")
    assert vault.index("identity:province", "ab-12") == subject
    for other in ("AB-12", "ab12", "ab-12 ", "ａb-12"):
        assert vault.index("identity:province", other) != subject


def test_the_index_does_not_depend_on_the_suite_that_seals():
    ring = KeyRing.new(Suite.AES_256_GCM)
    turned = ring.with_new_data_key(Suite.SM4_GCM)
    assert Vault(FixedKeys(ring)).index("id_number", SECRET) == Vault(FixedKeys(turned)).index(
        "id_number", SECRET
    )


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
