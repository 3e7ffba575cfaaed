"""Offers that are written together are answered each for itself."""

import asyncio
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import select

from models.access import Act
from models.messages.report import Report
from models.tables import INTAKE, OUTBOX
from streams.access.audit import Outsider, entry_of
from streams.gateway.intake import Accepted, Intake
from streams.gateway.offers import Offer, read_report
from streams.gateway.problems import Problem
from streams.processing.codec import digest_of
from streams.store import inbox
from streams.store.database import Database
from streams.store.errors import TransientFault
from streams.store.inbox import InboxEntry
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import Gateway


def offer(gateway: Gateway, **changes: object) -> Offer:
    """The offer of a report."""
    return read_report(orjson.dumps(report(**changes)), gateway.services)[1]


async def answers(intake: Intake, *offers: Offer) -> list[str]:
    """What each of these, offered at the same moment, is told."""
    told = await asyncio.gather(*(accept(intake, one) for one in offers), return_exceptions=True)
    return [_word(one) for one in told]


async def accept(intake: Intake, one: Offer) -> Accepted:
    """Let it in as the installation's."""
    entry = entry_of(Outsider.INSTALLATION, Act.REPORT, None, one.message_id, allowed=True, at=NOON)
    return await intake.accept(one, entry)


def _word(answer: Accepted | BaseException) -> str:
    if isinstance(answer, Accepted):
        return "new" if answer.is_new else "again"
    return answer.code if isinstance(answer, Problem) else type(answer).__name__


async def kept(gateway: Gateway) -> tuple[int, int]:
    """How many rows stand in the intake and in the outbox."""
    async with gateway.services.database.read() as connection:
        intake = (await connection.execute(select(INTAKE.c.message_id))).all()
        outbox = (await connection.execute(select(OUTBOX.c.message_id))).all()
    assert sorted(row.message_id for row in intake) == sorted(row.message_id for row in outbox)
    return len(intake), len(outbox)


async def test_each_is_answered_for_itself(gateway: Gateway) -> None:
    """New, the same again, other content under the same id, and another report, all in one transaction."""
    one, other = offer(gateway), offer(gateway, title="别处起火")
    second = offer(gateway, report_id="r-2")
    told = await answers(Intake(gateway.services), one, one, other, second, other)
    assert told == ["new", "again", "id_conflict", "new", "id_conflict"]
    assert await answers(Intake(gateway.services), other, second, one) == ["id_conflict", "again", "again"]
    assert (await kept(gateway), gateway.nudges.count) == ((2, 2), 2)


async def test_what_the_engine_has_handled_decides(gateway: Gateway) -> None:
    """Of two contents offered together, the one that came straight to Kafka before is let in."""
    straight = Report.model_validate_json(orjson.dumps(report()))
    entry = InboxEntry(straight.message_id, digest_of(straight), "reports", 0, 0, None, NOON, None)
    async with gateway.services.database.write() as connection:
        await inbox.record(connection, "cluster", [entry])
    other, same = offer(gateway, title="别处起火"), offer(gateway)
    assert await answers(Intake(gateway.services), other, same, same) == ["id_conflict", "new", "again"]
    assert await kept(gateway) == (1, 1)


async def test_one_that_cannot_be_kept_costs_only_itself(gateway: Gateway) -> None:
    """What no database takes is told so; those that were to be written with it are accepted."""
    good = [offer(gateway, report_id=f"r-{number}") for number in range(3)]
    poison = replace(offer(gateway, report_id="poison"), key="\ud800")
    assert await answers(Intake(gateway.services), good[0], poison, *good[1:]) == [
        "new",
        "invalid",
        "new",
        "new",
    ]
    assert await kept(gateway) == (3, 3)


async def test_a_database_that_is_away_is_told_to_each(gateway: Gateway) -> None:
    """Everyone who waited hears of the fault, and the next one is tried anew."""
    away = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nowhere")
    intake = Intake(replace(gateway.services, database=away))
    for _ in range(2):
        offers = [offer(gateway, report_id=f"r-{number}") for number in range(3)]
        assert await answers(intake, *offers) == [TransientFault.__name__] * 3


async def test_a_client_that_hangs_up_takes_nobody_with_it(gateway: Gateway) -> None:
    """The first to come is cancelled while it waits; what it offered and what came after it is written."""
    intake = Intake(gateway.services)
    first = asyncio.create_task(accept(intake, offer(gateway)))
    second = asyncio.create_task(accept(intake, offer(gateway, report_id="r-2")))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).is_new
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await kept(gateway) == (2, 2)
    assert await answers(intake, offer(gateway)) == ["again"]
