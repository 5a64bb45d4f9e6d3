"""The box "下一步" of a case page: what is shown in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from admin.addresses import in_words
from core.web.request import today
from core.web.texts import gettext


@dataclass(slots=True)
class NextStep:
    """`checks`: (mark, text); `action` and `href` are empty when it is another's turn; `consequence`: one line.

    `waits`: nothing is left to do but to look, so the button is not the page's filled one.
    """

    title: str
    due: str = ""
    due_date: str = ""
    checks: list[tuple[str, str]] = field(default_factory=list)
    action: str = ""
    href: str = ""
    consequence: str = ""
    waits: bool = False

    def until(self, day: date | None, *, provisional: bool = False) -> None:
        """Say by when; nothing for no day."""
        if day is not None:
            late, last = gettext("已逾期"), gettext("今天截止")
            self.due = late if day < today() else last if day == today() else ""
            self.due_date = in_words(day) + (gettext("（暂定）") if provisional else "")
