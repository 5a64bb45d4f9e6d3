"""What a pack says of the region it speaks for: parameters, policy guides, self check, groups, ways to apply, pages, panels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.forms import FormDeclaration, ShownIf


@dataclass(frozen=True, slots=True)
class CategoryDeclaration:
    """A group of the low-income population (R2-01…R2-05): `code` of the register, the name used here, and the law's."""

    code: str
    name: str
    law_name: str
    level: str
    source: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ChannelDeclaration:
    """A way an application may come (R2-07): `code` online, window or proxy; `label` as people here call it."""

    code: str
    label: str
    hint: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One paragraph of a guide: a heading in plain words and what it says."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount a guide may tell: law parameter `key` of `area` ("urban", "rural"), in yuan a month."""

    name: str
    key: str
    area: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A policy guide in the words of a township window (R2-27). `scheme`: apply online for it; empty: at the window.

    `summary` and `gives` stand on the home page. `summary_with_figures` has {placeholders} for `figures`; it is used where
    every figure has a value in force (`core.catalogue.local_words`).
    """

    code: str
    title: str
    summary: str
    gives: str
    steps: tuple[GuideStep, ...]
    picture: str
    source: str
    scheme: str = ""
    urgent: bool = False
    summary_with_figures: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class SelfCheckHint:
    """Which guide to read after the self check: shown when every condition holds. It promises nothing."""

    guide: str
    when: tuple[ShownIf, ...]
    text: str


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """The five questions of the portal; nothing answered is stored. `otherwise` is shown when no hint fits."""

    form: FormDeclaration
    hints: tuple[SelfCheckHint, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class RegionDeclaration:
    """A region a pack speaks for, nation or province (12-digit code). `parameters`: folder of dated YAML.

    `situations`: folder of policy situations that the rules must answer rightly.
    """

    code: str
    name: str
    parameters: Path
    situations: Path | None = None
    guides: tuple[Guide, ...] = ()
    self_check: SelfCheck | None = None
    categories: tuple[CategoryDeclaration, ...] = ()
    channels: tuple[ChannelDeclaration, ...] = ()


# --- messages, identity, pages, panels ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A short message to one phone. `text` holds no ID number, nor whether or why something was decided.

    `purpose`: "sign-in", "sign" or "case"; `key`: the same at every try of one message, another for every other.
    """

    phone: str
    text: str
    purpose: str
    key: str

    def __repr__(self) -> str:
        # messages reach logs when a channel fails
        return f"OutgoingMessage(purpose={self.purpose!r})"


@dataclass(frozen=True, slots=True)
class MessageChannel:
    """A way to send short messages. `send` returns when the message was handed over, else raises `Problem`.

    It may be called again with a message it was given before: one of a case is tried anew after a failure, and after a
    power cut nobody knows how far the last try came; by its `key` a gateway can tell. It takes less than five minutes.
    `ready()` is False where the site has not set the channel up; it is then passed over.
    """

    code: str
    region_code: str
    title: str
    send: Callable[[OutgoingMessage], None]
    ready: Callable[[], bool]


class Assurance(StrEnum):
    """What an identity provider vouches for (decision 1)."""

    IDENTITY = "identity"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """A way to sign in as a person known by name and number. `endpoint` starts it: a view of the pack's own blueprint."""

    code: str
    region_code: str
    title: str
    endpoint: str
    assurance: Assurance
    ready: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class PackBlueprint:
    """A Flask blueprint with the pack's own pages, mounted under `/p/<pack>`; answers 404 where the pack is not enabled.

    `blueprint` is not looked into here: core knows no web framework.
    """

    region_code: str
    blueprint: Any
    label: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class PanelLine:
    """A line of a panel: what, and what of it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A box a pack adds to a page, as data; the page draws it. `source` names the text it stands on."""

    title: str
    lines: tuple[PanelLine, ...]
    source: str = ""
