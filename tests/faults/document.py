"""Document: deploy/docs/faults.md, written from the catalogue and from what was measured, and from nothing else."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from tests.bench.harness import ROOT
from tests.faults.battery import EXPERIMENTS
from tests.faults.catalogue import FAULTS, Fault
from tests.faults.outcome import Row, read

PATH = ROOT / "deploy" / "docs" / "faults.md"
_PLAYED = {one.fault for one in EXPERIMENTS}
_HEAD = """# Faults: what was done to the program, and what was measured

Written by the run itself (`make faults`, `make faults-full`); the figures are those of tests/faults/results.csv. A pair
is what the program stood on: `kafka-postgres` is Apache Kafka, PostgreSQL, a gateway and workers as processes of their
own; `tansu-sqlite` the embedded program with its broker beside it. After each fault the stack heals and drains, then
`fenghuo check` looks for a row that breaks one of I1 to I13, and an independent witness (every report sent, every
receipt, every command that a unit heard, on disk line by line) is held against the database. Broker, database, gateway,
workers, reporters and units shared one machine; its load is told with each run, and other work ran beside. A bar that
was missed is told as missed.

"Accepted until handled" is the time from the gateway's receipt to the engine's commit: the longest one bounds how long
any partition went unserved. The bars of the first table are those of a release; the quick set plays fewer rounds.

## All faults

| fault | what is done | bar | state |
|---|---|---|---|
"""


def written(rows: Sequence[Row]) -> str:
    """The whole document."""
    by_fault = {fault: list(found) for fault, found in groupby(rows, key=lambda row: row.fault)}
    lines = [
        f"| {one.id} | {one.what} | {one.bar} | {_state(one, by_fault.get(one.id, []))} |" for one in FAULTS
    ]
    parts = [_HEAD + "\n".join(lines) + "\n\n## Measured\n"]
    for fault in FAULTS:
        runs = groupby(by_fault.get(fault.id, []), key=lambda row: (row.pair, row.extent))
        parts += [_run(fault, list(run)) for _, run in runs]
    return "\n".join(parts)


def write() -> None:
    """Put the document of what is kept in its place."""
    PATH.write_text(written(read()), encoding="utf-8")


def _state(fault: Fault, rows: Sequence[Row]) -> str:
    said = []
    if rows:
        extents = " and ".join(sorted({row.extent for row in rows}))
        missed = [row for row in rows if row.bar and row.is_reached == "no"]
        said.append(
            f"{extents} set measured; " + (f"missed: {_told(missed)}" if missed else "its bars reached")
        )
    elif fault.id in _PLAYED:
        said.append("**in the full set, not measured yet**")
    elif not fault.held_by:
        said.append("**not run**")
    if fault.held_by:
        where = ", ".join(f"`{one}`" for one in fault.held_by)
        said.append(f"held by {where}")
    if fault.left_out:
        said.append(fault.left_out)
    return "; ".join(said)


def _told(missed: Iterable[Row]) -> str:
    return ", ".join(f"{row.figure} {row.value} {row.unit}".strip() + f" on {row.pair}" for row in missed)


def _run(fault: Fault, rows: Sequence[Row]) -> str:
    first = rows[0]
    lines = [
        f"### {fault.id} {fault.what}: {first.pair}, {first.extent}",
        "",
        f"{first.date} UTC, commit {first.commit}, {first.machine}, load {first.load}, seed {first.seed}, "
        f"{first.seconds} s in all. `python -m tests.faults {first.extent} {fault.id} --seed {first.seed}`",
        *([f"\n{first.note}"] if first.note else []),
        "",
        "| figure | measured | bar | reached |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {row.figure} | {row.value} {row.unit}".rstrip()
        + f" | {row.bar or '—'} | {row.is_reached if row.bar else '—'} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"
