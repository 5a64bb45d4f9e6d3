"""Finds personal data in text that is about to be seen by others: on a notice, in an exported file, in a letter.

Numbers are found however they were typed; what only looks like one (region codes, dates, amounts, document and case
numbers, timestamps, UUIDs) is left alone. A finding holds the masked value, never the value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from core.contact_numbers import is_card_number, is_organisation_code
from core.identity_numbers import birth_date_in, check_character, is_issuer
from core.masking import Kind, mask

_GAP = "[ \\-\u200b]{0,3}"  # what may stand between two digits of one number, after folding
_RUN = re.compile(f"[0-9](?:{_GAP}[0-9])*(?:{_GAP}[Xx])?")
_GROUP = re.compile(r"[0-9]+")
_CERTIFICATE_TAIL = re.compile(r"[1-7][1-4](?:[Bb][0-9]{1,2})?(?![0-9])")
_SPACED_CERTIFICATE_TAIL = re.compile(r"[ \-]?[1-7][ \-]?[1-4](?:[ \-]?[Bb][0-9]{1,2})?(?![0-9])")
_MOBILE = re.compile(
    # +86 or a short word of letters may stand before it; a letter right after it means a hash or a code
    r"(?<![0-9A-Za-z])(?<![0-9]\.)(?:\+86[ \-]?|0086[ \-]?|86[ \-]?|[A-Za-z]{1,8})?"
    r"(?P<number>1[3-9][0-9]{9}|1[3-9][0-9][ \-\u200b]{1,3}[0-9]{4}[ \-\u200b]{1,3}[0-9]{4}"
    # other groupings by dashes only: with blanks they are a row of amounts
    r"|1[3-9][0-9]-[0-9]{3}-[0-9]{5}|1[3-9][0-9]{2}-[0-9]{3}-[0-9]{4}|1[3-9][0-9]{5}-[0-9]{4}"
    r"|1[3-9][0-9][ \-]{1,3}[0-9]{8}"
    r"|1[ \-\u200b]{1,3}[3-9](?:[ \-\u200b]{1,3}[0-9]){9})"
    r"(?![0-9A-Za-z]|\.[0-9]{1,2}(?![0-9])| ?[元万亿])"
)
_FIXED = re.compile(
    r"(?<![0-9A-Za-z.])(?<![0-9]-)(?:"
    r"\(?(?:010|02[0-57-9]|0[3-9][0-9]{2})\)?"
    r"|(?:\+86|0086)[ \-]?\(?0?(?:10|2[0-57-9]|[3-9][0-9]{2})\)?)"
    r"[ \-\u200b]{0,3}(?:[2-8][0-9]{2,3}[ \-]?[0-9]{4}|[2-8][0-9]{6,7}|0055[ \-]?[0-9]{3,4})"
    r"(?![0-9A-Za-z]|\.[0-9])"
)
_UUID_OR_HASH = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{24,})(?![0-9A-Za-z])"
)
_UNBROKEN_CARD = re.compile(r"(?:[34569]|81)[0-9]{15,18}")
_PARTS = frozenset({3, 6, 10, 12, 14, 17})  # region, birth date, order, check digit
_MIDDLE_DOTS = frozenset("·•・･‧∙⋅")


@dataclass(frozen=True, slots=True)
class Leak:
    """Personal data between `start` and `end` of the scanned text, shown as `masked`."""

    kind: Kind
    start: int
    end: int
    masked: str


@dataclass(frozen=True, slots=True)
class FileLeak:
    """A leak and where it lies: `第 3 行`, `名单!B7`, `正文第 2 段`."""

    kind: Kind
    place: str
    masked: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that a reader sees together; `first_line` counts lines in it when `place` holds {line}."""

    place: str
    text: str
    first_line: int = 1

    def place_at(self, offset: int) -> str:
        return self.place.format(line=self.first_line + self.text.count("\n", 0, offset))


