"""Files are kept sealed, whole or not at all, and open only under their own id."""

import errno
import hashlib
import os
import resource
import stat
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import encrypted_files
from core.encrypted_files import CHUNK_BYTES, FileStore, StorageFailed
from core.encryption import FileKeys, KeyRing, KeysUnavailable, SealBroken, Suite, Vault
from core.errors import Invalid, NotFound
from core.uploads import ContentKind

ID = uuid.UUID("01980000-0000-7000-8000-0000000abcde")
PDF = b"%PDF-1.7\nSecretPaper\n%%EOF\n"


class FixedKeys:
    def __init__(self, ring):
        self.held = ring

    def ring(self):
        return self.held


@pytest.fixture(params=list(Suite))
def store(request, tmp_path):
    return FileStore(tmp_path / "files", Vault(FixedKeys(KeyRing.new(request.param))))


def left_in(store):
    return [path for path in store._folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 5_000_001]
)
def test_a_file_of_any_size_is_read_back(store, size):
    content = os.urandom(size)
    store.write(ID, content)
    assert store.read(ID) == content
    assert store.read(ID, hashlib.sha256(content).hexdigest()) == content
    assert [len(chunk) for chunk in store.chunks(ID)][:-1] == [CHUNK_BYTES] * ((size - 1) // CHUNK_BYTES)


def test_an_upload_is_checked_sealed_and_described(store):
    kept = store.store_upload(ID, PDF)
    assert (kept.file_id, kept.kind, kept.size) == (ID, ContentKind.PDF, len(PDF))
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    path = store.path_of(ID)
    assert path.relative_to(store._folder).as_posix() == f"de/bc/{ID}"
    assert b"SecretPaper" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(store.file_ids()) == [ID]
    assert left_in(store) == [path]


def test_a_renamed_program_leaves_nothing_behind(store):
    with pytest.raises(Invalid, match="不是照片"):
        store.store_upload(ID, b"MZ" + bytes(500))
    assert left_in(store) == []


def test_the_same_content_never_looks_the_same_on_disk(store):
    store.write(ID, PDF)
    store.write(uuid.UUID(int=7), PDF)
    first, second = (store.path_of(file_id).read_bytes() for file_id in (ID, uuid.UUID(int=7)))
    assert first[7:] != second[7:]


def test_a_stored_file_is_never_overwritten(store):
    store.write(ID, b"first")
    with pytest.raises(FileExistsError):
        store.write(ID, b"second")
    assert store.read(ID) == b"first"


def test_a_file_put_in_the_place_of_another_does_not_open(store):
    other = uuid.UUID(int=9)
    store.write(ID, PDF)
    store.write(other, b"%PDF- another")
    store.path_of(other).write_bytes(store.path_of(ID).read_bytes())
    with pytest.raises(SealBroken, match="编号"):
        store.read(other)


@settings(max_examples=80)
@given(data=st.data())
def test_a_changed_bit_or_a_cut_is_noticed(tmp_path_factory, data):
    store = FileStore(tmp_path_factory.mktemp("files"), Vault(FixedKeys(KeyRing.new())))
    store.write(ID, PDF)
    path = store.path_of(ID)
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    path.write_bytes(content)
    with pytest.raises((SealBroken, KeysUnavailable)):
        store.read(ID)


@pytest.mark.parametrize("change", ["drop", "swap", "double", "append"])
def test_chunks_cannot_be_dropped_swapped_doubled_or_added(store, change):
    store.write(ID, os.urandom(3 * CHUNK_BYTES))
    path = store.path_of(ID)
    content = path.read_bytes()
    step = CHUNK_BYTES + 16
    head, chunks, end = (
        content[:23],
        [content[23 + n * step : 23 + (n + 1) * step] for n in range(3)],
        content[-56:],
    )
    changed = {
        "drop": chunks[:2],
        "swap": [chunks[1], chunks[0], chunks[2]],
        "double": [*chunks, chunks[2]],
        "append": [*chunks, b"more"],
    }[change]
    path.write_bytes(head + b"".join(changed) + end)
    with pytest.raises(SealBroken):
        store.read(ID)


def test_the_row_and_the_file_must_tell_the_same_hash(store):
    store.write(ID, PDF)
    with pytest.raises(SealBroken):
        store.read(ID, hashlib.sha256(b"another").hexdigest())


def test_a_missing_file_is_not_found_and_deleting_it_twice_is_no_fault(store):
    with pytest.raises(NotFound):
        store.read(ID)
    with pytest.raises(NotFound):
        store.reseal(ID)
    store.write(ID, PDF)
    assert store.delete(ID) is True
    assert store.delete(ID) is False
    with pytest.raises(NotFound):
        store.read(ID)


# --- faults of the disk -------------------------------------------------------------------------------------------


def test_a_disk_that_takes_only_half_the_file_keeps_none_of_it(store):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (CHUNK_BYTES, before[1]))
    try:
        with pytest.raises(StorageFailed, match="磁盘满了") as caught:
            store.write(ID, os.urandom(3 * CHUNK_BYTES))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.status == 507
    assert left_in(store) == []
    store.write(ID, PDF)
    assert store.read(ID) == PDF


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ENOSPC, "磁盘满了"),
        (errno.EDQUOT, "磁盘满了"),
        (errno.EIO, "保存不了"),
        (errno.EROFS, "保存不了"),
    ],
)
def test_a_fault_at_the_last_moment_keeps_nothing(store, monkeypatch, number, word):
    def fail(_descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(encrypted_files.os, "fsync", fail)
    with pytest.raises(StorageFailed, match=word):
        store.write(ID, PDF)
    assert left_in(store) == []


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    (tmp_path / "files").write_text("a file where the folder should be")
    store = FileStore(tmp_path / "files", Vault(FixedKeys(KeyRing.new())))
    with pytest.raises(StorageFailed, match="保存不了"):
        store.write(ID, PDF)


def test_a_fault_while_resealing_keeps_the_old_file(tmp_path, monkeypatch):
    provider = FileKeys(tmp_path / "keys.json")
    vault = Vault(provider)
    store = FileStore(tmp_path / "files", vault)
    store.write(ID, PDF)
    provider.add_data_key(Suite.SM4_GCM)
    vault.refresh()
    with monkeypatch.context() as patch:
        patch.setattr(
            encrypted_files.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full"))
        )
        with pytest.raises(StorageFailed):
            store.reseal(ID)
    assert store.read(ID) == PDF
    assert left_in(store) == [store.path_of(ID)]


def test_halves_left_by_a_power_cut_are_swept_but_not_the_newest(store):
    store.write(ID, PDF)
    half = store.path_of(ID).with_name("x.half")
    half.write_bytes(b"half")
    now = datetime.now(UTC)
    assert store.sweep_halves(now - timedelta(hours=1)) == 0
    assert list(store.file_ids()) == [ID]
    assert store.sweep_halves(now + timedelta(hours=1)) == 1
    assert left_in(store) == [store.path_of(ID)]


# --- rotation -----------------------------------------------------------------------------------------------------


def test_a_rotation_seals_files_anew_once_and_the_old_key_may_go(tmp_path):
    provider = FileKeys(tmp_path / "keys.json")
    vault = Vault(provider)
    store = FileStore(tmp_path / "files", vault)
    content = os.urandom(2 * CHUNK_BYTES + 5)
    store.write(ID, content)
    assert store.reseal(ID) is False
    provider.add_data_key(Suite.SM4_GCM)
    vault.refresh()
    assert store.read(ID) == content
    assert store.reseal(ID) is True
    assert store.reseal(ID) is False
    provider.remove(data=1)
    vault.refresh()
    assert store.read(ID) == content
