"""`python -m tests.bench [NAME...] [--rounds N]`: run these benches (all without a name), show the rows and keep them.

The machine decides the numbers: compare variants of one run, never rows of different runs.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from tests.bench import (
    fusion,
    harness,
    inserting,
    latency,
    perception,
    room,
    screen,
    storm,
    transport,
    understanding,
    viewers,
)

BENCHES: Mapping[str, Callable[[int], Awaitable[list[harness.Row]]]] = {
    "transport": transport.bench,
    "perception": perception.bench,
    "latency": latency.bench,
    "storm": storm.bench,
    "fusion": fusion.bench,
    "inserting": inserting.bench,
    "room": room.bench,
    "understanding": understanding.bench,
    "screen": screen.bench,
    "viewers": viewers.bench,
}


async def _run(names: list[str], rounds: int) -> None:
    stamp = harness.stamp()
    for name in names or BENCHES:
        # What others did on this machine just before; during the run the bench itself loads it.
        load = os.getloadavg()[0]
        measured = await BENCHES[name](rounds)
        rows = [replace(row, note=f"{row.note}; load before {load:.1f}".lstrip("; ")) for row in measured]
        harness.append(rows, stamp)
        for row in rows:
            compared = "" if row.ratio is None else f"{row.ratio:8.2f}"
            sys.stdout.write(
                f"{row.name:12} {row.variant:30} {row.value:12.4g} {row.unit:22} {compared:8} {row.note}\n"
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (default 3)")
    return parser.parse_args()


if __name__ == "__main__":
    chosen = _options()
    asyncio.run(_run(chosen.names, max(chosen.rounds, 1)))
