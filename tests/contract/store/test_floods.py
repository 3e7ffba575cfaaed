"""Counting for the rule about floods, over both databases: what is stored, what is in the batch, and nothing older."""

import pytest

from models.identifiers import IncidentId
from models.topics import Topic
from models.vocabulary import Action, Channel
from streams.store.floods import load
from tests.contract.store.worker import RULES, Worker, decision, report
from tests.fakes.clock import NOON

MOST = RULES.flood.reports


async def low_trust_of(worker: Worker) -> list[str]:
    """The reports that stand there as of low trust, in the order of their names."""
    return sorted(str(row["report_id"]) for row in await worker.rows("reports") if row["low_trust"])


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
async def test_what_one_reporter_tells_beyond_the_figure_is_of_low_trust(
    worker: Worker, together: bool
) -> None:
    """Reports of the batch count like those stored before; another reporter of the source is counted apart."""
    told = [report(f"r-{n:02d}", reporter="phone-1") for n in range(MOST + 2)]
    told += [report("other", reporter="phone-2")]
    for batch in [told] if together else [[one] for one in told]:
        await worker.take(Topic.REPORTS, *batch)
    assert await low_trust_of(worker) == [f"r-{MOST:02d}", f"r-{MOST + 1:02d}"]


async def test_the_window_moves_on(worker: Worker) -> None:
    """What was told longer ago than the window no longer counts, so that a reporter is believed again."""
    await worker.take(Topic.REPORTS, *(report(f"r-{n}", reporter="phone-1") for n in range(MOST)))
    worker.clock.move(RULES.flood.within_seconds - 1)
    await worker.take(Topic.REPORTS, report("too-soon", reporter="phone-1"))
    worker.clock.move(RULES.flood.within_seconds)
    await worker.take(Topic.REPORTS, report("late-enough", reporter="phone-1"))
    assert await low_trust_of(worker) == ["too-soon"]


async def test_the_same_report_again_does_not_count(worker: Worker) -> None:
    """A reporter whose system repeats itself has told one thing."""
    for _ in range(MOST + 2):
        await worker.take(Topic.REPORTS, report("r-1", reporter="phone-1"))
    await worker.take(Topic.REPORTS, report("r-2", reporter="phone-1"))
    assert await low_trust_of(worker) == []


async def test_a_hotline_without_reporters_is_not_even_counted(worker: Worker) -> None:
    """However many call it; a source of another kind is counted as one."""
    calls = [report(f"c-{n}", source="119-500108", channel=Channel.FIRE) for n in range(MOST + 5)]
    await worker.take(Topic.REPORTS, *calls)
    async with worker.database.read() as connection:
        told = await load(connection, [calls[0], report(reporter="phone-9")], RULES, NOON)
    assert (told.one_more(calls[0]), await low_trust_of(worker)) == (0, [])


async def test_a_split_takes_low_trust_along(worker: Worker) -> None:
    """A report of a flood is one wherever an officer puts it: alone in its incident, it still sends nobody."""
    told = [report(f"r-{n:02d}", reporter="phone-1", urgent=True) for n in range(MOST + 1)]
    await worker.take(Topic.REPORTS, *told)
    await worker.settle()
    [incident] = await worker.rows("incidents")
    last = {"source_id": "grid-1", "report_id": f"r-{MOST:02d}"}
    split = decision(IncidentId(str(incident["incident_id"])), action=Action.SPLIT, reports=(last,))
    await worker.take(Topic.DECISIONS, split)
    await worker.settle()
    apart = next(r for r in await worker.rows("incidents") if r["incident_id"] != incident["incident_id"])
    assert apart["stage"] == "verification"
    commands = await worker.rows("commands")
    assert {row["incident_id"] for row in commands} == {incident["incident_id"]}
