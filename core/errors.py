"""What can go wrong in words a person can act on; the web layer translates and shows them."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818  (a problem told to a person, not a programming error)
    """A sentence for a person: `message` is a msgid with {placeholders}, filled from `values` after translation."""

    status = 400

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values)


class Invalid(Problem):
    """An answer that cannot stand; `field` names the form field it belongs to, if any."""

    status = 422

    def __init__(self, message: str, /, *, field: str | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class NotFound(Problem):
    """Nothing here for this reader: absent and out of scope are told alike (architecture 6)."""

    status = 404


class NotAllowed(Problem):
    """The reader is known and sees the thing, but her roles do not include this act."""

    status = 403


class Conflict(Problem):
    """Someone else changed the same thing first; `theirs` holds the stored values field by field."""

    status = 409

    def __init__(self, message: str, /, *, theirs: dict[str, object] | None = None, **values: object) -> None:
        super().__init__(message, **values)
        self.theirs = theirs or {}


class Blocked(Problem):
    """A step of the procedure is missing; the message names it and says what to do."""

    status = 409
