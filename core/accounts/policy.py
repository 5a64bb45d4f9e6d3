"""How strict passwords, lockouts, codes and sessions are; one place, so that an assessment can read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class AccountPolicy:
    """Values usual in assessments of GB/T 22239-2019, 8.1.4.1 (domain 3.3); an installation may be stricter."""

    password_length: int = 12  # with any characters
    password_length_mixed: int = 8  # with three of the four kinds of character
    password_kinds: int = 3
    password_distinct: int = 5  # different characters
    password_history: int = 5
    password_age: timedelta = timedelta(days=90)
    failures_before_lock: int = 5
    lock: timedelta = timedelta(minutes=15)
    staff_idle: timedelta = timedelta(minutes=30)
    resident_idle: timedelta = timedelta(days=7)
    staff_longest: timedelta = timedelta(hours=12)
    resident_longest: timedelta = timedelta(days=30)
    seen_every: timedelta = timedelta(minutes=1)
    code_digits: int = 6
    code_life: timedelta = timedelta(minutes=5)
    code_tries: int = 5
    code_pause: timedelta = timedelta(seconds=60)
    codes_per_hour: int = 5
    codes_per_day: int = 10
    window_sign_in: timedelta = timedelta(hours=1)  # how long a code shows the clerk whose phone it is


POLICY = AccountPolicy()
