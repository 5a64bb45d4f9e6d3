"""The two cipher suites and the two keyed hashes, each behind one small shape."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
TAG_BYTES = 16
_BLOCK_BYTES = 64  # of SHA-256 and of SM3


class Suite(StrEnum):
    """How a data key seals; fixed for the life of the key."""

    AES_256_GCM = "aes-256-gcm"
    SM4_GCM = "sm4-gcm"

    @property
    def key_bytes(self) -> int:
        return 32 if self is Suite.AES_256_GCM else 16

    @property
    def version_byte(self) -> int:
        """First byte of a blob. F8 to FF never begin UTF-8 text, so clear text is never taken for a blob."""
        return 0xF8 if self is Suite.AES_256_GCM else 0xF9


class IndexHash(StrEnum):
    """How an index key turns a value into its index; independent of the suite that seals."""

    HMAC_SHA256 = "hmac-sha256"
    HMAC_SM3 = "hmac-sm3"


class Aead(Protocol):
    """Authenticated encryption with one key; a nonce is 12 bytes and never used twice."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...


class Sm4Gcm:
    """SM4-GCM (GB/T 32907) in the shape of AESGCM: the tag follows the sealed text."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        """Raises cryptography's InvalidTag when anything was altered."""
        tag = data[-TAG_BYTES:]
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


def make_cipher(suite: Suite, secret: bytes) -> Aead:
    """A cipher object; making one costs more than using it, so keep it."""
    return AESGCM(secret) if suite is Suite.AES_256_GCM else Sm4Gcm(secret)


def derive_key(suite: Suite, secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """A key of its own for one purpose (a file), so that its nonces may simply count."""
    algorithm = hashes.SHA256() if suite is Suite.AES_256_GCM else hashes.SM3()
    return HKDF(algorithm=algorithm, length=suite.key_bytes, salt=salt, info=purpose).derive(secret)


class _HashState(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def copy(self) -> _HashState: ...

    def digest(self) -> bytes: ...


class _Sm3:
    """SM3 in the shape of hashlib: an OpenSSL built without it would leave hashlib lacking."""

    def __init__(self, state: hashes.Hash | None = None) -> None:
        self._state = state or hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._state.update(data)

    def copy(self) -> _Sm3:
        return _Sm3(self._state.copy())

    def digest(self) -> bytes:
        return self._state.finalize()


def make_keyed_hash(algorithm: IndexHash, secret: bytes, prefix: bytes) -> Callable[[bytes], bytes]:
    """HMAC of `prefix` + message with a key of at most 64 bytes, as a function of the message.

    Both pads are hashed once here: `hmac.digest` would do it for every value, twice the cost under OpenSSL 3.
    """
    padded = secret.ljust(_BLOCK_BYTES, b"\0")
    inner = _new_state(algorithm, bytes(byte ^ 0x36 for byte in padded) + prefix)
    outer = _new_state(algorithm, bytes(byte ^ 0x5C for byte in padded))

    def digest(message: bytes) -> bytes:
        first = inner.copy()
        first.update(message)
        second = outer.copy()
        second.update(first.digest())
        return second.digest()

    return digest


def _new_state(algorithm: IndexHash, beginning: bytes) -> _HashState:
    state: _HashState = hashlib.sha256() if algorithm is IndexHash.HMAC_SHA256 else _Sm3()
    state.update(beginning)
    return state
