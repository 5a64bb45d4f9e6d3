"""Seals what nobody may read from a stolen database: fields, JSON answers and files; finds equals by a keyed index."""

from core.encryption.ciphers import IndexHash, Suite
from core.encryption.columns import EncryptedText, encrypted_columns, is_sealed
from core.encryption.keys import (
    DataKey,
    EnvironmentKeys,
    FileKeys,
    IndexKey,
    KeyProvider,
    KeyRing,
    KeysUnavailable,
    key_provider,
)
from core.encryption.vault import Place, SealBroken, Vault, place_of

__all__ = [
    "DataKey",
    "EncryptedText",
    "EnvironmentKeys",
    "FileKeys",
    "IndexHash",
    "IndexKey",
    "KeyProvider",
    "KeyRing",
    "KeysUnavailable",
    "Place",
    "SealBroken",
    "Suite",
    "Vault",
    "encrypted_columns",
    "is_sealed",
    "key_provider",
    "place_of",
]
