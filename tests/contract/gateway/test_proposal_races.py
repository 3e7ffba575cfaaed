"""A proposal at two gateways on one database, SQLite or PostgreSQL: it is kept once and settled once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import func, select

from models.access import Role
from models.tables import AUDIT, INTAKE, PROPOSALS
from models.topics import Topic
from streams.store.database import Database
from tests.integration.gateway.bodies import decision, report
from tests.integration.gateway.conftest import Gateway, gateway_over
from tests.integration.gateway.desks import Desk, desks_at

Pair = tuple[Gateway, Gateway]
COMMANDERS = 4


@pytest.fixture
async def gateways(migrated_url: str) -> AsyncIterator[Pair]:
    """Two gateways with connections of their own."""
    one, two = Database(migrated_url), Database(migrated_url)
    async with gateway_over(one) as first, gateway_over(two) as second:
        yield first, second
    await one.close()
    await two.close()


@pytest.fixture
async def commanders(gateways: Pair) -> AsyncIterator[list[Desk]]:
    """Some at each door."""
    async with AsyncExitStack() as stack:
        desks = []
        for number in range(COMMANDERS):
            person = (f"commander-{number}", Role.COMMANDER, "500000")
            desks += await stack.enter_async_context(desks_at(gateways[number % 2], person))
        yield desks


async def proposed(gateways: Pair) -> str:
    """More time for a clock, asked for at both doors at once, again and again; the id that all are told."""
    await gateways[0].client.post("/api/reports", json=report())
    await gateways[0].engine.settle()
    [incident] = (await gateways[0].client.get("/api/incidents")).json()["incidents"]
    path = f"/api/incidents/{incident['incident_id']}"
    clocks = (await gateways[0].client.get(path)).json()["deadlines"]
    longer = {"deadline_id": next(iter(clocks)), "until": "2026-11-23T00:00:00Z", "reason": "因"}
    said = decision(action="extend", **longer)
    answers = await asyncio.gather(
        *(gateways[n % 2].client.post(f"{path}/decisions", json=said) for n in range(8))
    )
    assert {(one.status_code, one.json()["outcome"]) for one in answers} == {(202, "awaiting_second")}
    [message_id] = {str(one.json()["message_id"]) for one in answers}
    return message_id


async def count(gateways: Pair, what: str) -> int:
    """How many proposals, decisions taken in, or entries of those who answered there are."""
    statements = {
        "proposals": select(func.count()).select_from(PROPOSALS),
        "taken in": select(func.count()).select_from(INTAKE).where(INTAKE.c.topic == Topic.DECISIONS.value),
        "answers": select(func.count()).select_from(AUDIT).where(AUDIT.c.act.in_(["countersign", "decline"])),
    }
    async with gateways[0].services.database.read() as connection:
        return int((await connection.execute(statements[what])).scalar_one())


async def test_one_proposal_is_settled_by_one_of_many(gateways: Pair, commanders: list[Desk]) -> None:
    """All countersign at once, at two doors: one wins, the others are told that it is done."""
    message_id = await proposed(gateways)
    assert await count(gateways, "proposals") == 1
    answers = await asyncio.gather(*(desk.countersigns(message_id) for desk in commanders))
    assert Counter(one.status_code for one in answers) == {202: 1, 409: COMMANDERS - 1}
    assert {one.json()["reason"] for one in answers if one.status_code == 409} == {"countersigned"}
    assert (await count(gateways, "taken in"), await count(gateways, "answers")) == (1, 1)


async def test_yes_and_no_at_once_are_one_of_them(gateways: Pair, commanders: list[Desk]) -> None:
    """Half countersign and half decline: whoever is first decides what all others are told."""
    message_id = await proposed(gateways)
    answers = await asyncio.gather(
        *(
            desk.countersigns(message_id) if number % 2 else desk.declines(message_id)
            for number, desk in enumerate(commanders)
        )
    )
    [won] = [one for one in answers if one.status_code < 300]
    [reason] = {one.json()["reason"] for one in answers if one.status_code == 409}
    assert reason == ("countersigned" if won.status_code == 202 else "declined")
    assert await count(gateways, "taken in") == (1 if won.status_code == 202 else 0)
    assert await count(gateways, "answers") == 1
