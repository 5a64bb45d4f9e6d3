"""A case of the made-up town, brought to any stage."""

from __future__ import annotations

import pytest

from core.testing.casework import Way


@pytest.fixture
def way(town):
    return Way(town)
