"""What the capacity table calls measured was measured: the newest rows of results.csv, rounded as told below."""

import csv

import pytest

from tests.architecture.sources import ROOT

TEXT = (ROOT / "deploy/docs/capacity.md").read_text(encoding="utf-8")


def newest(name: str, variant: str, unit: str) -> float:
    """What was measured last."""
    with (ROOT / "tests/bench/results.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["name"], row["variant"], row["unit"]) == (name, variant, unit)
        ]
    return float(rows[-1]["value"])


@pytest.mark.parametrize("unit", ["database bytes/report", "outbox bytes/report", "Kafka bytes/report"])
def test_what_a_report_takes_is_what_was_measured(unit: str) -> None:
    """Both kinds of report, and what is reckoned from them for one in ten, to the hundred bytes above."""
    opens, joins = (newest("room", variant, unit) for variant in ("opens an incident", "joins an incident"))
    mixed = round((opens + 9 * joins) / 10, -2)
    assert f"| {opens:,.0f} | {joins:,.0f} | {mixed:,.0f} |" in TEXT


@pytest.mark.parametrize("reports_per_second", [0.1, 1, 10, 50])
def test_how_large_follows_from_it(reports_per_second: float) -> None:
    """The table of sizes is the figures above times the rate: a day, thirty days, seven days in three copies."""
    mixed = {
        unit: (newest("room", "opens an incident", unit) + 9 * newest("room", "joins an incident", unit)) / 10
        for unit in ("database bytes/report", "outbox bytes/report", "Kafka bytes/report")
    }
    (row,) = [
        line
        for line in TEXT.splitlines()
        if line.startswith(f"| {reports_per_second:g} | {86_400 * reports_per_second:,.0f} |")
    ]
    told = [
        float(cell.split()[0]) * (1_000 if "TB" in cell else 1) for cell in row.strip("| ").split(" | ")[2:]
    ]
    a_day = 86_400 * reports_per_second / 1e9
    database = mixed["database bytes/report"] * a_day
    kafka = (mixed["Kafka bytes/report"] + 900) * a_day * 7 * 3
    assert told == pytest.approx(
        [database, database * 30, mixed["outbox bytes/report"] * a_day * 7, kafka], rel=0.06
    )
