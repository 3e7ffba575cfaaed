"""What seeds have shown: each case is the run that failed once, under the name of the defect that it found."""

import pytest

from tests.simulation.plan import Fault, Plan
from tests.simulation.running import run_plan

_SET_CLOCKS = frozenset({Fault.CLOCK_JUMP, Fault.CRASH_ANYWHERE, Fault.BROKER_AWAY, Fault.TWO_WORKERS})


@pytest.mark.parametrize("seed", [5, 9, 10])
def test_a_clock_that_ran_ahead_hides_no_row(seed: int) -> None:
    """A process an hour ahead wrote to the outbox and died: others left the row and its claim alone for an hour.

    In seed 10 it was a report that the gateway had accepted, in 5 and 9 a hand-over of an engine.
    """
    plan = Plan(seed=seed, faults=_SET_CLOCKS, reports=10, decisions=3, chaos_seconds=8.0)
    assert run_plan(plan).broken == ()
