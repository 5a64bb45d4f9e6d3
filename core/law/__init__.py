"""Dated, cited parameters: what a pack's YAML and a county's own standards say on a day in a place."""

from __future__ import annotations

from core.law.book import LawBook
from core.law.files import load_folder, read_value
from core.law.parameters import (
    Area,
    Declaration,
    LawFault,
    Parameter,
    Reading,
    Standard,
    Unit,
    Value,
    path_of,
)
from core.law.reader import RATE, Law, MonthBefore

__all__ = [
    "RATE",
    "Area",
    "Declaration",
    "Law",
    "LawBook",
    "LawFault",
    "MonthBefore",
    "Parameter",
    "Reading",
    "Standard",
    "Unit",
    "Value",
    "load_folder",
    "path_of",
    "read_value",
]
