"""By hand: what people outside the story do meanwhile, over HTTP with the installation's token.

Never in here: anything that a test claims a page can do.
"""

from datetime import UTC, datetime
from uuid import uuid4

from tests.acceptance.program import Program

Body = dict[str, object]
SOON_SECONDS = 60
OWED = ("issued", "received", "acknowledged")


def _now() -> str:
    return datetime.now(UTC).isoformat()


def report(program: Program, **what: object) -> str:
    """Tell of something; the incident that it opened, found by the words it was told in."""
    words = str(what.setdefault("text", f"居民反映井盖破损 {uuid4().hex[:6]}"))
    body = {
        "schema_version": 1,
        "report_id": str(uuid4()),
        "source_id": "12345-500000",
        "channel": "12345",
        "kind": "initial",
        "area_code": "500101001",
        "reported_at": _now(),
    }
    answer = program.http.post("/api/reports", json=body | what)
    assert answer.status_code == 202, answer.text
    program.await_that(lambda: bool(_named(program, words)), f"an incident {words!r}", SOON_SECONDS)
    return _named(program, words)[0]


def _named(program: Program, words: str) -> list[str]:
    listed = program.http.get("/api/incidents", params={"limit": 100}).json()["incidents"]
    return [str(one["incident_id"]) for one in listed if one["title"] == words]


def decide(program: Program, incident_id: str, **what: object) -> None:
    """Decide as the officer on duty; applied, or the test fails."""
    body = {
        "schema_version": 1,
        "decision_id": str(uuid4()),
        "officer": {"id": "night-officer", "name": "周敏"},
        "area_code": "500000",
        "decided_at": _now(),
    }
    answer = program.http.post(f"/api/incidents/{incident_id}/decisions", json=body | what)
    assert answer.status_code in (200, 202), answer.text
    assert answer.json()["outcome"] in ("applied", "pending"), "it waits for a second person"


def orders_of(program: Program, incident_id: str, unit_code: str | None) -> list[str]:
    """The ids of the orders that this unit owes."""
    held = program.http.get(f"/api/incidents/{incident_id}/commands").json()["commands"]
    owed = [one["command"] for one in held if one["status"] in OWED]
    return [str(command["command_id"]) for command in owed if command["unit_code"] == unit_code]


def reports_of(program: Program, incident_id: str) -> list[Body]:
    """Its reports, as an officer sees them."""
    answer = program.http.get(f"/api/incidents/{incident_id}/reports").json()
    return list(answer["reports"])


def the_rest_is_done(program: Program, incident_id: str) -> None:
    """Every unit that still owes something says that its work is done."""
    for held in program.http.get(f"/api/incidents/{incident_id}/commands").json()["commands"]:
        command = held["command"]
        if command["kind"] == "order" and held["status"] in OWED:
            answer(program, command, "done")


def answer(program: Program, command: Body, kind: str, **what: object) -> None:
    """A unit's answer to its command."""
    body = {
        "schema_version": 1,
        "feedback_id": str(uuid4()),
        "incident_id": command["incident_id"],
        "unit_code": command["unit_code"],
        "kind": kind,
        "person": {"name": "赵强"},
        "occurred_at": _now(),
    }
    taken = program.http.post(f"/api/commands/{command['command_id']}/feedback", json=body | what)
    assert taken.status_code in (200, 202), taken.text


def told_of_fire(place: str) -> str:
    """The words in which `a_fire_under_way` tells of it, which become its title."""
    return f"{place}商场起火，三层有人被困"


def a_fire_under_way(program: Program, township: str, place: str) -> str:
    """A verified fire with its plan released: the fire brigade of its district owes a command."""
    incident_id = report(
        program,
        text=told_of_fire(place),
        category="accident.fire",
        place=place,
        area_code=township,
        facts={"deaths": 12, "injured": 60, "trapped": 4},
    )
    decide(program, incident_id, action="acknowledge")
    decide(program, incident_id, action="verify", verdict="true", reason="现场民警确认")
    decide(program, incident_id, action="release")
    return incident_id
