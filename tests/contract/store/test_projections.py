"""Projections on both engines: figures and the incidents behind them, the hottest, and one worker that publishes."""

import pickle
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from models.identifiers import AreaCode, IncidentId, UnitCode
from models.messages.heat_ranking import HeatRanking
from models.messages.rating import Rating
from models.months import month_of
from models.tables import EVENTS, INCIDENTS, OUTBOX
from models.topics import Topic
from models.vocabulary import Channel, Level, RatingColour, Status
from streams.metrics import Metrics
from streams.store import event_log, heat, incidents, leases, outcomes, projections
from streams.store.database import Database
from streams.store.errors import TransientFault
from streams.store.incidents import Standing
from streams.store.projections import DISTRICT, TOWNSHIP, UNIT
from streams.sweepers.projections import ProjectionSweep
from streams.sweepers.ratings import Ratings
from tests.appraised import heats
from tests.core_world import CoreWorld, make_report
from tests.fakes.clock import NOON, ManualClock
from workflows.appraisal.heat import rank
from workflows.appraisal.outcomes import Measure, Outcome
from workflows.appraisal.rating import Tally, Window
from workflows.rulebook import Rulebook
from workflows.rulebook_file import default_rulebook

RULES = default_rulebook()
WINDOW = Window(NOON - timedelta(seconds=RULES.rating.window_seconds), NOON)
CITY = AreaCode("500000")
DISTRICT_CODE = AreaCode("500108")
TOWNSHIP_CODE = AreaCode("500108001")
UNIT_CODE = UnitCode("500108:fire")
EVERY = timedelta(seconds=30)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    database = Database(migrated_url)
    yield database
    await database.close()


def outcome(
    name: str,
    *,
    good: bool = True,
    measure: Measure = Measure.COMPLETION,
    incident: str = "i-1",
    at: datetime = NOON,
    township: AreaCode | None = TOWNSHIP_CODE,
    unit: UnitCode | None = UNIT_CODE,
) -> Outcome:
    return Outcome(name, measure, DISTRICT_CODE, township, unit, IncidentId(incident), at, good)


async def keep(database: Database, *found: Outcome) -> None:
    async with database.write() as connection:
        await outcomes.keep(connection, found)


async def test_figures_count_each_subject_by_its_own_column(database: Database) -> None:
    """A district, a township and a unit each have what names them; the window's start is out, its end is in."""
    await keep(
        database,
        outcome("o-1"),
        outcome("o-2", good=False, township=None),
        outcome("o-3", measure=Measure.CLOSURE, unit=None),
        outcome("o-4", at=WINDOW.start),
        outcome("o-5", at=WINDOW.start + timedelta(microseconds=1)),
        outcome("o-6", at=NOON + timedelta(microseconds=1)),
    )
    async with database.read() as connection:
        found = [
            await projections.figures(connection, column, WINDOW) for column in (DISTRICT, TOWNSHIP, UNIT)
        ]
    assert found == [
        {DISTRICT_CODE: {"completion": Tally(2, 3), "closure": Tally(1, 1)}},
        {TOWNSHIP_CODE: {"completion": Tally(2, 2), "closure": Tally(1, 1)}},
        {UNIT_CODE: {"completion": Tally(2, 3)}},
    ]


async def test_the_incidents_behind_are_the_bad_ones_first_and_at_most_fifty(database: Database) -> None:
    """Each incident once; then the latest; the rest is counted."""
    good = [outcome(f"g-{n}", incident=f"i-{n:02}", at=NOON - timedelta(minutes=n)) for n in range(60)]
    bad = outcome("b-1", good=False, incident="i-59", at=NOON - timedelta(hours=2))
    await keep(database, *good, bad)
    async with database.read() as connection:
        known = await projections.figures(connection, UNIT, WINDOW)
        found = await projections.with_incidents(connection, UNIT, WINDOW, known)
    expected = ("i-59", *(f"i-{n:02}" for n in range(49)))
    assert found == {UNIT_CODE: {"completion": Tally(60, 61, tuple(map(IncidentId, expected)), 10)}}


