"""Statements: every one that the running program gives a database, by name, with values as they come.

Those that stand in a module as a whole are found there; those that a function puts together are listed. So a new
statement is planned without anybody thinking of it, and one with a parameter that has no value here fails.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import Delete, Select, Update

from models.identifiers import AreaCode
from models.vocabulary import Stage, Status
from streams.cockpit import board, day, trends
from streams.gateway import listing
from streams.store import fusion_keys, projections, queries
from streams.store.fusion_keys import Key, Scope
from workflows.appraisal.rating import Window
from workflows.rulebook_file import default_rulebook

# What runs beside the work of the day and reads everything on purpose: `fenghuo check`, `replay`, `db archive`.
ROOMS = (
    "streams.store",
    "streams.gateway",
    "streams.cockpit",
    "streams.sweepers",
    "streams.access",
    "streams.program",
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULES = default_rulebook()
_IDS = [f"incident-{number}" for number in range(8, 168, 8)]
VALUES: dict[str, Any] = {
    **dict.fromkeys(("at", "now", "before", "since", "sent_before", "older_than", "until", "ahead"), NOW),
    **dict.fromkeys(("named", "name", "of_incident", "of_these", "in_incident"), "incident-8"),
    "incident_ids": _IDS,
    "changed": _IDS,
    "absorbed": _IDS,
    "of_these": _IDS,
    "ids": _IDS,
    "message_ids": [f"message-{number}" for number in range(1, 200, 2)],
    "message_id": "message-1",
    "command_ids": [f"command-{number}" for number in range(1, 200, 2)],
    "in_command": "command-1",
    "deadline_ids": [f"deadline-{number}" for number in range(1, 200, 2)],
    "in_deadline": "deadline-1",
    "digests": [f"sha256:{number}" for number in range(1, 20)],
    "of_digest": "sha256:1",
    "of_source": "source-1",
    "of_person": "person-1",
    "of_unit": "500108:fire",
    "reporters": [f"reporter-{number}" for number in range(100)],
    "references": [("source-1", "report-1"), ("source-2", "report-2")],
    "report_ids": [f"report-{number}" for number in range(100)],
    "claims": ["engine/1"],
    "by": "engine/1",
    "keys": [b"500108"],
    "subjects": ["500108"],
    "of": "ratings",
    "of_topic": "ratings",
    "most": 200,
    "epoch": 1,
    "after": 0,
    "seq": 3,
    "from": NOW - timedelta(hours=12),
    "to": NOW,
    "in_cluster": "cluster",
    "in_topic": "reports",
    "in_partition": 0,
    "at_offset": 7,
    "published_before": NOW - timedelta(days=30),
    "to_incident": "incident-16",
    "from_incident": "incident-8",
    "at_tier": "district",
    "to_status": "done",
    "was_acknowledged_at": NOW,
    "was_done_at": NOW,
    "areas": "*",
    "to_progress": "fired",
    "source_ids": [f"source-{number}" for number in range(5)],
    "in_epoch": 1,
    "at_log_heat": 1.0,
    "job": "projections",
    "month": "2026-11",
    "topics": ["reports"],
    "to_offset": 8,
    "from_offset": 7,
    "more_processed": 1,
    "more_duplicate": 0,
    "more_dead": 0,
    "of_report": "report-4",
    "who": "person-1",
}


@dataclass(frozen=True)
class Named:
    """One statement; what it is given beside VALUES stands in `values`."""

    name: str
    statement: Select[Any] | Update | Delete
    values: dict[str, Any] = field(default_factory=dict)


def every_statement() -> list[Named]:
    """All of them, each once."""
    found = {one.name: one for module in _modules() for one in _standing_in(module)}
    return [*found.values(), *_put_together()]


def _modules() -> Iterator[ModuleType]:
    for room in ROOMS:
        package = importlib.import_module(room)
        for info in pkgutil.iter_modules(package.__path__, f"{room}."):
            yield importlib.import_module(info.name)


def _standing_in(module: ModuleType) -> Iterator[Named]:
    for name, value in vars(module).items():
        if isinstance(value, Select | Update | Delete):
            yield Named(f"{module.__name__.removeprefix('streams.')}.{name}", value)


def _put_together() -> Iterator[Named]:
    """What functions build: lists with their filters, boards, day, trends, rankings, ratings, fusion."""
    place = (NOW.isoformat(), "incident-8")
    for name, wanted in (
        ("any", queries.Filter()),
        ("open", queries.Filter(status=Status.OPEN)),
        ("stage", queries.Filter(stage=Stage.DISPOSAL)),
        ("district", queries.Filter(area_code="500108")),
        ("city", queries.Filter(area_code="500000")),
        ("township", queries.Filter(area_code="500108007")),
        ("open of a district", queries.Filter(status=Status.OPEN, area_code="500108")),
        ("of an hour", queries.Filter(updated_from=NOW - timedelta(hours=1), updated_before=NOW)),
    ):
        yield Named(f"list {name}", listing.incidents_after(wanted, None).limit(51))
        yield Named(f"list {name}, next page", listing.incidents_after(wanted, place).limit(51))
    for area in ("500000", "500108", "500108007"):
        yield Named(f"board {area}", board._OPEN.where(board.lies_in(area)))
        yield Named(f"day {area}", day.log_statement(area))
        yield Named(f"day {area}, put away", day.put_away_statement(area))
    for column, codes in trends._by_column(["500108", "500108007", "500108:fire"]).items():
        yield Named(f"trends {column.name}", trends._counted(column, codes, RULES, NOW))
    window = Window(NOW - timedelta(days=7), NOW)
    for column in (projections.DISTRICT, projections.TOWNSHIP, projections.UNIT):
        yield Named(f"ratings {column.name}", projections._behind(column, window), {"codes": ["500108"]})
    yield Named("ranking", projections._hottest(RULES.heat))
    for scope in Scope:
        yield Named(f"fusion {scope}", fusion_keys._near(scope), _walks(scope))


def _walks(scope: Scope) -> dict[str, Any]:
    area = "" if scope is Scope.CITY else AreaCode("500108007")
    one = fusion_keys._values(Key(scope, area, "family-1"), NOW - timedelta(hours=2), NOW)
    return {
        f"{name}_{number}": value for number in range(fusion_keys._AT_ONCE) for name, value in one.items()
    } | {"most": 40}
