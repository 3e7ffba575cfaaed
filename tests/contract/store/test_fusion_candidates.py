"""Fusion's look-ups on the real store: references that come early, few candidates a report, and never a whole table."""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, insert, text

from models.areas import area_tree
from models.categories import Category
from models.identifiers import IncidentId
from models.messages.report import Report
from models.tables import INCIDENTS
from models.topics import Topic
from models.vocabulary import Action
from streams.processing.placing import place_of
from streams.store import fusion_candidates
from tests.contract.store.worker import RULES, Worker, decision, report
from tests.fakes.clock import NOON
from workflows.judgement.account import Account, hear

NEXT_DOOR, THIRD = "500108002", "500108003"
WAITS = timedelta(seconds=RULES.fusion.reference_waits_seconds)


def account(one: Report) -> Account:
    place = place_of(one, area_tree())
    assert place is not None
    return hear(one, place)


def follow_up(at: datetime = NOON) -> Report:
    """A report that refers to r-1 of the same source, from a township of its own."""
    return report("r-2", source="a", refers_to="r-1", area=NEXT_DOOR, at=at, title="续报一")


def initial(source: str = "a", at: datetime = NOON) -> Report:
    """The report r-1, which looks like nothing else."""
    return report("r-1", source=source, area=THIRD, at=at, title="古桥物流园仓库爆燃")


async def test_an_initial_report_follows_who_waited_in_its_batch(worker: Worker) -> None:
    """The follow-up stood before it in one batch: both are in one incident."""
    result = await worker.take(Topic.REPORTS, follow_up(), initial())
    assert len({one.incident_id for one in result.handled}) == 1


async def test_an_initial_report_follows_who_waited_in_an_earlier_batch(worker: Worker) -> None:
    """The follow-up was committed before it came."""
    assert await worker.report(follow_up()) == await worker.report(initial())


async def test_the_same_id_of_another_source_is_another_report(worker: Worker) -> None:
    """Nobody waits for it."""
    assert await worker.report(follow_up()) != await worker.report(initial("b"))


async def test_a_reference_waits_as_long_as_the_rulebook_says(worker: Worker) -> None:
    """At the end of the wait it still applies, a second later it has expired."""
    waited = await worker.report(follow_up(NOON + WAITS))
    assert await worker.report(initial()) == waited
    missed = await worker.report(report("r-4", source="a", refers_to="r-3", at=NOON + WAITS, area=NEXT_DOOR))
    late = report("r-3", source="a", at=NOON - timedelta(seconds=1), area="500108004")
    assert await worker.report(late) != missed


async def test_who_waited_is_found_where_it_was_merged_to(worker: Worker) -> None:
    """The waiting report's incident lives on in another one."""
    older = await worker.report(report("r-0", source="b", title="幸福苑电梯困人"))
    worker.clock.move(1)
    waited = await worker.report(follow_up())
    assert waited != older
    await worker.take(Topic.DECISIONS, decision(waited, action=Action.MERGE, other_incident_id=older))
    assert await worker.report(initial()) == older


async def test_a_report_meets_few_candidates_the_latest_of_its_township(worker: Worker) -> None:
    """However many are open in its township, one key brings no more than the rulebook compares."""
    most = RULES.fusion.candidates_compared
    await worker.report(report())
    async with worker.database.write() as connection:
        await connection.execute(insert(INCIDENTS), [await copied(worker, n) for n in range(1, 3 * most)])
    async with worker.database.read() as connection:
        pool = await fusion_candidates.load(connection, [account(report("r-x", source="x"))], RULES)
    assert len(pool.by_id) == most
    assert IncidentId("i-1") in pool.by_id
    assert IncidentId(f"i-{3 * most - 1}") not in pool.by_id


async def test_what_is_of_its_family_is_met_however_much_else_its_township_and_its_district_have(
    worker: Worker,
) -> None:
    """Later ones of other families in the township, and of the family in the district, do not hide it."""
    await worker.report(report(category=Category.FIRE))
    rows = [await copied(worker, n) for n in range(1, 2 * RULES.fusion.candidates_compared)]
    flood = {"category": Category.FLOOD.value, "family": Category.FLOOD.facts.family.value}
    elsewhere = [
        {**row, **flood, "incident_id": f"{row['incident_id']}-b", "locality": THIRD} for row in rows
    ]
    sought = {**await copied(worker, 60), **flood}
    async with worker.database.write() as connection:
        await connection.execute(insert(INCIDENTS), [*rows, *elsewhere, sought])
    async with worker.database.read() as connection:
        mine = account(report("r-x", source="x", category=Category.FLOOD))
        pool = await fusion_candidates.load(connection, [mine], RULES)
    assert IncidentId("i-60") in pool.by_id


async def copied(worker: Worker, minutes: int) -> dict[str, object]:
    """The row of the one incident under another id, reported so many minutes earlier."""
    (row, *_) = await worker.rows("incidents")
    at = NOON - timedelta(minutes=minutes)
    return {**row, "incident_id": f"i-{minutes}", "first_reported_at": at, "last_reported_at": at}


async def test_no_look_up_reads_a_whole_table(worker: Worker) -> None:
    """Every statement of the look-ups walks down an index, as the database itself says."""
    await worker.report(report("r-0", category=Category.FLOOD))
    async with (
        worker.database.write() as connection
    ):  # so many that the families of the township are asked for
        await connection.execute(insert(INCIDENTS), [await copied(worker, n) for n in range(1, 20)])
    asked: list[tuple[str, Any]] = []

    def keep(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        asked.append((statement, parameters))

    async with worker.database.write() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        event.listen(connection.sync_connection, "before_cursor_execute", keep)
        reports = [report("r-1", refers_to="r-0", category=Category.FLOOD), report("r-2", category=None)]
        await fusion_candidates.load(connection, [account(one) for one in reports], RULES)
        event.remove(connection.sync_connection, "before_cursor_execute", keep)
        if not is_sqlite:
            # A table of one row is read whole by any sane planner: ask what it would do with a large one.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, parameters in asked:
            word = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
            rows = await connection.exec_driver_sql(f"{word} {statement}", parameters)
            plan = "\n".join(str(tuple(row)) for row in rows)
            assert not re.search(r"\bSCAN (incidents|reports)\b|Seq Scan", plan), f"{statement}\n{plan}"
    assert len(asked) >= 6