async def test_figures_and_the_incidents_behind_them_are_of_one_moment(database: Database) -> None:
    """An outcome of a new measure that is committed between the two questions is in neither answer."""
    await keep(database, outcome("o-1"))
    async with database.snapshot() as connection:
        known = await projections.figures(connection, UNIT, WINDOW)
        await keep(database, outcome("o-2", measure=Measure.ACKNOWLEDGEMENT))
        found = await projections.with_incidents(connection, UNIT, WINDOW, known)
    assert found == {UNIT_CODE: {"completion": Tally(1, 1, (IncidentId("i-1"),), 0)}}


def world_of(*said: dict[str, object]) -> CoreWorld:
    world = CoreWorld()
    for number, words in enumerate(said):
        world.report(make_report(f"r-{number}", **words))  # type: ignore[arg-type]  # the words of make_report
        world.now += timedelta(seconds=1)
    return world


async def save(database: Database, world: CoreWorld) -> None:
    """Write the world's incidents with their heat, and their logs."""
    hot = heats(world)
    async with database.write() as connection:
        await incidents.save(
            connection,
            [
                Standing(incident, incident.reported_at, world.rules.heat.epoch, hot[incident.incident_id])
                for incident in world.incidents.values()
            ],
        )
        known = set(await connection.scalars(select(EVENTS.c.event_id)))
        rows = [
            event_log.row_of(event, event.model_dump_json().encode(), month_of(log[0].recorded_at))
            for log in world.log.values()
            for event in log
            if event.event_id not in known
        ]
        await connection.execute(insert(EVENTS), rows)


async def test_the_hottest_of_the_city_and_of_each_district_are_found(database: Database) -> None:
    """With room for two: the city's two and each district's two, and no exercise, ended or heatless incident."""
    far = {"area": "500101001"}
    world = world_of(
        {"source": "a", "channel": Channel.MEDIA},
        {"source": "b", "channel": Channel.MEDIA, "area": "500108002"},
        {"source": "c", "channel": Channel.FIRE, "area": "500108003"},
        {"source": "d", "channel": Channel.SENSOR, **far},
        {"source": "e", "channel": Channel.MEDIA, "exercise": True, "area": "500108004"},
    )
    await save(database, world)
    heat_of_two = RULES.heat.model_copy(update={"ranked": 2})
    async with database.read() as connection:
        found = await projections.hottest(connection, heat_of_two)
        all_of_it = await projections.hottest(connection, RULES.heat)
    assert {one.area_code for one in found} == {"500108001", "500108002", "500101001"}
    assert len(all_of_it) == 4
    rules = RULES.model_copy(update={"heat": heat_of_two})
    for scope in (CITY, DISTRICT_CODE, AreaCode("500101")):
        is_city = scope == CITY
        assert rank(found, rules, NOON, scope, city=is_city) == rank(
            all_of_it, rules, NOON, scope, city=is_city
        )


class Worker:
    """One worker's sweep, with clocks that the test moves and the rulebook that it is told."""

    def __init__(
        self, database: Database, clock: ManualClock | None = None, ratings_at_a_time: int = 200
    ) -> None:
        self.clock = clock or ManualClock()
        self.rules: Rulebook = RULES
        self.nudged = 0
        self.registry = CollectorRegistry()
        self.sweep = ProjectionSweep(
            database=database,
            clock=self.clock,
            wall=self.clock,
            rules=lambda: self.rules,
            ratings_every=EVERY,
            nudge_outbox=self._nudge,
            metrics=Metrics(self.registry),
            ratings_at_a_time=ratings_at_a_time,
        )

    def _nudge(self) -> None:
        self.nudged += 1

    async def __call__(self, after_seconds: float = 1) -> int:
        self.clock.move(after_seconds)
        return await self.sweep()


async def told(database: Database, topic: Topic) -> list[tuple[str, bytes]]:
    """What waits in the outbox for this topic, in order; each is what the projections table holds."""
    async with database.read() as connection:
        rows = await connection.execute(
            select(OUTBOX.c.key, OUTBOX.c.value).where(OUTBOX.c.topic == topic.value).order_by(OUTBOX.c.id)
        )
        waiting = [(row.key.decode(), row.value) for row in rows]
        standing = await projections.published(connection, topic)
    assert {key: standing[key] for key, _ in waiting} == dict(waiting)
    return waiting


