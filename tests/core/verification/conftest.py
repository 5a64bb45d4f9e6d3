"""A submitted case whose family is asked, and one where all have signed."""

from __future__ import annotations

import pytest

from core.testing.authorising import accept, sign_at_window, submit_and_ask, wizard_signature


@pytest.fixture
def asked(town):
    asked = submit_and_ask(town, wizard_signature(town))
    accept(asked)
    return asked


@pytest.fixture
def signed(asked):
    sign_at_window(asked)
    return asked
