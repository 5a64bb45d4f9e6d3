"""What sealing a field costs beside a bare cached AES-GCM call on the same text, measured in pairs in one run."""

from __future__ import annotations

import os
from collections.abc import Callable
from statistics import median
from time import perf_counter_ns
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.encryption import KeyRing, Place, Suite, Vault
from tests.benchmarks.figures import Figure

PAIRS = 41
CALLS = 600
LIMIT = 1.2
ROW = UUID(int=0x0198_0000_0000_7000_8000_0000_0000_0001)
FIELDS = {
    "id_number": "520399199001011234",
    "mobile": "19900001234",
    "address": "贵州省遵义市湄潭县永兴镇茅坝村三组12号",
    "bank_account": "6228480000000000003",
    "name": "阿依古丽·买买提",
    "disability_certificate": "52039919900101123443",
}


class FixedKeys:
    """A provider that never touches a disk."""

    def __init__(self, suite: Suite) -> None:
        self._ring = KeyRing.new(suite)

    def ring(self) -> KeyRing:
        return self._ring


def bare_calls() -> Callable[[], object]:
    """The least that seals six fields: cipher kept, place known as bytes, one random nonce a field."""
    encrypt = AESGCM(os.urandom(32)).encrypt
    prepared = [(text, f"{column}\x1fpeople\x1f{ROW.hex}".encode()) for column, text in FIELDS.items()]

    def run_bare() -> list[bytes]:
        sealed = []
        for text, bound in prepared:
            nonce = os.urandom(12)
            sealed.append(nonce + encrypt(nonce, text.encode(), bound))
        return sealed

    return run_bare


def paired_ratio(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """Median over pairs of ours ÷ peer, and the peer's nanoseconds per field. Neighbours in time share the noise."""
    ratios, costs = [], []
    for pair in range(PAIRS):
        # the order alternates, so that neither side always runs on the warmer cache
        first, second = (ours, peer) if pair % 2 else (peer, ours)
        times = {first: spent(first), second: spent(second)}
        ratios.append(times[ours] / times[peer])
        costs.append(times[peer] / CALLS / len(FIELDS))
    return median(ratios), median(costs)


def spent(work: Callable[[], object]) -> int:
    begin = perf_counter_ns()
    for _ in range(CALLS):
        work()
    return perf_counter_ns() - begin


def run() -> list[Figure]:
    """Ratios of a whole row (what a submission does), of single calls, of reading, and of SM4-GCM for comparison."""
    vault = Vault(FixedKeys(Suite.AES_256_GCM))
    chinese = Vault(FixedKeys(Suite.SM4_GCM))
    places = {column: Place("people", column, ROW.hex) for column in FIELDS}
    blobs = vault.seal_row("people", ROW, FIELDS)
    peer = bare_calls()
    by_row, bare_ns = paired_ratio(lambda: vault.seal_row("people", ROW, FIELDS), peer)
    one_by_one, _ = paired_ratio(lambda: [vault.seal(places[c], text) for c, text in FIELDS.items()], peer)
    reading, _ = paired_ratio(lambda: [vault.unseal(places[c], blob) for c, blob in blobs.items()], peer)
    sm4, _ = paired_ratio(lambda: chinese.seal_row("people", ROW, FIELDS), peer)
    detail = (
        f"bare {bare_ns:.0f} ns a field; single seal {one_by_one:.2f}, unseal {reading:.2f}, "
        f"SM4-GCM {sm4:.2f} × the same"
    )
    return [
        Figure(
            "encryption per field, a row at a time",
            by_row,
            "× bare AES-GCM",
            f"≤ {LIMIT}",
            by_row <= LIMIT,
            detail,
        )
    ]


if __name__ == "__main__":
    for figure in run():
        print(figure)