async def test_heat_is_told_once_for_city_and_district_until_it_moves(database: Database) -> None:
    """A second look finds nothing new, however much has cooled; another report is news."""
    world = world_of({"source": "a"})
    await save(database, world)
    worker = Worker(database)
    assert await worker() == 2
    assert await worker(3_600) == 0
    first = await told(database, Topic.HEAT_RANKINGS)
    assert [key for key, _ in first] == [CITY, DISTRICT_CODE]
    ranking = HeatRanking.model_validate_json(first[0][1])
    assert [entry.incident_id for entry in ranking.entries] == list(world.incidents)
    world.report(make_report("r-9", source="b"))
    await save(database, world)
    assert await worker() == 2
    assert worker.nudged == 2
    moved = await told(database, Topic.HEAT_RANKINGS)
    assert len(moved) == 2, "the older values, still unsent, were dropped"
    assert HeatRanking.model_validate_json(moved[0][1]).entries[0].score > ranking.entries[0].score
    published = {"topic": Topic.HEAT_RANKINGS.value}
    assert worker.registry.get_sample_value("fenghuo_projections_published_total", published) == 4


async def test_a_ranking_that_empties_is_told_as_empty(database: Database) -> None:
    """When the last incident ends, the compacted topic must not go on showing it."""
    world = world_of({"source": "a"})
    await save(database, world)
    worker = Worker(database)
    await worker()
    async with database.write() as connection:
        await connection.execute(update(INCIDENTS).values(status=Status.CLOSED.value))
    assert await worker() == 2
    assert [
        HeatRanking.model_validate_json(value).entries
        for _, value in await told(database, Topic.HEAT_RANKINGS)
    ] == [(), ()]


async def test_heat_is_looked_at_once_a_second_at_most(database: Database) -> None:
    """A nudge in between finds the door closed."""
    await save(database, world_of({"source": "a"}))
    worker = Worker(database)
    assert await worker() == 2
    await save(database, world_of({"source": "a"}, {"source": "b"}))
    assert await worker(0.4) == 0
    assert await worker(0.7) == 2


async def test_what_a_sweeper_has_claimed_is_left_to_it(database: Database) -> None:
    """Dropping older values never takes a row from under whoever is sending it."""
    world = world_of({"source": "a"})
    await save(database, world)
    worker = Worker(database)
    await worker()
    async with database.write() as connection:
        await connection.execute(
            update(OUTBOX).values(claim="sweeper-1", claimed_until=worker.clock.now() + timedelta(seconds=60))
        )
        await connection.execute(update(INCIDENTS).values(level=Level.I.value))
    await worker()
    async with database.read() as connection:
        assert len((await connection.execute(select(OUTBOX.c.id))).all()) == 4


async def test_ratings_are_told_when_their_figures_change(database: Database) -> None:
    """District, township and unit at the first look; then only whose figures moved, each `ratings_every`."""
    await keep(database, outcome("o-1"))
    worker = Worker(database)
    assert await worker(0) == 3
    await keep(database, outcome("o-2", good=False, township=None, incident="i-2"))
    assert await worker(10) == 0
    assert await worker(30) == 2
    found = {key: Rating.model_validate_json(value) for key, value in await told(database, Topic.RATINGS)}
    assert set(found) == {DISTRICT_CODE, TOWNSHIP_CODE, UNIT_CODE}
    (component,) = found[UNIT_CODE].components
    assert (component.numerator, component.denominator) == (1, 2)
    assert component.incident_ids == ("i-2", "i-1")
    assert found[UNIT_CODE].colour is RatingColour.RED
    assert found[TOWNSHIP_CODE].colour is RatingColour.GREEN
    assert await worker(60) == 0


async def test_what_was_told_takes_no_more_memory_with_the_incidents_behind_it(database: Database) -> None:
    """A week's incidents stand in the message and not in the worker: it remembers the figures, read again or told."""
    await keep(database, outcome("o-1"))
    few, many, later = (Ratings(database, EVERY, 200) for _ in range(3))
    few.keep(await few.changed(RULES, NOON), RULES, NOON)
    await keep(database, *(outcome(f"more-{n}", incident=f"i-{n}") for n in range(50)))
    many.keep(await many.changed(RULES, NOON), RULES, NOON)
    await Worker(database)()
    await later.recall()
    one, *others = (len(pickle.dumps(ratings._told)) for ratings in (few, many, later))
    assert others == [pytest.approx(one, abs=100)] * 2
    assert b'"i-46"' in dict(await told(database, Topic.RATINGS))[UNIT_CODE]


