"""Feedback: what a unit says about a command is kept before the answer, and its outcome told."""

from typing import Any

import pytest

from tests.integration.gateway.bodies import Body, feedback, report
from tests.integration.gateway.conftest import Gateway


@pytest.fixture
async def command(gateway: Gateway) -> dict[str, Any]:
    """A command that went out for a fire with danger to life."""
    await gateway.client.post("/api/reports", json=report(urgent=True))
    await gateway.engine.settle()
    listed = (await gateway.client.get("/api/incidents")).json()["incidents"]
    sent = (await gateway.client.get(f"/api/incidents/{listed[0]['incident_id']}/commands")).json()[
        "commands"
    ]
    found: dict[str, Any] = sent[0]["command"]
    return found


def about(command: dict[str, Any], **changes: object) -> Body:
    """A feedback of the unit that has the command."""
    return feedback(incident_id=command["incident_id"], unit_code=command["unit_code"], **changes)


async def test_an_acknowledgement_is_applied_and_shown(gateway: Gateway, command: dict[str, Any]) -> None:
    """202 until the engine has it, 200 from then on, and the command shows who signed."""
    path = f"/api/commands/{command['command_id']}/feedback"
    waiting = await gateway.client.post(path, json=about(command))
    await gateway.engine.settle()
    applied = await gateway.client.post(path, json=about(command))
    assert (waiting.status_code, waiting.json()["outcome"]) == (202, "pending")
    assert (applied.status_code, applied.json()["outcome"]) == (200, "applied")
    listed = await gateway.client.get(f"/api/incidents/{command['incident_id']}/commands")
    (shown,) = [c for c in listed.json()["commands"] if c["command"]["command_id"] == command["command_id"]]
    assert (shown["status"], shown["acknowledged_by"]["name"]) == ("acknowledged", "李队长")
    assert shown["command"] == command


async def test_another_units_word_is_refused(gateway: Gateway, command: dict[str, Any]) -> None:
    """A unit that does not have the command gets 409 with the rules' reason."""
    path = f"/api/commands/{command['command_id']}/feedback"
    foreign = about(command) | {"unit_code": "500101:fire"}
    await gateway.client.post(path, json=foreign)
    await gateway.engine.settle()
    answer = await gateway.client.post(path, json=foreign)
    assert (answer.status_code, answer.json()["reason"]) == (409, "not_your_command")


async def test_an_id_is_used_for_one_content_alone(gateway: Gateway, command: dict[str, Any]) -> None:
    """Other content under the same feedback id of the same unit is a conflict that names the id."""
    path = f"/api/commands/{command['command_id']}/feedback"
    await gateway.client.post(path, json=about(command))
    answer = await gateway.client.post(path, json=about(command, note="on the way"))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        409,
        "id_conflict",
        "feedback_id",
    )


async def test_nobody_answers_a_command_that_is_not_there(gateway: Gateway) -> None:
    """A command that does not exist is 404."""
    body = feedback(incident_id="i-1", unit_code="500108:fire")
    answer = await gateway.client.post("/api/commands/none/feedback", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
