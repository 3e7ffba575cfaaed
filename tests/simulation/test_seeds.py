"""Three hundred seeds hold, each another city with other faults; `make simulate` plays as many more as one likes."""

import pytest

from tests.simulation.running import run

_SEEDS = 300
_AT_ONCE = 5  # a test that fails names its five


@pytest.mark.parametrize("first", range(0, _SEEDS, _AT_ONCE))
def test_nothing_is_lost_or_doubled(first: int) -> None:
    """Whatever the seed breaks, at the end every report has its end and every command its answer or alarm."""
    for seed in range(first, first + _AT_ONCE):
        outcome = run(seed)
        assert outcome.broken == (), f"again: .venv/bin/python -m tests.simulation --seed {seed} --trace"
