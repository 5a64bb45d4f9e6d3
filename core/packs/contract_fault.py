"""One thing a pack does wrong, as a sentence that its author and the administrator both understand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import Problem


@dataclass(frozen=True, slots=True)
class ContractFault:
    """`part` says where to look ("form", "scheme", "letter" …); `message` is a msgid filled from `values`."""

    part: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.message.format(**self.values)


def told(problem: Problem) -> str:
    """A problem's sentence, ready filled and safe to be a message of its own."""
    return str(problem).replace("{", "（").replace("}", "）")
