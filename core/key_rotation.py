"""What a key rotation does to one value; the job walks the rows (every column of `encrypted_columns`)."""

from __future__ import annotations

from core.encryption import Place, Vault


def reseal(vault: Vault, place: Place, blob: bytes) -> bytes | None:
    """The blob sealed anew with the current key, or None when it already is: safe to repeat after a crash.

    Raises SealBroken for an altered or moved blob and KeysUnavailable for a lost key, as `Vault.unseal` does.
    """
    if vault.is_current(blob):
        return None
    return vault.seal(place, vault.unseal(place, blob))


def reindex(vault: Vault, kind: str, value: str, index: bytes | None) -> bytes | None:
    """The index of `value` under the current index key, or None when `index` already is that."""
    if index and vault.index_is_current(index):
        return None
    return vault.index(kind, value)
