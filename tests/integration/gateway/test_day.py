"""The map of a past moment: what the day's changes add up to is what a fold of the log says."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from models.access import Role, Someone
from models.identifiers import AreaCode
from models.messages.event import Event
from models.months import Month
from models.tables import OUTBOX
from models.vocabulary import Status
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.archive.files import ArchiveFolder
from streams.archive.putting_away import FileMade, put_away
from streams.gateway.security import SESSION_COOKIE
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import decision, report
from tests.integration.gateway.conftest import Gateway, client_of
from workflows.fold import fold

ON_BOTH_DATABASES = True

Shown = dict[str, Any]
Picture = dict[str, tuple[str, bool]]  # level, and whether somebody has it, of what is open
TODAY, TOMORROW = "2026-11-22", "2026-11-23"


async def changes(gateway: Gateway, **asked: str) -> Shown:
    answer = await gateway.client.get("/api/screen/day", params=asked)
    assert answer.status_code == 200, answer.text
    shown: Shown = answer.json()
    return shown


def picture(shown: Shown, at: datetime) -> Picture:
    """The last change of each incident up to that moment."""
    until = (at - datetime.fromisoformat(shown["begins_at"])) / timedelta(milliseconds=1)
    last = {change[1]: change[2:] for change in shown["changes"] if change[0] <= until}
    ids = [row[shown["columns"].index("incident_id")] for row in shown["incidents"]]
    return {ids[index]: (level, has) for index, (is_open, level, has) in last.items() if is_open}


def folded(logs: list[list[Event]], at: datetime) -> Picture:
    """What each log says of that moment."""
    pasts = ([event for event in log if event.recorded_at <= at] for log in logs)
    states = [fold(past) for past in pasts if past]
    return {
        state.incident_id: (state.level.value, state.acknowledged_by is not None)
        for state in states
        if state.status is Status.OPEN
    }


async def an_hour_later(gateway: Gateway) -> None:
    await gateway.engine.settle()
    gateway.clock.move(3_600)


async def decide(gateway: Gateway, incident_id: str, number: int, **what: object) -> None:
    body = decision(
        decision_id=f"d-{number}",
        reason="因",
        area_code="500000",
        decided_at=gateway.clock.now().isoformat(),
        **what,
    )
    answer = await gateway.client.post(f"/api/incidents/{incident_id}/decisions", json=body)
    assert answer.status_code == 202, answer.text
    await an_hour_later(gateway)


async def two_days(gateway: Gateway) -> list[list[Event]]:
    """Something of every kind that moves the map, on both sides of a midnight in Beijing; the logs of all."""
    now = gateway.clock.now
    for number, area in enumerate(("500108001", "500101001", "500103001")):
        body = report(report_id=f"r-{number}", area_code=area, reported_at=now().isoformat())
        await gateway.client.post("/api/reports", json=body)
        await an_hour_later(gateway)
    listed = (await gateway.client.get("/api/incidents")).json()["incidents"]
    [first, second, third] = sorted(listed, key=lambda one: str(one["opened_at"]))
    await decide(gateway, first["incident_id"], 1, action="acknowledge")
    worse = report(
        report_id="r-9", kind="follow_up", refers_to="r-1", area_code="500101001",
        facts={"deaths": 12}, reported_at=now().isoformat(),
    )  # fmt: skip
    await gateway.client.post("/api/reports", json=worse)
    await an_hour_later(gateway)
    await decide(gateway, third["incident_id"], 2, action="verify", verdict="false")
    await decide(gateway, third["incident_id"], 3, action="reopen")
    await decide(gateway, second["incident_id"], 4, action="acknowledge")
    return [await log_of(gateway, one["incident_id"]) for one in (first, second, third)]


async def log_of(gateway: Gateway, incident_id: str) -> list[Event]:
    answer = await gateway.client.get(f"/api/incidents/{incident_id}/events")
    return [Event.model_validate(event, strict=False) for event in answer.json()["events"]]


async def test_every_moment_of_a_day_is_what_a_fold_of_the_log_says(gateway: Gateway) -> None:
    """Right after each event, and halfway to the next, on the day it began and on the day after."""
    logs = await two_days(gateway)
    days = [await changes(gateway, date=TODAY), await changes(gateway, date=TOMORROW)]
    midnight = datetime.fromisoformat(days[1]["begins_at"])
    moments = sorted({event.recorded_at for log in logs for event in log})
    moments += [moment + timedelta(minutes=30) for moment in moments] + [midnight]
    kinds = {event.type for log in logs for event in log}
    assert kinds >= {"preliminary_graded", "incident_acknowledged", "incident_rejected", "incident_reopened"}
    seen = [picture(days[moment >= midnight], moment) for moment in moments]
    assert seen == [folded(logs, moment) for moment in moments]
    assert {level for one in seen for level, _ in one.values()} > {"IV"}
    assert {len(one) for one in seen} == {1, 2, 3}


async def test_a_day_ends_now_and_shows_its_own_area_alone(gateway: Gateway) -> None:
    """Up to this moment, in this district; a day to come is refused, and nothing is told of before anything was."""
    await two_days(gateway)
    shown = await changes(gateway, area="500101", date=TOMORROW)
    assert [row[shown["columns"].index("district_code")] for row in shown["incidents"]] == ["500101"]
    begins_at = datetime.fromisoformat(shown["begins_at"])
    assert begins_at + timedelta(milliseconds=shown["until_ms"]) == gateway.clock.now()
    assert (await changes(gateway))["date"] == TOMORROW
    assert (await changes(gateway, date="2026-11-20"))["changes"] == []
    answer = await gateway.client.get("/api/screen/day", params={"date": "2026-11-24"})
    assert (answer.status_code, answer.json()["field"]) == (400, "date")


async def test_a_day_says_how_many_are_in_the_archive(gateway: Gateway, tmp_path: Path) -> None:
    """What was put away is on no past map, and the day tells how many those are; other districts' do not count."""
    await gateway.client.post("/api/reports", json=report(reported_at=gateway.clock.now().isoformat()))
    await an_hour_later(gateway)
    [incident] = (await gateway.client.get("/api/incidents")).json()["incidents"]
    await decide(gateway, incident["incident_id"], 1, action="verify", verdict="false")
    seen = await changes(gateway, date=TODAY)
    assert (len(seen["incidents"]), seen["put_away"]) == (1, 0)
    database, now = gateway.services.database, gateway.clock.now()
    async with database.write() as connection:
        await connection.execute(delete(OUTBOX))  # published and pruned long ago
    made = put_away(database, ArchiveFolder(tmp_path), Month("2099-01"), now + timedelta(days=90))
    assert any(isinstance(one, FileMade) for one in [one async for one in made])
    seen = await changes(gateway, date=TODAY)
    assert (seen["incidents"], seen["put_away"]) == ([], 1)
    assert (await changes(gateway, date=TODAY, area="500101"))["put_away"] == 0


async def test_nobodys_words_are_in_a_day(gateway: Gateway) -> None:
    """Neither titles nor texts nor names."""
    await two_days(gateway)
    answer = await gateway.client.get("/api/screen/day", params={"date": TODAY})
    assert "起火" not in answer.text
    assert "王值班" not in answer.text


async def test_another_area_cannot_be_told_from_none(gateway: Gateway) -> None:
    """Whoever sits in one district sees no day of another, nor that there is one."""
    wang = Someone(person_id="wang", name="王", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
    async with gateway.services.database.write() as connection:
        await keep_account(connection, wang, None, NOON)
        cookie = await open_session(connection, "wang", gateway.clock.now())
    async with client_of(gateway.services, token=None) as client:
        client.cookies.set(SESSION_COOKIE, cookie)
        answers = [
            await client.get("/api/screen/day", params={"area": area}) for area in ("500101", "500999")
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert (await client.get("/api/screen/day")).json()["area_code"] == "500108"
