"""Keeps photos and scans sealed on disk: in chunks, bound to the file's id, whole or not at all.

A file is a head (mark, version byte, key id, salt), sealed chunks of one mebibyte, and a sealed end that states size
and hash. Its key is derived from the data key, the salt and the id, so the nonces of the chunks simply count.
"""

from __future__ import annotations

import errno
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from core.encryption import SealBroken, Vault
from core.encryption.ciphers import NONCE_BYTES, TAG_BYTES, Aead
from core.encryption.columns import HEADER_BYTES
from core.errors import NotFound, Problem
from core.translations import N_
from core.uploads import DEFAULT_LIMIT, DEFAULT_LONGEST_SIDE, PAPERS, ContentKind, prepare_upload

CHUNK_BYTES = 1024 * 1024
_MARK = b"DDF1"
_SALT_BYTES = 16
_HEAD_BYTES = len(_MARK) + HEADER_BYTES + _SALT_BYTES
_END_BYTES = 8 + 32 + TAG_BYTES  # size, SHA-256, tag
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageFailed(Problem):
    """The disk did not take the file; nothing of it is kept, and what was there before still is."""

    status = 507


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a row keeps of a stored file: `size` in bytes and `sha256` (hex) of the content as stored."""

    file_id: uuid.UUID
    kind: ContentKind
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None


class FileStore:
    """The sealed files under one folder, `aa/bb/<uuid>` by the last bytes of the id (the first are its time)."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def store_upload(
        self,
        file_id: uuid.UUID,
        content: bytes,
        *,
        accept: frozenset[ContentKind] = PAPERS,
        limit: int = DEFAULT_LIMIT,
        longest_side: int = DEFAULT_LONGEST_SIDE,
    ) -> StoredFile:
        """Check, clean and shrink an upload (core/uploads.py), then keep it sealed. On disk when this returns.

        Raises Invalid for a file that may not be stored, StorageFailed when the disk refuses.
        """
        upload = prepare_upload(content, accept=accept, limit=limit, longest_side=longest_side)
        self.write(file_id, upload.content)
        return StoredFile(
            file_id,
            upload.kind,
            len(upload.content),
            hashlib.sha256(upload.content).hexdigest(),
            upload.width,
            upload.height,
            upload.taken_at,
        )

    def write(self, file_id: uuid.UUID, content: bytes) -> None:
        """Seal bytes of our own making (a letter, an export) under a new id. Raises StorageFailed.

        An id that is already stored raises FileExistsError: a stored file never changes.
        """
        if self.path_of(file_id).exists():
            msg = f"file {file_id} is already stored"
            raise FileExistsError(msg)
        self._write(file_id, content)

    def read(self, file_id: uuid.UUID, sha256: str | None = None) -> bytes:
        """The whole content, checked to its end, and against the hash its row keeps when given.

        Raises NotFound, SealBroken (altered, cut short, another's file), KeysUnavailable.
        """
        content = b"".join(self.chunks(file_id))
        if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
            raise _broken(file_id)
        return content

    def chunks(self, file_id: uuid.UUID) -> Iterator[bytes]:
        """The content piece by piece, each checked before it is given; raises as `read` does, perhaps only at the end."""
        try:
            with self.path_of(file_id).open("rb") as file:
                yield from self._unsealed(file_id, file)
        except FileNotFoundError:
            raise NotFound(N_("这个文件不在了")) from None

    def delete(self, file_id: uuid.UUID) -> bool:
        """Remove a file (retention, an upload that was not kept); False if it was not there."""
        try:
            self.path_of(file_id).unlink()
        except FileNotFoundError:
            return False
        return True

    def reseal(self, file_id: uuid.UUID) -> bool:
        """Seal a file anew with the current key; False when it already is. Safe to repeat after a crash."""
        try:
            with self.path_of(file_id).open("rb") as file:
                head = file.read(_HEAD_BYTES)
        except FileNotFoundError:
            raise NotFound(N_("这个文件不在了")) from None
        if head[len(_MARK) : len(_MARK) + HEADER_BYTES] == self._vault.current_header:
            return False
        self._write(file_id, self.read(file_id))
        return True

    def file_ids(self) -> Iterator[uuid.UUID]:
        """Every stored file, for rotation and for finding files that no row knows."""
        for path in sorted(self._folder.glob("??/??/*")):
            with suppress(ValueError):
                yield uuid.UUID(path.name)

    def written_before(self, moment: datetime) -> Iterator[uuid.UUID]:
        """The stored files that were last sealed before that moment."""
        return (each for each in self.file_ids() if self.path_of(each).stat().st_mtime < moment.timestamp())

    def sweep_halves(self, before: datetime) -> int:
        """Remove what a power cut left half written before that moment; how many."""
        halves = [
            path for path in self._folder.glob("??/??/*.half") if path.stat().st_mtime < before.timestamp()
        ]
        for half in halves:
            half.unlink(missing_ok=True)
        return len(halves)

    def path_of(self, file_id: uuid.UUID) -> Path:
        """Where the sealed file lies; nobody but this class and a backup reads it."""
        name = file_id.hex
        return self._folder / name[-2:] / name[-4:-2] / str(file_id)

    # --- sealing ------------------------------------------------------------------------------------------------

    def _write(self, file_id: uuid.UUID, content: bytes) -> None:
        path = self.path_of(file_id)
        half = path.with_name(f"{path.name}.{os.urandom(4).hex()}.half")
        try:
            self._make_folder(path.parent)
            try:
                with open(half, "xb", opener=_for_owner_only) as file:
                    file.writelines(self._sealed(file_id, content))
                    file.flush()
                    os.fsync(file.fileno())
                half.replace(path)
            finally:
                half.unlink(missing_ok=True)
            _sync_folder(path.parent)
        except OSError as fault:
            raise _refused(fault) from fault

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # a new folder is safe from a power cut only when the one above it is on disk too
        _sync_folder(folder.parent)
        _sync_folder(self._folder)

    def _sealed(self, file_id: uuid.UUID, content: bytes) -> Iterator[bytes]:
        header = self._vault.current_header
        head = _MARK + header + os.urandom(_SALT_BYTES)
        cipher = self._cipher(head, file_id)
        yield head
        number = 0
        for start in range(0, len(content), CHUNK_BYTES):
            yield cipher.encrypt(_nonce(number, last=False), content[start : start + CHUNK_BYTES], head)
            number += 1
        end = len(content).to_bytes(8) + hashlib.sha256(content).digest()
        yield cipher.encrypt(_nonce(number, last=True), end, head)

    def _unsealed(self, file_id: uuid.UUID, file: BinaryIO) -> Iterator[bytes]:
        head = file.read(_HEAD_BYTES)
        rest = os.fstat(file.fileno()).st_size - _HEAD_BYTES - _END_BYTES
        if len(head) < _HEAD_BYTES or not head.startswith(_MARK) or rest < 0:
            raise _broken(file_id)
        cipher = self._cipher(head, file_id)
        seen, size, number = hashlib.sha256(), 0, 0
        try:
            while rest > 0:
                sealed = file.read(min(rest, CHUNK_BYTES + TAG_BYTES))
                rest -= len(sealed)
                chunk = cipher.decrypt(_nonce(number, last=False), sealed, head)
                seen.update(chunk)
                size += len(chunk)
                number += 1
                yield chunk
            end = cipher.decrypt(_nonce(number, last=True), file.read(_END_BYTES), head)
        except (InvalidTag, ValueError):
            raise _broken(file_id) from None
        if end != size.to_bytes(8) + seen.digest():
            raise _broken(file_id)

    def _cipher(self, head: bytes, file_id: uuid.UUID) -> Aead:
        header = head[len(_MARK) : len(_MARK) + HEADER_BYTES]
        return self._vault.file_cipher(header, head[-_SALT_BYTES:], b"file\x1f" + file_id.bytes)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1) + (b"\1" if last else b"\0")


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(fault: OSError) -> StorageFailed:
    if fault.errno in _FULL:
        return StorageFailed(
            N_("存放文件的磁盘满了，这个文件没有保存；已填写的内容还在。请稍后再传，或联系系统管理员")
        )
    return StorageFailed(
        N_("文件暂时保存不了（{reason}）；已填写的内容还在。请稍后再传，或联系系统管理员"),
        reason=os.strerror(fault.errno or errno.EIO),
    )


def _broken(file_id: uuid.UUID) -> SealBroken:
    return SealBroken(
        N_("这个加密文件打不开（编号 {file}）：它被改动过、不完整，或不在原来的位置。请联系系统管理员"),
        file=file_id,
    )
