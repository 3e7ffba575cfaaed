"""`python -m tests.faults quick|full|document [F01 ...] [--seed N]`: play the battery, keep and tell its figures.

With CI=true nothing of the repository is written: the JSON files under dist/faults are all that stays.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence

from tests.faults import document
from tests.faults.battery import EXPERIMENTS
from tests.faults.outcome import Outcome, keep
from tests.faults.scene import Extent, play


def main() -> int:
    """0 when every promise was kept."""
    asked = _arguments()
    if asked.extent == "document":
        document.write()
        return 0
    # Reporters and units outlive every fault; each client's word about it would be thousands of lines.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    outcomes = asyncio.run(_played(Extent(asked.extent), asked.faults, asked.seed))
    if os.environ.get("CI") != "true":
        keep(outcomes)
        document.write()
    return 0 if all(one.keeps_promises for one in outcomes) else 1


async def _played(extent: Extent, faults: Sequence[str], seed: int) -> list[Outcome]:
    outcomes = []
    for experiment in EXPERIMENTS:
        # One that is named is played at this length, also where the set of this length leaves it out.
        if experiment.fault not in faults if faults else extent not in experiment.extents:
            continue
        _say(f"{experiment.fault} on {experiment.pair}, seed {seed}")
        outcome = await play(experiment, extent, seed)
        if outcome.not_played:
            _say(f"  NOT PLAYED: {outcome.not_played}")
            continue
        path = outcome.save()
        for figure in outcome.figures:
            bar = f"  (bar {figure.bar}{'' if figure.is_reached else ', MISSED'})" if figure.bar else ""
            _say(f"  {figure.name}: {figure.value:g} {figure.unit}{bar}")
        if outcome.failure or not outcome.keeps_promises:
            _say(f"  FAILED: {outcome.failure[:1_500]}{outcome.violations[:1_500]}")
        _say(f"  {outcome.seconds:.0f} s, load {outcome.stamped.load}; {path}")
        outcomes.append(outcome)
    return outcomes


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("extent", choices=[*(one.value for one in Extent), "document"])
    parser.add_argument("faults", nargs="*", help="only these, e.g. F01 F05")
    parser.add_argument("--seed", type=int, default=42)
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
