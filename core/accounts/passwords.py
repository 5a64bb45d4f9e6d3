"""Hashes, checks and judges passwords: Argon2id in PHC form, and what GB/T 22239-2019 8.1.4.1 asks of a new one."""

from __future__ import annotations

import os
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.accounts.policy import POLICY
from core.errors import Invalid
from core.translations import N_

# OWASP Password Storage Cheat Sheet, Argon2id, first setting: 46 MiB, one pass, one lane; 75 ms on a plain core
_MEMORY_KIB = 47_104
_PASSES = 1
_LANES = 1
# no 0/O, 1/l/I: a one-time password is read from paper or over the phone
_READABLE = "abcdefghjkmnpqrstuvwxyz"
_READABLE_DIGITS = "23456789"
_MOST = 200


def _bytes(password: str) -> bytes:
    # the same characters may come decomposed from another keyboard
    return unicodedata.normalize("NFC", password[: _MOST * 2]).encode()


def hash_password(password: str) -> str:
    """Argon2id PHC text; the same text never twice, its salt is random."""
    argon = Argon2id(
        salt=os.urandom(16), length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB
    )
    return argon.derive_phc_encoded(_bytes(password))


def is_password(password: str, hashed: str) -> bool:
    """Whether `password` is the one hashed; takes the same time whatever the answer."""
    try:
        Argon2id.verify_phc_encoded(_bytes(password), hashed)
    except InvalidKey:
        return False
    return True


def make_password() -> str:
    """A one-time password of 4 × 4 characters, easy to read aloud: `kfrm-7c2p-…`; about 75 bits."""
    groups = []
    for _ in range(4):
        letters = [secrets.choice(_READABLE) for _ in range(3)] + [secrets.choice(_READABLE_DIGITS)]
        secrets.SystemRandom().shuffle(letters)
        groups.append("".join(letters))
    return "-".join(groups)


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """One thing asked of a new password, in the words told before it is typed and again when it is not kept.

    `kept(password, names)`: whether it is; `names` are the user name and the full name. None where only the history knows.
    """

    words: str
    values: Mapping[str, int] = field(default_factory=dict)
    kept: Callable[[str, tuple[str, ...]], bool] | None = None

    def refusal(self) -> Invalid:
        """What to tell whoever chose another."""
        return Invalid(self.words, field="new_password", **self.values)


def _strong(password: str, _names: tuple[str, ...]) -> bool:
    lengthy = len(password) >= POLICY.password_length
    return lengthy or (
        len(password) >= POLICY.password_length_mixed and kinds_in(password) >= POLICY.password_kinds
    )


def _nameless(password: str, names: tuple[str, ...]) -> bool:
    return not any(name and name.casefold() in password.casefold() for name in names)


NOT_USED_LATELY = PasswordRule(N_("最近 {count} 次用过的密码不能再用"), {"count": POLICY.password_history})
PASSWORD_RULES = (
    PasswordRule(
        N_(
            "密码请用 {long} 个以上字符；或者 {short} 个以上字符，"
            "并且大写字母、小写字母、数字、符号里至少有 {kinds} 种"
        ),
        {
            "long": POLICY.password_length,
            "short": POLICY.password_length_mixed,
            "kinds": POLICY.password_kinds,
        },
        _strong,
    ),
    PasswordRule(N_("密码里不要有用户名或姓名"), kept=_nameless),
    PasswordRule(
        N_("密码里至少要有 {distinct} 个不同的字符"),
        {"distinct": POLICY.password_distinct},
        lambda password, _: len(set(password)) >= POLICY.password_distinct,
    ),
    PasswordRule(N_("密码不超过 {most} 个字符"), {"most": _MOST}, lambda password, _: len(password) <= _MOST),
    NOT_USED_LATELY,
)


def check_new_password(password: str, *, username: str = "", full_name: str = "") -> None:
    """Raise Invalid (field `new_password`) with the first rule that is not kept; the history is its keeper's to check."""
    for rule in PASSWORD_RULES:
        if rule.kept is not None and not rule.kept(password, (username, full_name)):
            raise rule.refusal()


def kinds_in(password: str) -> int:
    """How many of the four kinds it has: capital letters, small letters, digits, anything else."""
    return sum(
        (
            any(char.isupper() for char in password),
            any(char.islower() for char in password),
            any(char.isdigit() for char in password),
            any(not char.isalnum() or (char.isalpha() and not char.isascii()) for char in password),
        )
    )


# checked where an account does not exist, so that the answer takes as long as where it does
NOBODYS_HASH = hash_password(secrets.token_urlsafe(32))
