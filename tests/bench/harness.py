"""What every bench needs: medians and percentiles, a program of its own for each measurement, and rows for results.csv.

Two programs that are compared run one after the other inside a round, and the next round turns their order round:
the machine is never quiet for long, so a ratio is taken inside one round and its median over the rounds is told.
Absolute numbers hold for this machine at that hour.
"""

import asyncio
import csv
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median

from tests.servers import tied_to_us

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("results.csv")
_MEASURED_CODE = ("models", "workflows", "streams", "tests/bench", ":(exclude)tests/bench/results.csv")
_PROGRAM_WITHIN_SECONDS = 150.0


@dataclass(frozen=True, slots=True)
class Row:
    """One number. `ratio` compares it with another variant of the same run; `note` says with which, and how."""

    name: str
    variant: str
    value: float
    unit: str
    ratio: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where rows come from. `commit` ends in -dirty when the measured code differs from it."""

    date: str
    commit: str
    machine: str
    python: str


HEADER = (*(field.name for field in fields(Stamp)), *(field.name for field in fields(Row)))


class ProgramFailed(RuntimeError):
    """A measuring program ended without a result: the message carries the end of what it said."""


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` (above 0, up to 100) of them do not exceed. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values, no percentile")
    rank = ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over the rounds of ours divided by theirs; both in the order of the rounds."""
    return median(our / their for our, their in zip(ours, theirs, strict=True))


def side_by_side(
    name: str, unit: str, found: Mapping[str, Sequence[Mapping[str, float]]], notes: Mapping[str, str]
) -> list[Row]:
    """Rate and CPU time of each variant, compared with the first, ours. `found` has the numbers of each round.

    A ratio above 1 is in our favour: our rate over theirs, their CPU time over ours.
    """
    ours = next(iter(found))
    rates = {variant: [one["per_second"] for one in rounds] for variant, rounds in found.items()}
    costs = {variant: [one["cpu_seconds_per_100k"] for one in rounds] for variant, rounds in found.items()}
    rows: list[Row] = []
    for variant, rounds in found.items():
        is_ours = variant == ours
        spread = f"{len(rounds)} rounds, {min(rates[variant]):.0f} to {max(rates[variant]):.0f}"
        told = "; ".join(filter(None, ("" if is_ours else f"ratio: {ours} / this", notes[variant], spread)))
        faster = None if is_ours else ratio(rates[ours], rates[variant])
        cheaper = None if is_ours else ratio(costs[variant], costs[ours])
        rows += [
            Row(name, variant, median(rates[variant]), f"{unit}/s", faster, told),
            Row(name, variant, median(costs[variant]), f"CPU s/100k {unit}", cheaper, ""),
        ]
    return rows


def turned(variants: Sequence[str], round_number: int) -> list[str]:
    """The variants in this round's order: what comes first in one round comes last in the next."""
    return list(variants) if round_number % 2 == 0 else list(reversed(variants))


def append(rows: Sequence[Row], stamp: Stamp, file: Path = RESULTS) -> None:
    """Add the rows at the end of the file, after a header if the file is new. Rows of before are never touched."""
    is_new = not file.exists()
    with file.open("a", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        if is_new:
            writer.writerow(HEADER)
        for row in rows:
            writer.writerow([*astuple(stamp), *_cells(row)])


def stamp() -> Stamp:
    """This commit, this machine, this Python, today."""
    return Stamp(
        date=datetime.now(UTC).date().isoformat(),
        commit=_git("rev-parse", "--short", "HEAD")
        + ("-dirty" if _git("status", "--porcelain", "--", *_MEASURED_CODE) else ""),
        machine=f"{_processor()}, {os.cpu_count()} cores",
        python=platform.python_version(),
    )


async def run_program(
    module: str, task: Mapping[str, object], within_seconds: float = _PROGRAM_WITHIN_SECONDS
) -> dict[str, float]:
    """Run `python -m module TASK` and return the numbers of the one JSON object that it writes.

    A process of its own, so that memory, threads and CPU time belong to one variant. Raises ProgramFailed, also when
    it is not done within the time.
    """
    command = tied_to_us([sys.executable, "-m", module, json.dumps(task)])
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(within_seconds):
            out, said = await process.communicate()
    except TimeoutError as late:
        raise ProgramFailed(f"{module} {task}: not done in {within_seconds:.0f} s") from late
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ProgramFailed(f"{module} {task}: {said.decode(errors='replace')[-3_000:]}")
    return {name: float(value) for name, value in json.loads(out.splitlines()[-1]).items()}


def cpu_seconds(process_id: int) -> float:
    """CPU time that a running process has used so far, all its threads together (Linux)."""
    after_name = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    user_ticks, system_ticks = int(after_name[11]), int(after_name[12])
    return (user_ticks + system_ticks) / os.sysconf("SC_CLK_TCK")


def tell(numbers: Mapping[str, float]) -> None:
    """Hand the numbers to whoever started this program by `run_program`."""
    sys.stdout.write(json.dumps(numbers) + "\n")
    sys.stdout.flush()


def _cells(row: Row) -> list[str]:
    compared = "" if row.ratio is None else f"{row.ratio:.2f}"
    # Four digits are more than any two runs agree on.
    value = f"{float(f'{row.value:.4g}'):g}"
    return [row.name, row.variant, value, row.unit, compared, row.note]


def _git(*arguments: str) -> str:
    # safe.directory: a clone that somebody else owns is read all the same
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
