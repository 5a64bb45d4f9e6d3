"""Where keys come from: a file only its owner can read, the environment, or a provider that a plugin brings."""

from __future__ import annotations

import base64
import binascii
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from core.encryption.ciphers import IndexHash, Suite
from core.errors import Problem
from core.translations import N_

_INDEX_KEY_BYTES = 32
_MOST_DATA_KEYS = 0xFFFF  # a key id takes two bytes of a blob
_MOST_INDEX_KEYS = 0xFF  # and one byte of an index


class KeysUnavailable(Problem):
    """No usable keys: nothing sealed can be read or written until someone acts."""

    status = 500


@dataclass(frozen=True, slots=True)
class DataKey:
    suite: Suite
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class IndexKey:
    algorithm: IndexHash
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys by id; new values are sealed with `current` and indexed with `current_index`."""

    data: Mapping[int, DataKey]
    current: int
    index: Mapping[int, IndexKey]
    current_index: int

    @classmethod
    def new(cls, suite: Suite = Suite.AES_256_GCM, algorithm: IndexHash = IndexHash.HMAC_SHA256) -> KeyRing:
        """A ring of one fresh data key and one fresh index key."""
        return cls({1: _new_data_key(suite)}, 1, {1: _new_index_key(algorithm)}, 1)

    def with_new_data_key(self, suite: Suite) -> KeyRing:
        """The ring after a fresh data key became current; the old ones stay for reading."""
        key_id = max(self.data) + 1
        if key_id > _MOST_DATA_KEYS:
            raise KeysUnavailable(N_("数据钥匙的编号用完了"))
        return replace(self, data={**self.data, key_id: _new_data_key(suite)}, current=key_id)

    def with_new_index_key(self, algorithm: IndexHash) -> KeyRing:
        """The ring after a fresh index key became current; searches ask for old and new until all rows are redone."""
        key_id = max(self.index) + 1
        if key_id > _MOST_INDEX_KEYS:
            raise KeysUnavailable(N_("索引钥匙的编号用完了"))
        return replace(self, index={**self.index, key_id: _new_index_key(algorithm)}, current_index=key_id)

    def without(self, *, data: int | None = None, index: int | None = None) -> KeyRing:
        """The ring after keys that seal nothing any more are gone. Raises ValueError for a current key."""
        if data == self.current or index == self.current_index:
            msg = "a current key cannot be removed"
            raise ValueError(msg)
        return replace(
            self,
            data={key_id: key for key_id, key in self.data.items() if key_id != data},
            index={key_id: key for key_id, key in self.index.items() if key_id != index},
        )

    def to_json(self) -> str:
        """The form kept in the key file and in `DOUDI_KEYS`. It is the secret itself: never print or log it."""
        content = {
            "format": 1,
            "current": self.current,
            "current_index": self.current_index,
            "data": {
                str(i): {"suite": key.suite, "secret": _to_text(key.secret)} for i, key in self.data.items()
            },
            "index": {
                str(i): {"algorithm": key.algorithm, "secret": _to_text(key.secret)}
                for i, key in self.index.items()
            },
        }
        return json.dumps(content, indent=1)

    @classmethod
    def from_json(cls, text: str) -> KeyRing:
        """Read `to_json`. Raises ValueError, without the text, for anything else."""
        try:
            content: Any = json.loads(text)
            data = {
                int(i): DataKey(Suite(key["suite"]), _from_text(key["secret"]))
                for i, key in content["data"].items()
            }
            index = {
                int(i): IndexKey(IndexHash(key["algorithm"]), _from_text(key["secret"]))
                for i, key in content["index"].items()
            }
            ring = cls(data, int(content["current"]), index, int(content["current_index"]))
            whole = content["format"] == 1 and ring.current in data and ring.current_index in index
        except (KeyError, TypeError, AttributeError, ValueError, binascii.Error):
            whole = False
        if not whole or any(len(key.secret) != key.suite.key_bytes for key in data.values()):
            msg = "not a key ring"
            raise ValueError(msg) from None
        return ring


class KeyProvider(Protocol):
    """Gives the key ring; asked at start, when an unknown key id turns up, and at `Vault.refresh`."""

    def ring(self) -> KeyRing:
        """The keys now in force. Raises KeysUnavailable with a sentence that says what to do."""
        ...


class EnvironmentKeys:
    """Keys in the variable `DOUDI_KEYS` (the text of `KeyRing.to_json`), for containers with a secret store."""

    def __init__(self, environment: Mapping[str, str] | None = None, variable: str = "DOUDI_KEYS") -> None:
        self._environment = os.environ if environment is None else environment
        self._variable = variable

    def ring(self) -> KeyRing:
        text = self._environment.get(self._variable, "")
        if not text:
            raise KeysUnavailable(N_("没有找到加密钥匙：请设置环境变量 {variable}"), variable=self._variable)
        try:
            return KeyRing.from_json(text)
        except ValueError:
            raise KeysUnavailable(
                N_("环境变量 {variable} 里的加密钥匙读不懂；请从备份恢复，不要重新生成"),
                variable=self._variable,
            ) from None


class FileKeys:
    """Keys in one file of mode 0600, made at first use when `create`.

    Pass `create=False` when the database already holds sealed rows: a new key would hide the loss of the old one.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        suite: Suite = Suite.AES_256_GCM,
        algorithm: IndexHash = IndexHash.HMAC_SHA256,
    ) -> None:
        self.path = path
        self._create = create
        self._suite = suite
        self._algorithm = algorithm
        self._read: tuple[tuple[int, int, int], KeyRing] | None = None

    def ring(self) -> KeyRing:
        """The ring in the file; read again only when the file changed (one stat otherwise)."""
        try:
            if self._create and not self.path.exists():
                self._write_first()
            state = self.path.stat()
            mark = (state.st_mtime_ns, state.st_ino, state.st_size)
            if self._read is not None and self._read[0] == mark:
                return self._read[1]
            if state.st_mode & 0o077:
                raise KeysUnavailable(
                    N_("钥匙文件 {path} 别人也能读；请执行 chmod 600 {path} 后再启动"), path=self.path
                )
            ring = KeyRing.from_json(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise KeysUnavailable(
                N_("找不到钥匙文件 {path}：数据库里已有加密资料，请从备份恢复这个文件"), path=self.path
            ) from None
        except OSError as fault:
            raise KeysUnavailable(
                N_("钥匙文件 {path} 打不开（{reason}）；请检查文件夹权限"),
                path=self.path,
                reason=fault.strerror or type(fault).__name__,
            ) from fault
        except ValueError:
            raise KeysUnavailable(
                N_("钥匙文件 {path} 读不懂；请从备份恢复，不要重新生成"), path=self.path
            ) from None
        self._read = (mark, ring)
        return ring

    def add_data_key(self, suite: Suite | None = None) -> KeyRing:
        """A fresh data key becomes current (the first half of a rotation); of the same suite unless told."""
        with self._locked():
            ring = self.ring()
            return self._replace(ring.with_new_data_key(suite or ring.data[ring.current].suite))

    def add_index_key(self, algorithm: IndexHash | None = None) -> KeyRing:
        """A fresh index key becomes current; every index must be computed anew."""
        with self._locked():
            ring = self.ring()
            return self._replace(
                ring.with_new_index_key(algorithm or ring.index[ring.current_index].algorithm)
            )

    def remove(self, *, data: int | None = None, index: int | None = None) -> KeyRing:
        """Forget old keys. Only after every process has refreshed and no blob, index or file names them."""
        with self._locked():
            return self._replace(self.ring().without(data=data, index=index))

    def _write_first(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = self._write_half(KeyRing.new(self._suite, self._algorithm))
        try:
            # link, not rename: of two processes starting at once the second must find the first one's keys
            os.link(half, self.path)
        except FileExistsError:
            return
        finally:
            half.unlink()
        _sync_folder(self.path.parent)

    def _replace(self, ring: KeyRing) -> KeyRing:
        self._write_half(ring).replace(self.path)
        _sync_folder(self.path.parent)
        return self.ring()

    def _write_half(self, ring: KeyRing) -> Path:
        half = self.path.with_name(f"{self.path.name}.{secrets.token_hex(8)}.half")
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(ring.to_json())
            file.flush()
            os.fsync(file.fileno())
        return half

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.path.with_name(f"{self.path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def key_provider(name: str, keys_folder: Path, *, create: bool = True) -> KeyProvider:
    """The built-in provider of that name: `file` (keys.json in `keys_folder`) or `environment`."""
    if name == "file":
        return FileKeys(keys_folder / "keys.json", create=create)
    if name == "environment":
        return EnvironmentKeys()
    raise KeysUnavailable(N_("没有名为 {name} 的钥匙来源；可用 file 或 environment"), name=name)


def _new_data_key(suite: Suite) -> DataKey:
    return DataKey(suite, secrets.token_bytes(suite.key_bytes))


def _new_index_key(algorithm: IndexHash) -> IndexKey:
    return IndexKey(algorithm, secrets.token_bytes(_INDEX_KEY_BYTES))


def _to_text(secret: bytes) -> str:
    return base64.b64encode(secret).decode("ascii")


def _from_text(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
