"""`fenghuo check` beside the gateway: what two persons did through it stands in the audit, a decline too."""

from streams.check import Invariant, check
from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.desks import Desk
from tests.integration.gateway.test_proposals import incident_id, people, proposed

__all__ = ["incident_id", "people"]


async def unaudited(gateway: Gateway) -> list[str]:
    """What I12 finds."""
    found = check(gateway.services.database, grace_seconds=0)
    return [one.row async for one in found if one.invariant is Invariant.I12]


async def test_who_proposed_declined_and_countersigned_is_audited(
    gateway: Gateway,
    incident_id: str,
    people: list[Desk],
) -> None:
    """Each of the steps leaves an entry that the check finds."""
    wang, li, *_ = people
    first = await proposed(wang, incident_id)
    assert await unaudited(gateway) == []
    assert (await li.declines(first)).status_code == 200
    assert await unaudited(gateway) == []
    second = str((await wang.decides(incident_id, "release", decision_id="again")).json()["message_id"])
    assert second != first
    assert (await li.countersigns(second)).status_code == 202
    await gateway.engine.settle()
    assert await unaudited(gateway) == []
