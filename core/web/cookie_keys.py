"""The keys that sign session cookies, drawn from the key ring, so that every web process of a site has the same."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.encryption import KeyRing

PURPOSE = b"doudi signed session cookie"


def cookie_keys(ring: KeyRing) -> list[str]:
    """The key to sign with, then those of older index keys, so that a rotation signs nobody out."""
    newest_first = sorted(ring.index, key=lambda number: (number == ring.current_index, number), reverse=True)
    return [_drawn(ring.index[number].secret) for number in newest_first]


def _drawn(secret: bytes) -> str:
    return HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret).hex()
