"""The gates of `./doudi check`, as tests, so that the suite's last line speaks for them too."""

import pytest

from commands.check import GATES, run_gate


@pytest.mark.slow
@pytest.mark.parametrize("gate", sorted(GATES))
def test_a_quality_gate_finds_nothing(gate):
    assert run_gate(gate).report == ""
