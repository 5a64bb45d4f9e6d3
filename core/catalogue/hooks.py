"""How the catalogue asks packs at run time: by hook name, of enabled packs only."""

from __future__ import annotations

from typing import Any, Protocol


class Hooks(Protocol):
    """What the plugin manager offers the catalogue."""

    def ask(self, packs: frozenset[str], hook: str, **given: Any) -> list[Any]:
        """The answers of those packs to a hook, joined in the order of the packs' names."""
