"""Outcomes: what the database says became of each event of the simulator's ground truth, and of each report.

Read with plain SQL from the file, past every room of the program. Times and escalations are left out on purpose:
they depend on when somebody was killed; all else must not.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from streams.simulator.scenario import TrueEvent

Identity = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event. `orders` are the (task, unit) of first attempts."""

    reports: frozenset[Identity]
    verdicts: frozenset[str]
    levels: frozenset[str]
    statuses: frozenset[str]
    orders: frozenset[tuple[str, str]]


def rows(database: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What a reader beside the program sees now."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        return connection.execute(statement, values).fetchall()


def outcomes(database: Path, truth: Iterable[TrueEvent]) -> Mapping[str, Outcome]:
    """What became of each event, by event id."""
    incident_of = {
        (str(source), str(report)): str(incident)
        for source, report, incident in rows(
            database, "SELECT source_id, report_id, incident_id FROM reports"
        )
    }
    incidents = {
        str(row[0]): row
        for row in rows(database, "SELECT incident_id, verdict, level, status FROM incidents")
    }
    orders = _first_orders(database)
    found: dict[str, Outcome] = {}
    for event in truth:
        kept = frozenset(identity for identity in event.reports if identity in incident_of)
        own = {incident_of[identity] for identity in kept}
        found[event.event_id] = Outcome(
            reports=kept,
            verdicts=frozenset(str(incidents[one][1]) for one in own),
            levels=frozenset(str(incidents[one][2]) for one in own),
            statuses=frozenset(str(incidents[one][3]) for one in own),
            orders=frozenset(order for one in own for order in orders[one]),
        )
    return found


def _first_orders(database: Path) -> Mapping[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for incident, body in rows(database, "SELECT incident_id, body FROM commands WHERE kind = 'order'"):
        command = orjson.loads(body)
        if command["attempt"] == 1:
            found[str(incident)].add((command["task_id"], command["unit_code"]))
    return found
