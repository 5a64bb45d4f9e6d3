"""Imports every room's tables, so that the one list of tables is whole."""

from __future__ import annotations

import importlib
import pkgutil

from sqlalchemy import MetaData

import core
from core.database import Base


def all_tables() -> MetaData:
    """The tables of every module called `models` or `…_models`, and of the installation's mark."""
    for module in pkgutil.walk_packages(core.__path__, "core."):
        last = module.name.rsplit(".", 1)[-1]
        if last == "models" or last.endswith(("_models", "_mark")):
            importlib.import_module(module.name)
    return Base.metadata
