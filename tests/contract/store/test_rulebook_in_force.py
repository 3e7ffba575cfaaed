"""A rulebook is changed while workers run: each takes it at the recorded moment, and every fact says which it was."""

from datetime import timedelta

from models.messages.event import Event
from models.messages.report import Report
from models.topics import Topic
from streams.clock import StoppedClock
from streams.processing.batch import handle_batch
from streams.program.rules_in_force import KNOWN_WITHIN_SECONDS, RulesInForce
from streams.store import rulebooks
from streams.store.database import Database
from streams.store.rulebooks import StoredRulebook
from tests.contract.store.worker import RULES, Worker, report
from tests.fakes.clock import ManualClock
from workflows.rulebook_file import default_rulebook_text, parse_rulebook

OURS_TEXT = default_rulebook_text() + b"\n# ours\n"
OURS = parse_rulebook(OURS_TEXT)


async def announce(database: Database, clock: ManualClock) -> None:
    """As `fenghuo rulebook activate` does it."""
    stored = StoredRulebook(OURS.digest, OURS.name, OURS.version, OURS_TEXT)
    async with database.write() as connection:
        moment = clock.now() + timedelta(seconds=KNOWN_WITHIN_SECONDS)
        assert await rulebooks.activate(connection, stored, moment)


async def hears(worker: Worker, rules: RulesInForce, message: Report) -> set[str]:
    """The rulebooks under which this worker's facts came about, as an engine calls upon them."""
    now = StoppedClock(worker.clock.now())
    arrivals = worker.next_arrivals(Topic.REPORTS, message)
    result = await handle_batch(arrivals, worker.units, rules.at(now.now()), now)
    assert result.events
    return {event.rulebook for event in result.events}


async def test_workers_change_their_rulebook_at_one_moment(
    worker: Worker, rival: Worker, database: Database, clock: ManualClock
) -> None:
    """Both looked at other times, neither at the moment itself; before it all goes by the old one, then by the new."""
    rival.offsets = worker.offsets  # they share the partition, one after the other
    first, second = RulesInForce(database, clock), RulesInForce(rival.database, clock)
    await first.settle()
    await second.settle()
    await announce(database, clock)
    assert await first.look() == 0
    clock.move(KNOWN_WITHIN_SECONDS - 1)
    assert await second.look() == 0
    clock.move(0.9)
    for n, (one, rules) in enumerate([(worker, first), (rival, second)]):
        told = report(f"before-{n}", source="grid-2")
        assert await hears(one, rules, told) == {RULES.digest}
    clock.move(0.1)
    for n, (one, rules) in enumerate([(worker, first), (rival, second)]):
        told = report(f"after-{n}", source="grid-3")
        assert await hears(one, rules, told) == {OURS.digest}
    bodies = [row["body"] for row in await worker.rows("events")]
    log = [Event.model_validate_json(body) for body in bodies if isinstance(body, bytes)]
    since = clock.now()
    assert {event.rulebook for event in log if event.recorded_at >= since} == {OURS.digest}
    assert {event.rulebook for event in log if event.recorded_at < since} == {RULES.digest}


async def test_a_look_tells_when_another_rulebook_came_into_force(
    database: Database, clock: ManualClock
) -> None:
    """Not when it is announced, but when it counts."""
    rules = RulesInForce(database, clock)
    await rules.settle()
    await announce(database, clock)
    assert (await rules.look(), rules().digest) == (0, RULES.digest)
    clock.move(KNOWN_WITHIN_SECONDS)
    assert (await rules.look(), rules().digest) == (1, OURS.digest)
    assert await rules.look() == 0