def scan_text(
    text: str, *, allow: Collection[str] = (), forbidden: Collection[str] = frozenset()
) -> list[Leak]:
    """Every leak in reading order.

    `allow`: values that may stand there (the office phone, the whitelisted name), however they are typed.
    `forbidden`: raw values of the persons concerned (names, addresses, numbers) that must not occur at all.
    """
    folded = text.translate(_FOLD)
    taken: list[tuple[int, int]] = []
    leaks: list[Leak] = []
    for kind, start, end in _candidates(folded):
        if all(end <= begin or start >= finish for begin, finish in taken):
            taken.append((start, end))
            if kind is not None:
                leaks.append(Leak(kind, start, end, mask(kind, text[start:end])))
    compact = _Compact(folded) if allow or forbidden else None
    if compact is not None:
        for value in forbidden:
            leaks += [
                Leak(Kind.LISTED_VALUE, start, end, mask(Kind.LISTED_VALUE, text[start:end]))
                for start, end in compact.places_of(value)
                if all(end <= leak.start or start >= leak.end for leak in leaks)
            ]
        allowed = [span for value in allow for span in compact.places_of(value)]
        leaks = [leak for leak in leaks if not _inside(leak, allowed)]
    return sorted(leaks, key=lambda leak: (leak.start, leak.end))


def safe_name(name: str) -> str:
    """A name that came with the file, masked where it is itself a leak; braces would be taken for {line}."""
    return masked_text(name).replace("{", "(").replace("}", ")")


def masked_text(text: str) -> str:
    """The text with every number of a person in it masked (domain 3.5), and else as it is."""
    for leak in reversed(scan_text(text)):
        text = text[: leak.start] + leak.masked + text[leak.end :]
    return text


def _candidates(folded: str) -> Iterator[tuple[Kind | None, int, int]]:
    """Spans in order of certainty; None marks what is known to be no personal data."""
    runs = [_Run(match) for match in _RUN.finditer(folded) if match.end() - match.start() >= 15]
    for run in runs:
        yield from run.id_numbers()
    for match in _UUID_OR_HASH.finditer(folded):
        yield None, *match.span()
    for run in runs:
        yield from run.cards()
        yield from run.old_id_numbers()
    for match in _MOBILE.finditer(folded):
        yield Kind.MOBILE, *match.span("number")
    for match in _FIXED.finditer(folded):
        yield Kind.FIXED_PHONE, *match.span()


class _Run:
    """Digits that belong together but for blanks and dashes; perhaps an X at the end."""

    def __init__(self, match: re.Match[str]) -> None:
        self.text = match.string
        self.groups = [group.span() for group in _GROUP.finditer(match.string, *match.span())]
        self.places = [place for start, end in self.groups for place in range(start, end)]
        if match[0][-1] in "Xx":
            self.places.append(match.end() - 1)
        self.digits = "".join(self.text[place] for place in self.places).upper()
        self._starts = {start for start, _ in self.groups}
        self._ends = {end for _, end in self.groups} | {self.places[-1] + 1}

    def id_numbers(self) -> Iterator[tuple[Kind, int, int]]:
        found = [
            first for first in range(len(self.digits) - 17) if is_id_number(self.digits[first : first + 18])
        ]
        # unbroken ones first: a date before a number must not lend it its day
        for broken in (False, True):
            for first in found:
                if (self.places[first + 17] - self.places[first] > 17) is broken:
                    yield from self._as_id_number(first, broken=broken)

    def _as_id_number(self, first: int, *, broken: bool) -> Iterator[tuple[Kind, int, int]]:
        start, end = self.places[first], self.places[first + 17] + 1
        tail = (_SPACED_CERTIFICATE_TAIL if broken else _CERTIFICATE_TAIL).match(self.text, end)
        if broken and not self._one_number(first, whole=tail is not None or end in self._ends):
            return
        if tail:
            yield Kind.DISABILITY_CERTIFICATE, start, tail.end()
        else:
            yield Kind.ID_NUMBER, start, end

    def _one_number(self, first: int, *, whole: bool) -> bool:
        """Whether 18 broken digits are one number, not a code and a date beside it.

        They begin and end with whole groups, and are broken in one manner or where the parts of an ID number meet.
        """
        places = self.places[first : first + 18]
        cuts = {at: self.text[a + 1 : b] for at, (a, b) in enumerate(pairwise(places), 1) if b > a + 1}
        return (
            whole and places[0] in self._starts and (len(set(cuts.values())) == 1 or _PARTS.issuperset(cuts))
        )

    def old_id_numbers(self) -> Iterator[tuple[Kind, int, int]]:
        for at, (start, end) in enumerate(self.groups):
            shape = [b - a for a, b in self.groups[at : at + 3]]
            if end - start == 15 and self._stands_alone(start, end):
                finish = end
            elif shape == [6, 6, 3]:
                finish = self.groups[at + 2][1]
            else:
                continue
            number = "".join(self.text[a:b] for a, b in self.groups[at : at + 3] if b <= finish)
            if number[:2] in _OLD_ISSUERS and birth_date_in(f"{number[:6]}19{number[6:]}"):
                yield Kind.ID_NUMBER, start, finish

    def cards(self) -> Iterator[tuple[Kind | None, int, int]]:
        for at, (start, end) in enumerate(self.groups):
            number = self.text[start:end]
            if _UNBROKEN_CARD.fullmatch(number) and self._stands_alone(start, end):
                if is_card_number(number) and not _is_other_number(number):
                    yield Kind.BANK_CARD, start, end
                continue
            finish = self._card_in_groups(at)
            if finish:
                yield Kind.BANK_CARD, start, finish

    def _card_in_groups(self, at: int) -> int:
        """End of a card printed in fours (or as 6 and the rest) from that group on, or 0."""
        for count in range(5, 1, -1):
            groups = self.groups[at : at + count]
            sizes = [end - start for start, end in groups]
            in_fours = all(size == 4 for size in sizes[:-1]) and sizes[-1] <= 4
            if len(groups) < count or not (in_fours or (count == 2 and sizes[0] == 6)):
                continue
            number = "".join(self.text[start:end] for start, end in groups)
            # a row of amounts may look like a foreign card: those must stand alone
            likely = number.startswith("62") or (number[0] in "3456" and count == len(self.groups))
            if likely and is_card_number(number) and self._stands_alone(groups[0][0], groups[-1][1]):
                return groups[-1][1]
        return 0

    def _stands_alone(self, start: int, end: int) -> bool:
        """No letter touches it (a hash, a code) and it is no part of a decimal number."""
        before, after = self.text[max(0, start - 2) : start], self.text[end : end + 2]
        return not (
            re.search(r"(?:[A-Za-z0-9]|[0-9]\.)\Z", before) or re.match(r"[A-Za-z0-9]|\.[0-9]", after)
        )


