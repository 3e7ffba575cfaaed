"""Outcome: what an experiment measured, each figure with its bar, as JSON for a closer look and as rows to keep."""

import csv
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from tests.bench.harness import ROOT

DETAILS = ROOT / "dist" / "faults"
KEPT = Path(__file__).with_name("results.csv")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `at_most` and `at_least` are its bar; without one it only informs."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    is_promise: bool = (
        False  # nothing lost, nothing doubled: missing this fails the run; else it is told as missed
    )

    @property
    def bar(self) -> str:
        """The bar in words; empty when there is none."""
        if self.at_most is not None:
            return "0" if self.at_most == 0 else f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"

    @property
    def is_reached(self) -> bool:
        """Whether it is within its bar."""
        if self.at_most is not None and self.value > self.at_most:
            return False
        return self.at_least is None or self.value >= self.at_least


def promise(name: str, value: float) -> Figure:
    """A count that must be 0."""
    return Figure(name, value, at_most=0, is_promise=True)


@dataclass(frozen=True, slots=True)
class Stamped:
    """Where, when and under what load an experiment ran."""

    date: str
    commit: str
    machine: str
    load: str


@dataclass
class Outcome:
    """One run of one experiment."""

    fault: str
    pair: str
    extent: str
    seed: int
    stamped: Stamped
    seconds: float = 0.0
    figures: list[Figure] = field(default_factory=list)
    note: str = ""
    violations: str = ""
    nemesis: list[str] = field(default_factory=list)
    witness: dict[str, object] = field(default_factory=dict)
    failure: str = ""
    not_played: str = ""

    @property
    def keeps_promises(self) -> bool:
        """Whether nothing was lost or doubled and it came to its end."""
        return not self.failure and all(one.is_reached for one in self.figures if one.is_promise)

    def save(self, folder: Path = DETAILS) -> Path:
        """As JSON, whole."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.fault}-{self.pair}-{self.extent}-{self.seed}.json"
        told = asdict(self) | {"load_now": os.getloadavg()}
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False, default=str))
        return path


@dataclass(frozen=True, slots=True)
class Row:
    """One line of results.csv: a figure of a run."""

    fault: str
    pair: str
    extent: str
    seed: str
    date: str
    commit: str
    machine: str
    load: str
    seconds: str
    figure: str
    value: str
    unit: str
    bar: str
    is_reached: str
    note: str


_HEADER = tuple(one.name for one in fields(Row))


def rows_of(outcome: Outcome) -> list[Row]:
    """Every figure of the run; a run that broke off is told by one line without a number."""
    figures = [
        (
            one.name,
            f"{one.value:.4g}" if one.value % 1 else f"{one.value:.0f}",
            one.unit,
            one.bar,
            one.is_reached,
        )
        for one in outcome.figures
    ]
    if outcome.failure:
        figures.append(("came to its end", "no", "", "yes", False))
    return [
        Row(
            outcome.fault,
            outcome.pair,
            outcome.extent,
            str(outcome.seed),
            outcome.stamped.date,
            outcome.stamped.commit,
            outcome.stamped.machine,
            outcome.stamped.load,
            f"{outcome.seconds:.0f}",
            name,
            value,
            unit,
            bar,
            "yes" if is_reached else "no",
            outcome.failure.splitlines()[0][:200] if outcome.failure else outcome.note,
        )
        for name, value, unit, bar, is_reached in figures
    ]


def read(file: Path = KEPT) -> list[Row]:
    """What is kept; nothing when there is no file yet."""
    if not file.exists():
        return []
    with file.open(newline="", encoding="utf-8") as opened:
        return [Row(**line) for line in csv.DictReader(opened)]


def keep(outcomes: Iterable[Outcome], file: Path = KEPT) -> None:
    """Put these runs in the place of the last of the same fault, pair and extent."""
    new = [row for outcome in outcomes for row in rows_of(outcome)]
    replaced = {(row.fault, row.pair, row.extent) for row in new}
    kept = [row for row in read(file) if (row.fault, row.pair, row.extent) not in replaced]
    _write(sorted([*kept, *new], key=lambda row: (row.fault, row.pair, row.extent)), file)


def _write(rows: Sequence[Row], file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows([[getattr(row, name) for name in _HEADER] for row in rows])
