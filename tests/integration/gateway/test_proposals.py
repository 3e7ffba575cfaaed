"""Two persons over HTTP: what is proposed, countersigned, declined, left to expire, and who may not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from models.access import Role
from models.tables import AUDIT, EVENTS, INTAKE, OUTBOX
from models.topics import Topic
from streams.cockpit.waiting import ProposalWatch
from tests.integration.gateway.bodies import at, decision, report
from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.desks import Desk, desks_at

ON_BOTH_DATABASES = True

DISTRICT, CITY, ELSEWHERE = "500108", "500000", "500101"
PEOPLE = (
    ("wang", Role.DUTY_OFFICER, DISTRICT),
    ("li", Role.COMMANDER, DISTRICT),
    ("zhao", Role.COMMANDER, CITY),
    ("sun", Role.COMMANDER, ELSEWHERE),
)


@pytest.fixture
async def incident_id(gateway: Gateway) -> str:
    """A gas explosion with a plan of eleven orders that wait, more than one officer may release."""
    killed = {"deaths": 12}
    await gateway.client.post("/api/reports", json=report(category="accident.gas", urgent=True, facts=killed))
    await gateway.engine.settle()
    [listed] = (await gateway.client.get("/api/incidents")).json()["incidents"]
    view = (await gateway.client.get(f"/api/incidents/{listed['incident_id']}")).json()
    assert len(view["waiting_tasks"]) == 11
    return str(listed["incident_id"])


@pytest.fixture
async def people(gateway: Gateway) -> AsyncIterator[list[Desk]]:
    """A duty officer and a commander of the district, one of the city, one of another district."""
    async with desks_at(gateway, *PEOPLE) as desks:
        yield desks


async def proposed(desk: Desk, incident_id: str) -> str:
    """A release that waits for a second person; the id to ask for it by."""
    answer = await desk.decides(incident_id, "release")
    assert (answer.status_code, answer.json()["outcome"]) == (202, "awaiting_second")
    assert answer.headers["Location"] == f"/api/decisions/{answer.json()['message_id']}"
    return str(answer.json()["message_id"])


async def owed(gateway: Gateway, incident_id: str) -> int:
    """How many orders stand."""
    view = (await gateway.client.get(f"/api/incidents/{incident_id}")).json()
    return int(view["summary"]["open_commands"])


async def audited(gateway: Gateway, message_id: str) -> list[tuple[str, str, str]]:
    """Who did what to this proposal, and whether they were let."""
    statement = select(AUDIT.c.person_id, AUDIT.c.act, AUDIT.c.outcome).where(AUDIT.c.subject == message_id)
    async with gateway.services.database.read() as connection:
        return [(row[0], row[1], row[2]) for row in await connection.execute(statement.order_by(AUDIT.c.seq))]


async def test_a_mass_release_goes_in_when_another_countersigns(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """Nothing happens until then; afterwards the orders are out, and log and audit name both."""
    wang, li, *_ = people
    before = await owed(gateway, incident_id)
    message_id = await proposed(wang, incident_id)
    await gateway.engine.settle()
    assert await owed(gateway, incident_id) == before
    answer = await li.countersigns(message_id)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")
    await gateway.engine.settle()
    assert await owed(gateway, incident_id) == before + 11
    outcome = (await wang.client.get(f"/api/decisions/{message_id}")).json()
    assert (outcome["outcome"], outcome["incident_id"]) == ("applied", incident_id)
    async with gateway.services.database.read() as connection:
        signed = select(EVENTS.c.body).where(EVENTS.c.type == "countersigned")
        [row] = await connection.execute(signed)
    data = orjson.loads(row.body)["data"]
    assert (data["officer"]["id"], data["second_officer"]["id"]) == ("wang", "li")
    assert (data["second_officer"]["role"], data["second_officer"]["area_code"]) == ("commander", DISTRICT)
    assert await audited(gateway, message_id) == [
        ("wang", "handle", "allowed"),
        ("li", "countersign", "allowed"),
    ]


async def test_the_same_again_is_answered_alike(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """The decision while it waits and once it is applied, and the countersignature."""
    wang, li, *_ = people
    message_id = await proposed(wang, incident_id)
    assert await proposed(wang, incident_id) == message_id
    first = await li.countersigns(message_id)
    again = await li.countersigns(message_id)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    await gateway.engine.settle()
    applied = (await li.countersigns(message_id)).json()
    assert applied["outcome"] == "applied"
    repeated = await wang.decides(incident_id, "release")
    assert (repeated.status_code, repeated.json()) == (200, applied)
    assert len(await audited(gateway, message_id)) == 2


async def test_who_is_to_sign_is_shown_every_order(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """Task and unit of each, as the incident stands at that moment; nothing of it once it waits no more."""
    wang, li, *_ = people
    waiting = (await wang.sees(incident_id))["waiting_tasks"]
    assert isinstance(waiting, list)
    message_id = await proposed(wang, incident_id)
    [shown], [own] = await li.proposals(), await wang.proposals()
    assert own["at_stake"] == shown["at_stake"]
    assert (shown["area_code"], shown["level"], shown["reason"]) == ("500108001", "II", "因")
    assert stakes(shown) == [(task["unit_code"], task["text_zh"], None) for task in waiting]
    one = str(shown["at_stake"][0]["command_id"])  # type: ignore[index]  # the words of the view
    await wang.decides(incident_id, "release", decision_id="one", command_ids=[one])
    await gateway.engine.settle()
    [shown] = await li.proposals()
    assert len(stakes(shown)) == 10
    assert (await li.declines(message_id)).json()["at_stake"] == []
    assert stakes((await wang.proposals())[0]) == []


async def test_who_is_to_sign_a_retraction_is_shown_what_is_out(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """By name and by how far each unit is, also when a verdict of false takes them back."""
    wang, li, *_ = people
    message_id = await proposed(wang, incident_id)
    await li.countersigns(message_id)
    await gateway.engine.settle()
    out = (await wang.client.get(f"/api/incidents/{incident_id}/commands")).json()["commands"]
    orders = sorted((one["command"]["unit_code"], one["command"]["text_zh"], one["status"]) for one in out)
    for action, more in (("retract", {}), ("verify", {"verdict": "false"})):
        answer = await wang.decides(incident_id, action, **more)
        assert answer.json()["outcome"] == "awaiting_second"
        [shown] = await li.proposals()
        assert (shown["action"], sorted(stakes(shown))) == (action, orders)
        await li.declines(answer.json()["message_id"])


def stakes(shown: dict[str, object]) -> list[tuple[str, str, str | None]]:
    """Unit, task and standing of each order that a proposal shows."""
    orders = shown["at_stake"]
    assert isinstance(orders, list)
    return [(order["unit_code"], order["text_zh"], order["status"]) for order in orders]


async def test_another_content_under_the_id_of_a_proposal_is_a_conflict(
    incident_id: str, people: list[Desk]
) -> None:
    """As with every decision."""
    wang = people[0]
    await proposed(wang, incident_id)
    other = await wang.decides(incident_id, "release", reason="另因")
    assert (other.status_code, other.json()["code"]) == (409, "id_conflict")


async def test_what_is_declined_is_over(gateway: Gateway, incident_id: str, people: list[Desk]) -> None:
    """The proposer reads who declined it and why, wherever they ask; nobody can countersign it any more."""
    wang, li, zhao, _ = people
    message_id = await proposed(wang, incident_id)
    answer = await li.declines(message_id, "先核实人数")
    assert (answer.status_code, answer.json()["state"]) == (200, "declined")
    assert (await li.declines(message_id, "先核实人数")).json() == answer.json()
    repeated = await wang.decides(incident_id, "release")
    assert (repeated.status_code, repeated.json()["reason"]) == (409, "declined")
    assert "先核实人数" in repeated.json()["detail"]
    outcome = (await wang.client.get(f"/api/decisions/{message_id}")).json()
    assert (outcome["outcome"], outcome["detail"]) == ("declined", "先核实人数")
    late = await zhao.countersigns(message_id)
    assert (late.status_code, late.json()["reason"]) == (409, "declined")
    [mine] = await wang.proposals()
    assert (mine["state"], mine["second_name"], mine["declined_because"]) == (
        "declined",
        "li同志",
        "先核实人数",
    )
    assert await audited(gateway, message_id) == [("wang", "handle", "allowed"), ("li", "decline", "allowed")]
    assert not await taken_in(gateway, message_id)


async def taken_in(gateway: Gateway, message_id: str) -> bool:
    """Whether the decision has gone in."""
    async with gateway.services.database.read() as connection:
        found = await connection.execute(select(INTAKE).where(INTAKE.c.message_id == message_id))
        return found.first() is not None


async def test_what_nobody_answers_expires(gateway: Gateway, incident_id: str, people: list[Desk]) -> None:
    """A quarter of an hour by the program's clock; a second sooner it could still be countersigned."""
    wang, li, *_ = people
    message_id = await proposed(wang, incident_id)
    gateway.clock.move(899)
    [waiting] = await li.proposals()
    assert (waiting["state"], waiting["may_countersign"]) == ("waiting", True)
    gateway.clock.move(1)
    assert await li.proposals() == []
    [mine] = await wang.proposals()
    assert mine["state"] == "expired"
    for answer in (await li.countersigns(message_id), await li.declines(message_id)):
        assert (answer.status_code, answer.json()["reason"]) == (409, "expired")
    outcome = (await wang.client.get(f"/api/decisions/{message_id}")).json()
    assert outcome["outcome"] == "expired"
    repeated = await wang.decides(incident_id, "release")
    assert (repeated.status_code, repeated.json()["reason"]) == (409, "expired")
    assert not await taken_in(gateway, message_id)


