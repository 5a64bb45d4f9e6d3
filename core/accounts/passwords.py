"""Hashes, checks and judges passwords: Argon2id in PHC form, and what GB/T 22239-2019 8.1.4.1 asks of a new one."""

from __future__ import annotations

import os
import secrets
import unicodedata

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.accounts.policy import POLICY
from core.errors import Invalid
from core.translations import N_

# first recommendation of RFC 9106 that suits a shared server: 46 MiB, one pass, one lane; 75 ms on a plain core
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


def check_new_password(password: str, *, username: str, full_name: str = "") -> None:
    """Raise Invalid (field `new_password`) with the one thing to change, if the password is too weak."""
    lengthy = len(password) >= POLICY.password_length
    mixed = len(password) >= POLICY.password_length_mixed and kinds_in(password) >= POLICY.password_kinds
    if len(password) > _MOST:
        raise Invalid(N_("密码太长了，请不超过 {most} 个字符"), field="new_password", most=_MOST)
    if not (lengthy or mixed):
        raise Invalid(
            N_(
                "密码请用 {long} 个以上字符；或者 {short} 个以上字符，"
                "并且大写字母、小写字母、数字、符号里至少有 {kinds} 种"
            ),
            field="new_password",
            long=POLICY.password_length,
            short=POLICY.password_length_mixed,
            kinds=POLICY.password_kinds,
        )
    lowered = password.casefold()
    if username.casefold() in lowered or (full_name and full_name.casefold() in lowered):
        raise Invalid(N_("密码里不要有用户名或姓名"), field="new_password")
    if len(set(password)) < 5:
        raise Invalid(N_("密码里重复的字符太多，容易被猜到；请换一个"), field="new_password")


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
