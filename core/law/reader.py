"""Reads the law of one day in one place, and keeps every value read for the decision that used it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Final

from core.errors import Blocked
from core.law.parameters import Area, LawFault, Reading, Unit
from core.translations import N_

RATE: Final = 10_000  # a rate counts ten-thousandths, so that rules stay in whole numbers


class MonthBefore(Enum):
    """Asks for the value in force on the last day of the month before (核查日上月)."""

    YES = "month_before"


Place = tuple[date, tuple[str, ...]]
Asked = tuple[str, Area | None, MonthBefore | None]
Resolve = Callable[[Asked, Place], Reading]


class Law:
    """The law of one day in one place. Every value read is kept in `readings`, for the decision to store.

    Money is yearly fen. A value with no row in force raises Blocked, naming it. `where` false reads nothing and gives
    0: a rate nobody in the household needs blocks no one.
    """

    __slots__ = ("_known", "_place", "_resolve", "declares", "readings")

    def __init__(
        self, place: Place, known: dict[Asked, Reading], resolve: Resolve, declares: Callable[[str], bool]
    ) -> None:
        self._place = place
        self._known = known
        self._resolve = resolve
        self.declares = declares
        self.readings: dict[Asked, Reading] = {}

    @property
    def date(self) -> date:
        return self._place[0]

    @property
    def region(self) -> str:
        return self._place[1][0]

    def fen(
        self, key: str, area: Area | None = None, where: bool = True, at: MonthBefore | None = None
    ) -> int:
        """Yearly fen: a monthly value × 12; a one-off amount (unit fen) as it stands."""
        if not where:
            return 0
        reading = self.read(key, area, at)
        if not reading.unit.is_money:
            raise TypeError(f"{key} is no money: {reading.unit}")
        return int(reading.value) * (12 if reading.unit is Unit.FEN_PER_MONTH else 1)

    def number(self, key: str, area: Area | None = None, where: bool = True) -> int:
        """A count, a grade, an age, a number of months."""
        return int(self.read(key, area).value) if where else 0

    def days(self, key: str) -> int:
        """A number of days or working days; the reading's unit tells which."""
        return int(self.read(key).value)

    def ratio(self, key: str) -> tuple[int, int]:
        """An exact pair of integers, numerator and denominator: compare by multiplying."""
        value = self.read(key).value
        if isinstance(value, str):
            raise TypeError(f"{key} is a text")
        return value.numerator, value.denominator

    def rate(self, key: str, where: bool = True) -> int:
        """A ratio in ten-thousandths (`RATE`), 3000 for 30 %. Raises LawFault when that is not exact."""
        if not where:
            return 0
        top, bottom = self.ratio(key)
        parts, rest = divmod(top * RATE, bottom)
        if rest:
            raise LawFault(N_("参数 {key} 不能精确到万分之一。"), key=key)
        return parts

    def yes(self, key: str, where: bool = True) -> bool:
        """A yes or a no; no where it does not matter."""
        return bool(where and self.read(key).value)

    def text(self, key: str) -> str:
        """A wording."""
        return str(self.read(key).value)

    def has(self, key: str, area: Area | None = None) -> bool:
        """Whether a value is in force here today; reading it then does not block. Nothing is kept of the question."""
        if not self.declares(key):
            return False
        try:
            self._resolve((key, area, None), self._place)
        except Blocked:
            return False
        return True

    def last_reading(self, key: str) -> Reading | None:
        """The latest reading of a key, of whatever area; nothing when it was not read."""
        return next((self.readings[asked] for asked in reversed(self.readings) if asked[0] == key), None)

    def read(self, key: str, area: Area | None = None, at: MonthBefore | None = None) -> Reading:
        """The value with its document; kept in `readings`. Raises Blocked when none is in force."""
        asked = (key, area, at)
        reading = self.readings.get(asked)
        if reading is None:
            reading = self._known.get(asked)
            if reading is None:
                reading = self._known[asked] = self._resolve(asked, self._place)
            self.readings[asked] = reading
        return reading