async def test_of_two_who_answer_at_once_one_wins(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """The other learns that it is done, the decision goes in once, and the audit names the winner alone."""
    wang, li, zhao, _ = people
    message_id = await proposed(wang, incident_id)
    answers = await asyncio.gather(li.countersigns(message_id), zhao.countersigns(message_id))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    [late] = [answer for answer in answers if answer.status_code == 409]
    assert late.json()["reason"] == "countersigned"
    entries = await audited(gateway, message_id)
    assert [act for _, act, _ in entries] == ["handle", "countersign"]
    statement = select(OUTBOX.c.id).where(OUTBOX.c.topic == Topic.DECISIONS.value)
    async with gateway.services.database.read() as connection:
        assert len(list(await connection.execute(statement))) == 1


async def test_a_no_and_a_yes_at_once_are_one_of_them(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """Whichever comes first stands."""
    wang, li, zhao, _ = people
    message_id = await proposed(wang, incident_id)
    yes, no = await asyncio.gather(li.countersigns(message_id), zhao.declines(message_id))
    assert {yes.status_code, no.status_code} in ({202, 409}, {200, 409})
    assert await taken_in(gateway, message_id) is (yes.status_code == 202)


async def test_nobody_answers_their_own_proposal(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """Nor a duty officer another's, nor a commander of elsewhere, who is told that there is none."""
    wang, li, _, sun = people
    message_id = await proposed(li, incident_id)
    for desk, status in ((li, 403), (wang, 403), (sun, 404)):
        assert (await desk.countersigns(message_id)).status_code == status
        assert (await desk.declines(message_id)).status_code == status
    assert (await gateway.client.post(f"/api/proposals/{message_id}/countersign", json={})).status_code == 403
    assert [one["mine"] for one in await li.proposals()] == [True]
    assert await wang.proposals() == []
    assert await sun.proposals() == []
    denied = [entry for entry in await audited(gateway, message_id) if entry[2] == "denied"]
    assert [person for person, _, _ in denied] == ["li", "li", "wang", "wang", "sun", "sun"]


async def test_a_person_cannot_write_a_second_in(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """A name in a body is nobody's word; only the installation's own systems are believed."""
    wang = people[0]
    second = {"id": "li", "name": "李", "role": "commander", "area_code": DISTRICT}
    forged = await wang.decides(incident_id, "release", second_officer=second)
    assert (forged.status_code, forged.json()["field"]) == (403, "second_officer")
    said = decision(decision_id="d-2", action="release", area_code=DISTRICT, second_officer=second)
    trusted = await gateway.client.post(f"/api/incidents/{incident_id}/decisions", json=said)
    assert trusted.json()["outcome"] == "pending"


async def test_one_order_needs_nobody_else(gateway: Gateway, incident_id: str, people: list[Desk]) -> None:
    """A single retraction and a few releases go in at once."""
    wang = people[0]
    path = f"/api/incidents/{incident_id}/commands"
    [command, *_] = (await wang.client.get(path)).json()["commands"]
    ids = [command["command"]["command_id"]]
    answer = await wang.decides(incident_id, "retract", command_ids=ids)
    assert answer.json()["outcome"] == "pending"
    await gateway.engine.settle()
    assert (await wang.client.get(answer.headers["Location"])).json()["outcome"] == "applied"


async def test_an_extension_takes_two(gateway: Gateway, incident_id: str, people: list[Desk]) -> None:
    """Of any clock, by whomever; what the rules refuse anyway is refused at once and proposed to nobody."""
    _, li, zhao, _ = people
    clocks = (await li.sees(incident_id))["deadlines"]
    assert isinstance(clocks, dict)
    deadline_id, clock = next((one, clock) for one, clock in clocks.items() if clock["step"])
    later = {"deadline_id": deadline_id, "until": at(-600)}
    assert clock["due_at"] < str(later["until"])
    answer = await li.decides(incident_id, "extend", **later)
    assert answer.json()["outcome"] == "awaiting_second"
    [shown] = await zhao.proposals()
    assert (shown["action"], shown["orders"], shown["until"]) == ("extend", 0, "2026-11-22T22:00:00Z")
    assert (shown["at_stake"], shown["prolonged"]["step"]) == ([], clock["step"])  # type: ignore[index]  # as above
    assert shown["prolonged"]["due_at"] == clock["due_at"]  # type: ignore[index]  # as above
    await zhao.countersigns(answer.json()["message_id"])
    await gateway.engine.settle()
    assert (await li.sees(incident_id))["deadlines"][deadline_id]["due_at"] == "2026-11-22T22:00:00Z"  # type: ignore[index]  # the words of the view
    unknown = await li.decides(
        incident_id, "extend", decision_id="d-3", **later | {"deadline_id": "no-clock"}
    )
    await gateway.engine.settle()
    refused = (await li.client.get(unknown.headers["Location"])).json()
    assert (refused["outcome"], refused["reason"]) == ("refused", "unknown_deadline")
    assert len(await zhao.proposals()) == 0


async def test_screens_hear_that_something_waits_and_that_it_does_not_any_more(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """The district's and the city's, not the one next door; once for each change."""
    wang, li, *_ = people
    hubs = gateway.services.hubs
    viewers = {area: hubs.of(area).join("e1:0") for area in (DISTRICT, CITY, ELSEWHERE)}
    watch = ProposalWatch(gateway.services.database, gateway.clock, hubs)
    message_id = await proposed(wang, incident_id)
    await watch.look()
    await watch.look()
    await li.countersigns(message_id)
    await watch.look()
    hubs.close()
    heard = {area: [frame async for frame in one.frames()] for area, one in viewers.items()}
    for area in (DISTRICT, CITY):
        said = [orjson.loads(frame.split(b"data: ")[1]) for frame in heard[area]]
        assert [one["proposals"] for one in said] == [1, 0]
    assert heard[ELSEWHERE] == []


async def test_the_view_says_what_takes_two(incident_id: str, people: list[Desk]) -> None:
    """The release of the whole plan does, taking back what little stands does not."""
    choices = (await people[0].sees(incident_id))["needs_second"]
    assert isinstance(choices, list)
    assert {"action": "release", "verdict": None, "level": None} in choices
    assert "retract" not in [choice["action"] for choice in choices]


async def test_an_act_can_be_undone_while_its_window_lasts(
    gateway: Gateway, incident_id: str, people: list[Desk]
) -> None:
    """The view offers its own officer the inverse decision; sent, it brings back what was."""
    wang, li, *_ = people
    before = (await li.sees(incident_id))["summary"]
    await li.decides(incident_id, "regrade", level="I")
    await gateway.engine.settle()
    assert (await wang.sees(incident_id))["undo"] is None
    undo = (await li.sees(incident_id))["undo"]
    assert isinstance(undo, dict)
    until = gateway.clock.now() + timedelta(seconds=120)
    assert undo["until"] == until.isoformat().replace("+00:00", "Z")
    inverse = {name: value for name, value in undo["decision"].items() if value is not None}
    assert (inverse.pop("action"), inverse.pop("incident_id")) == ("regrade", incident_id)
    assert inverse["reason"] == "撤销"
    await li.decides(incident_id, "regrade", decision_id="undo", **inverse)
    await gateway.engine.settle()
    after = (await li.sees(incident_id))["summary"]
    assert isinstance(after, dict)
    assert isinstance(before, dict)
    assert after["level"] == before["level"]
    gateway.clock.move(120)
    assert (await li.sees(incident_id))["undo"] is None


async def test_a_merge_is_undone_from_either_side(gateway: Gateway, people: list[Desk]) -> None:
    """The view of the incident that is gone offers what takes its reports out of the survivor again."""
    zhao = people[2]
    for number, area in enumerate(("500108001", "500108002")):
        await gateway.client.post(
            "/api/reports", json=report(report_id=f"r-{number}", source_id=f"s-{number}", area_code=area)
        )
        await gateway.engine.settle()
        gateway.clock.move(1)
    listed = (await zhao.client.get("/api/incidents")).json()["incidents"]
    younger, older = (one["incident_id"] for one in sorted(listed, key=lambda one: one["opened_at"])[::-1])
    await zhao.decides(younger, "merge", other_incident_id=older)
    await gateway.engine.settle()
    views = [await zhao.sees(one) for one in (younger, older)]
    assert views[0]["undo"] == views[1]["undo"]
    undo = views[0]["undo"]
    assert isinstance(undo, dict)
    assert (undo["decision"]["incident_id"], undo["decision"]["action"]) == (older, "split")
    assert undo["decision"]["reports"] == [{"source_id": "s-1", "report_id": "r-1"}]
    await zhao.decides(older, "split", decision_id="undo", reports=undo["decision"]["reports"])
    await gateway.engine.settle()
    again = (await zhao.client.get("/api/incidents?status=open")).json()["incidents"]
    assert [one["reports"] for one in again] == [1, 1]