class _Compact:
    """The text without blanks, dashes and dots, and the way back to its places."""

    def __init__(self, folded: str) -> None:
        self._places = [place for place, char in enumerate(folded) if char not in _IGNORED]
        self._text = "".join(folded[place] for place in self._places).upper()

    def places_of(self, value: str) -> Iterator[tuple[int, int]]:
        wanted = "".join(char for char in value.strip().translate(_FOLD) if char not in _IGNORED).upper()
        at = self._text.find(wanted) if len(wanted) > 1 else -1
        while at >= 0:
            after = at + len(wanted)
            # "1234" is not found inside "0851-12345678"
            inside = wanted.isdigit() and (
                self._text[at - 1 : at].isdigit() or self._text[after : after + 1].isdigit()
            )
            if not inside or len(wanted) >= 11:
                yield self._places[at], self._places[after - 1] + 1
            at = self._text.find(wanted, at + 1)


class _Fold(dict[int, str]):
    """One character for one, so that places stay: any digit to ASCII, any blank to a blank, any dash to a dash."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = folded = _fold(char)
        return folded


def _fold(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if char == "\t" or category == "Zs":
        return " "
    if category == "Pd" or char == "\u2212":
        return "-"
    if category == "Cf":
        return "\u200b"
    if char in "×✕ХхΧχ":
        return "X"
    narrow = unicodedata.normalize("NFKC", char)
    return narrow if len(narrow) == 1 else char


_FOLD = _Fold()
_IGNORED = frozenset(" -\u200b") | _MIDDLE_DOTS
# numbers of 15 digits were given only on the mainland
_OLD_ISSUERS = frozenset(f"{code}" for code in range(11, 66) if is_issuer(f"{code}"))


# a card's digits easily state a day of the year 6119
_NOBODY_BORN_SINCE = 2100


def is_id_number(number: str) -> bool:
    """Whether 18 characters are an ID number or permit: issuer, date and check digit are right."""
    return (
        is_issuer(number)
        and (born := birth_date_in(number)) is not None
        and born.year < _NOBODY_BORN_SINCE
        and number[:17].isdigit()
        and check_character(number[:17]) == number[17]
    )


def _is_other_number(number: str) -> bool:
    """An organisation's code, or a serial of region, date and number: both may pass Luhn by chance."""
    return (
        len(number) == 18
        and not number.startswith("62")
        and (is_organisation_code(number) or (is_issuer(number) and birth_date_in(number) is not None))
    )


def _inside(leak: Leak, spans: list[tuple[int, int]]) -> bool:
    return any(start <= leak.start and leak.end <= end for start, end in spans)
