"""A body of an older version is upgraded where it is read, whoever reads it; a newer one waits for the upgrade."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import orjson

from models.messages.event import Event
from models.messages.report import Report
from models.messages.versions import SCHEMA_VERSION, Upgrade
from models.vocabulary import DeadLetterReason
from streams.processing import codec
from tests.contract.store.worker import report
from tests.core_world import CoreWorld, make_report
from tests.fakes.clock import NOON

MADE_UP = 0  # a version before the first


def _where_was_an_area(body: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in body.items() if name != "where"}, "area_code": body["where"]}


class ReportOfOld(Report):
    """A report whose contract once said `where`."""

    upgrades: ClassVar[Mapping[int, Upgrade]] = MappingProxyType({MADE_UP: _where_was_an_area})


def _named_otherwise(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "type": "incident_opened"} if body["type"] == "incident_began" else body


class EventOfOld(Event):
    """A fact of a log in which an incident once began."""

    upgrades: ClassVar[Mapping[int, Upgrade]] = MappingProxyType({MADE_UP: _named_otherwise})


def as_of_old(**changes: object) -> bytes:
    body = orjson.loads(report().model_dump_json(exclude_none=True))
    body["where"] = body.pop("area_code")
    return orjson.dumps({**body, "schema_version": MADE_UP, **changes})


def test_an_older_message_is_read_as_one_of_today() -> None:
    """Off a topic it is the message that its sender would write today, with the same id and digest."""
    found, today = ReportOfOld.model_validate_json(as_of_old()), report()
    assert (found.message_id, codec.digest_of(found)) == (today.message_id, codec.digest_of(today))
    assert found.schema_version == SCHEMA_VERSION


def test_an_older_fact_is_read_as_one_of_today() -> None:
    """A log of an earlier release is folded by today's names."""
    world = CoreWorld()
    world.report(make_report())
    opened = next(iter(world.log.values()))[0]
    body = orjson.loads(opened.model_dump_json())
    old = orjson.dumps({**body, "schema_version": MADE_UP, "type": "incident_began"})
    read = EventOfOld.model_validate_json(old)
    assert read.model_dump_json() == opened.model_dump_json()


def test_a_message_of_today_is_read_as_it_is() -> None:
    """Even where a shape has a past: the step is for the older version alone."""
    assert not isinstance(
        codec.read(ReportOfOld, as_of_old(schema_version=SCHEMA_VERSION), NOON), codec.Readable
    )


def test_a_newer_message_waits_for_the_upgrade() -> None:
    """It is no report to us yet: parked under a reason of its own, never guessed at."""
    newer = codec.read(ReportOfOld, as_of_old(schema_version=SCHEMA_VERSION + 1), NOON)
    assert isinstance(newer, codec.Unreadable)
    assert newer.reason is DeadLetterReason.UNSUPPORTED_VERSION


def test_an_older_body_that_is_broken_is_refused() -> None:
    """An upgrade does not make a message of what never was one."""
    assert not isinstance(codec.read(ReportOfOld, as_of_old(where=5), NOON), codec.Readable)
    for broken in (b"[]", b'{"schema_version":0}', b'{"schema_version":0,"where":{}}'):
        assert not isinstance(codec.read(ReportOfOld, broken, NOON), codec.Readable)
