"""A seed is its whole run: played again, in another process or under another hash seed, it comes to the same bytes."""

import os
import subprocess
import sys

import pytest

from tests.simulation.plan import Fault, plan_of
from tests.simulation.running import run

# Between them they have every fault, so that no source of chance hides behind one that is switched off.
_SEEDS = (0, 1, 2, 3, 4, 5)


def _begun_elsewhere(hash_seed: str) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "tests.simulation",
        "--digest",
        "--jobs",
        "1",
        "--seeds",
        str(len(_SEEDS)),
    ]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _digests(playing: "subprocess.Popen[str]") -> str:
    told, _ = playing.communicate()
    assert playing.returncode == 0
    return "\n".join(line for line in told.splitlines() if len(line.split()) == 2)


def test_the_same_seed_is_the_same_run() -> None:
    """Two runs one after the other: the same course, the same rows, byte for byte."""
    first, again = run(4), run(4)
    assert (first.digest, first.trace, first.broken) == (again.digest, again.trace, again.broken)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_process_and_no_hash_seed_changes_a_run() -> None:
    """Two other interpreters, each with its own order of sets, come to the digests of this one."""
    elsewhere = [_begun_elsewhere(hash_seed) for hash_seed in ("1", "2")]
    here = "\n".join(f"{seed} {run(seed).digest}" for seed in _SEEDS)
    assert [_digests(one) for one in elsewhere] == [here, here]


def test_other_seeds_are_other_runs() -> None:
    """The digest tells runs apart, and three hundred seeds leave no fault out."""
    assert run(0).digest != run(2).digest
    assert {fault for seed in range(300) for fault in plan_of(seed).faults} == set(Fault)
