"""A unit's desk: whose name stands under a command, and the time by which its clocks run."""

from tests.integration.gateway.bodies import feedback, report
from tests.integration.gateway.conftest import Gateway

ON_BOTH_DATABASES = True

FIRE = "500108001:fire"


async def test_a_signature_and_the_programs_time_are_on_the_desk(gateway: Gateway) -> None:
    """Before it is signed nobody's name stands there; the time is the program's and not the machine's."""
    await gateway.client.post("/api/reports", json=report(urgent=True))
    await gateway.engine.settle()
    before = (await gateway.client.get(f"/api/units/{FIRE}/commands")).json()
    [order] = before["commands"]
    command = order["command"]
    told = feedback(unit_code=FIRE, incident_id=command["incident_id"])
    await gateway.client.post(f"/api/commands/{command['command_id']}/feedback", json=told)
    await gateway.engine.settle()
    after = (await gateway.client.get(f"/api/units/{FIRE}/commands")).json()
    assert order["acknowledged_by"] is None
    assert after["commands"][0]["acknowledged_by"] == {"id": None, "name": "李队长"}
    now = gateway.clock.now().isoformat().replace("+00:00", "Z")
    assert (before["as_of"], (await gateway.client.get("/api/session")).json()["as_of"]) == (now, now)