async def test_many_ratings_are_told_over_several_turns(database: Database) -> None:
    """What one turn has no room for, the next goes on with at once; every one is told, once."""
    await keep(database, outcome("o-1"))
    worker = Worker(database, ratings_at_a_time=1)
    assert [await worker() for _ in range(5)] == [1, 1, 1, 0, 0]
    assert len(await told(database, Topic.RATINGS)) == 3


async def test_a_turn_that_failed_finds_the_same_again(database: Database) -> None:
    """What could not be committed is not taken for told: not in memory, not in the table."""
    await save(database, world_of({"source": "a"}))
    await keep(database, outcome("o-1"))
    worker = Worker(database)
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME COLUMN headers TO gone"))
    with pytest.raises((DBAPIError, TransientFault)):
        await worker()
    async with database.read() as connection:
        assert await projections.published(connection, Topic.RATINGS) == {}
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME COLUMN gone TO headers"))
    assert await worker() == 5


async def test_what_leaves_the_window_leaves_the_rating(database: Database) -> None:
    """A subject without outcomes is told once more, with nothing to rate."""
    await keep(database, outcome("o-1"))
    worker = Worker(database)
    await worker(0)
    assert await worker(RULES.rating.window_seconds + 1) == 3
    assert all(
        Rating.model_validate_json(value).colour is None for _, value in await told(database, Topic.RATINGS)
    )
    assert await worker(60) == 0


async def test_another_rulebook_is_told_at_once(database: Database) -> None:
    """Ratings under new rules do not wait for their turn."""
    await keep(database, outcome("o-1"))
    worker = Worker(database)
    await worker(0)
    worker.rules = RULES.model_copy(update={"digest": "sha256:" + "1" * 64})
    assert await worker() == 3
    assert await worker() == 0


async def test_one_worker_publishes_and_the_other_takes_over_where_it_stopped(database: Database) -> None:
    """While the lease is held the other writes nothing; afterwards it publishes only what is new."""
    await save(database, world_of({"source": "a"}))
    await keep(database, outcome("o-1"))
    clock = ManualClock()
    first, second = Worker(database, clock), Worker(database, clock)
    assert await first() == 5
    assert await second() == 0
    await keep(database, outcome("o-2"))
    assert await second(5) == 0
    assert await second(60) == 3
    assert await first() == 0


async def test_a_worker_that_lost_its_lease_writes_nothing(database: Database) -> None:
    """The lease is checked in the transaction that writes, so a worker that slept tells nobody its old news."""
    worker = Worker(database)
    await worker(0)
    await save(database, world_of({"source": "a"}))
    async with database.write() as connection:
        late = worker.clock.now() + timedelta(seconds=16)
        assert await leases.hold(connection, "projections", "another", late, late + timedelta(seconds=10))
    await worker()
    assert await told(database, Topic.HEAT_RANKINGS) == []


async def test_a_new_epoch_folds_every_open_heat_again_before_it_is_ranked(database: Database) -> None:
    """Heats of two half-lives never stand in one ranking; each report keeps the weight it came with."""
    world = world_of({"source": "a"}, {"source": "b"}, {"source": "c", "exercise": True, "area": "500108002"})
    await save(database, world)
    worker = Worker(database)
    await worker()
    faster = RULES.heat.model_copy(update={"epoch": RULES.heat.epoch + 1, "half_life_seconds": 600})
    worker.rules = RULES.model_copy(update={"heat": faster})
    assert await worker() == 0
    assert await worker() == 2
    ranking = HeatRanking.model_validate_json((await told(database, Topic.HEAT_RANKINGS))[0][1])
    world.rules = worker.rules
    assert (ranking.epoch, ranking.half_life_seconds) == (RULES.heat.epoch + 1, 600)
    live = next(one for one in world.incidents.values() if not one.exercise)
    assert [entry.score for entry in ranking.entries] == [heats(world)[live.incident_id]]
    assert worker.registry.get_sample_value("fenghuo_heat_refolded_total") == 1


async def test_the_store_refolds_what_the_rules_fold(database: Database) -> None:
    """From the events table alone the heat is the one that was kept answer by answer."""
    world = world_of({"source": "a"}, {"source": "b"}, {"source": "c", "area": "500108002"})
    await save(database, world)
    async with database.read() as connection:
        found = {one: await heat.refold(connection, one, RULES) for one in world.incidents}
    assert found == heats(world)
