"""The help a household received over time (救助链), as the chart of its file draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.awards.models import Award
from core.web.formats import money
from core.web.request import today
from core.web.texts import gettext

# how far back the drawing begins: two years, less where all that happened is younger
MOST_BACK, LEAST_BACK, MONTHS_AHEAD = 23, 8, 2
# months a date's words need on either side, of a drawing of twelve
TICK_ROOM = 1.4


@dataclass(frozen=True, slots=True)
class Chain:
    """Help received over time, in months since `first`; `lanes` as the chart wants them."""

    months: int
    ticks: list[tuple[int, str]]
    now: float
    lanes: list[tuple[str, list[tuple[str, float, float, str]]]]
    first: date


def help_chain_of(awards: Sequence[Award], open_case: Any | None, words: dict[str, str]) -> Chain | None:
    """None when nothing was received and nothing is asked for. `words`: public kind by scheme."""
    if not awards and open_case is None:
        return None
    at = today()
    began = [award.starts_on for award in awards]
    began += [open_case.submitted_at.date()] if open_case is not None else []
    back = min(MOST_BACK, max(LEAST_BACK, round(_months(min(began), at)) + 2))
    first, months = _month_before(at, back), back + MONTHS_AHEAD + 1
    lanes: dict[str, list[tuple[str, float, float, str]]] = {}
    for award in awards:
        start = max(0.0, _months(first, award.starts_on))
        end = _months(first, award.ends_on) if award.ends_on else _months(first, at)
        kind = "planned" if award.starts_on > at else "bar"
        end = max(end, start + 1)
        text = gettext("{sum} /月", sum=money(award.monthly_fen))
        lanes.setdefault(words.get(award.scheme, award.scheme), []).append((kind, start, end, text))
    if open_case is not None:
        start = max(0.0, _months(first, open_case.submitted_at.date()))
        name = gettext("{kind}（申请中）", kind=words.get(open_case.scheme, open_case.scheme))
        lanes.setdefault(name, []).append(("pending", start, _months(first, at) + 1, gettext("审核中")))
    ticks = []
    room = TICK_ROOM * months / 12
    for offset in range(0, months, 6 if months > 12 else 3):
        if abs(offset - _months(first, at)) < room or offset > months - room:
            # its words would lie under "today", or run out of the drawing
            continue
        year, month = divmod(first.year * 12 + first.month - 1 + offset, 12)
        ticks.append((offset, gettext("{year}年{month}月", year=year, month=month + 1)))
    return Chain(months, ticks, _months(first, at), list(lanes.items()), first)


def _month_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _months(first: date, day: date) -> float:
    return (day.year - first.year) * 12 + day.month - first.month + (day.day - 1) / 31
