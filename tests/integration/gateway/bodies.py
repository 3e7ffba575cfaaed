"""Bodies as clients send them: valid ones, of which a test changes what it is about."""

from datetime import datetime, timedelta

from tests.fakes.clock import NOON

TOWNSHIP = "500108001"

Body = dict[str, object]


def at(minutes_ago: float = 0) -> str:
    """A time before the clock of the tests."""
    moment: datetime = NOON - timedelta(minutes=minutes_ago)
    return moment.isoformat()


def report(**changes: object) -> Body:
    """A fire in a township, told by a grid worker; None leaves a field out."""
    body: Body = {
        "schema_version": 1,
        "report_id": "r-1",
        "source_id": "grid-1",
        "channel": "grid",
        "kind": "initial",
        "category": "accident.fire",
        "title": "某处起火",
        "area_code": TOWNSHIP,
        "reported_at": at(1),
    }
    return _changed(body, changes)


def decision(**changes: object) -> Body:
    """An officer of the township has seen the incident; None leaves a field out."""
    body: Body = {
        "schema_version": 1,
        "decision_id": "d-1",
        "action": "acknowledge",
        "officer": {"id": "officer-1", "name": "王值班"},
        "area_code": TOWNSHIP,
        "decided_at": at(),
    }
    return _changed(body, changes)


def feedback(**changes: object) -> Body:
    """A named person of the unit has the command; None leaves a field out."""
    body: Body = {
        "schema_version": 1,
        "feedback_id": "f-1",
        "kind": "acknowledged",
        "person": {"name": "李队长"},
        "occurred_at": at(),
    }
    return _changed(body, changes)


def _changed(body: Body, changes: Body) -> Body:
    return {name: value for name, value in (body | changes).items() if value is not None}
