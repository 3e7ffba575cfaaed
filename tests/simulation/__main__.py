"""The command: `python -m tests.simulation --seeds 20000` plays many, `--seed N --trace` shows one.

Of a seed that fails it prints what repeats it, and what was broken; with `--trace` also what happened.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context

from tests.simulation.running import Outcome, run

_TOLD_EVERY = 100


def main() -> int:
    """0 when every seed held, 1 when one did not."""
    told = _options()
    seeds = (
        range(told.first, told.first + told.seeds) if told.seed is None else range(told.seed, told.seed + 1)
    )
    began, spent, failed, virtual_seconds = time.monotonic(), 0.0, 0, 0.0
    outcomes = _outcomes(seeds, min(told.jobs, len(seeds)))
    for count, (outcome, cpu_seconds) in enumerate(outcomes, start=1):
        failed += bool(outcome.broken)
        spent += cpu_seconds
        virtual_seconds += outcome.virtual_seconds
        _tell(outcome, told)
        if count % _TOLD_EVERY == 0 or count == len(seeds):
            _say(
                f"{count} of {len(seeds)} seeds, {failed} failed, {time.monotonic() - began:.0f} s,"
                f" {spent:.0f} s of CPU, {virtual_seconds / 3600 / (spent / 60):.0f} virtual hours per CPU minute"
            )
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many to play (300)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (0)")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once (one a core)")
    parser.add_argument("--trace", action="store_true", help="tell what happened, moment by moment")
    parser.add_argument("--digest", action="store_true", help="print each seed's digest")
    return parser.parse_args()


def _outcomes(seeds: range, jobs: int) -> Iterator[tuple[Outcome, float]]:
    """What each seed came to, in their order, with the seconds of CPU that it took."""
    if jobs == 1:
        yield from map(_timed, seeds)
        return
    with get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_timed, seeds)


def _timed(seed: int) -> tuple[Outcome, float]:
    began = time.process_time()
    return run(seed), time.process_time() - began


def _tell(outcome: Outcome, told: argparse.Namespace) -> None:
    seed = outcome.plan.seed
    if told.digest:
        _say(f"{seed} {outcome.digest}")
    if told.trace:
        faults = ", ".join(sorted(fault.name for fault in outcome.plan.faults))
        _say(
            f"seed {seed}: {outcome.plan.reports} reports, {outcome.plan.days} days, faults {faults or 'none'}"
        )
        _say("\n".join(outcome.trace))
    if outcome.broken:
        _say(f"seed {seed} FAILED; again: .venv/bin/python -m tests.simulation --seed {seed} --trace")
        _say("\n".join(f"    {one}" for one in outcome.broken[:10]))


def _say(said: str) -> None:
    sys.stdout.write(said + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
