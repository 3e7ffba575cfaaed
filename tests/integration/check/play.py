"""A small history on a real database: every kind of end that an incident can have, through the real batch."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from prometheus_client import CollectorRegistry
from sqlalchemy import Row, exists, func, insert, select, update

from models.identifiers import CommandId, IncidentId, incident_id_of
from models.messages.report import Report
from models.tables import COMMANDS, DEAD_LETTERS, INBOX, INCIDENTS, INTAKE, OUTBOX
from models.topics import Topic
from models.vocabulary import CommandStatus, Status
from streams.broker.publishing import Publication
from streams.metrics import Metrics
from streams.processing import codec
from streams.processing.arrivals import Arrival, Decoded, Record, Undecodable
from streams.processing.batch import handle_batch
from streams.store import outbox, program_time, rulebooks
from streams.store.database import Database
from streams.store.publications import HEADERS, Outgoing
from streams.store.unit_of_work import UnitsOfWork
from streams.sweepers.projections import ProjectionSweep
from tests.fakes.clock import ManualClock
from tests.integration.gateway.bodies import Body, decision, feedback, report
from workflows.rulebook_file import default_rulebook, default_rulebook_text

CLUSTER = "cluster-of-tests"
_QUIET_SECONDS = 145
_UNHEARD = (
    select(OUTBOX)
    .where(
        OUTBOX.c.message_id.is_not(None),
        ~exists().where(INBOX.c.message_id == OUTBOX.c.message_id),
        ~exists().where(DEAD_LETTERS.c.message_id == OUTBOX.c.message_id),
    )
    .order_by(OUTBOX.c.id)
)


class Play:
    """Plays messages to the engine's batch; time passes when it is told to."""

    def __init__(self, database: Database, cluster_id: str = CLUSTER) -> None:
        self.database = database
        self.clock = ManualClock()
        self._units = UnitsOfWork(database, cluster_id, "play")
        self._offsets: Counter[Topic] = Counter()
        self._count = Counter[str]()

    async def take(self, topic: Topic, value: bytes) -> None:
        """One record arrives and all that follows at once is handled."""
        await self._handle([self._arrival(topic, b"key", value)])
        while rows := await self._unheard():
            await self._handle([self._arrival(Topic(row.topic), row.key, row.value) for row in rows])

    async def report(self, **changes: object) -> IncidentId:
        """A report arrives; returns the id of the incident that it opens, if it opens one."""
        self.clock.move(1)
        body = report(**{"report_id": self._next("r"), **changes})
        await self.take(Topic.REPORTS, orjson.dumps(body))
        read = Report.model_validate_json(orjson.dumps(body))
        return incident_id_of(read.source_id, read.report_id)

    async def reports_from(self, area_codes: Iterable[str]) -> None:
        """One batch of reports, one from each area."""
        bodies = [report(report_id=f"from-{code}", area_code=code, source_id="many") for code in area_codes]
        await self._handle([self._arrival(Topic.REPORTS, b"key", orjson.dumps(body)) for body in bodies])

    async def decide(self, incident_id: IncidentId, **changes: object) -> None:
        """An officer of the district decides."""
        body = decision(
            **{"decision_id": self._next("d"), "incident_id": incident_id, "area_code": "500108", **changes}
        )
        await self.take(Topic.DECISIONS, orjson.dumps(body))

    async def hear(self, command_id: CommandId, kind: str, **changes: object) -> None:
        """The unit that has the command says something."""
        async with self.database.read() as connection:
            row = (
                await connection.execute(select(COMMANDS).where(COMMANDS.c.command_id == command_id))
            ).one()
        said: Body = {"command_id": command_id, "incident_id": row.incident_id, "unit_code": row.unit_code}
        body = feedback(**{"feedback_id": self._next("f"), "kind": kind, **said, **changes})
        await self.take(Topic.DISPOSAL_FEEDBACK, orjson.dumps(body))

    async def pass_time(self, seconds: float) -> None:
        """Time passes, and the clocks that passed with it are heard of."""
        self.clock.move(seconds)
        await self._units.send_due_deadlines(self.clock.now())
        while rows := await self._unheard():
            await self._handle([self._arrival(Topic(row.topic), row.key, row.value) for row in rows])

    async def unsigned(self, incident_id: IncidentId) -> list[CommandId]:
        """Orders of the incident that nobody has signed, in the order of issue."""
        query = (
            select(COMMANDS.c.command_id)
            .where(
                COMMANDS.c.incident_id == incident_id,
                COMMANDS.c.kind == "order",
                COMMANDS.c.status.in_([CommandStatus.ISSUED.value, CommandStatus.RECEIVED.value]),
            )
            .order_by(COMMANDS.c.issued_at, COMMANDS.c.command_id)
        )
        async with self.database.read() as connection:
            return [CommandId(one) for one in (await connection.execute(query)).scalars()]

    async def status_of(self, incident_id: IncidentId) -> Status:
        """How the incident stands."""
        async with self.database.read() as connection:
            query = select(INCIDENTS.c.status).where(INCIDENTS.c.incident_id == incident_id)
            return Status((await connection.execute(query)).scalar_one())

    async def accept_by_http(self, body: Body) -> None:
        """What the gateway does with a report: its intake row and its outbox row; the engine reads it then."""
        value = orjson.dumps(body)
        read = codec.read(Report, value, self.clock.now())
        assert isinstance(read, codec.Readable)
        assert isinstance(read.message, Report)
        message_id, now = read.message.message_id, self.clock.now()
        async with self.database.write() as connection:
            row = {"message_id": message_id, "topic": "reports", "digest": read.digest, "accepted_at": now}
            await connection.execute(insert(INTAKE).values(row))
            sent = Outgoing(Publication(Topic.REPORTS, b"key", value, HEADERS), message_id)
            await outbox.add(connection, [sent], now)
        await self.pass_time(0)

    async def come_to_rest(self) -> None:
        """Everything that waits in the outbox is on Kafka."""
        async with self.database.write() as connection:
            published = {"published_at": datetime.now(UTC), "published_cluster": CLUSTER}
            await connection.execute(update(OUTBOX).values(claim=None, claimed_until=None, **published))

    async def _unheard(self) -> list[Row[*tuple[Any, ...]]]:
        async with self.database.read() as connection:
            return list(await connection.execute(_UNHEARD))

    async def _handle(self, arrivals: list[Arrival]) -> None:
        await handle_batch(arrivals, self._units, default_rulebook(), self.clock)

    def _arrival(self, topic: Topic, key: bytes, value: bytes) -> Arrival:
        record = Record(topic, 0, self._offsets[topic], key, value)
        self._offsets[topic] += 1
        read = codec.read(codec.SHAPE_OF_TOPIC[topic], value, self.clock.now())
        if isinstance(read, codec.Unreadable):
            return Undecodable(record, read.reason, read.field, read.detail)
        return Decoded(record, read.message, read.digest)

    def _next(self, letter: str) -> str:
        self._count[letter] += 1
        return f"{letter}-{self._count[letter]}"


async def play_all(database: Database) -> None:
    """Closed, rejected, merged and still open incidents, a refusal that climbs, a duplicate and a dead letter."""
    play = Play(database)
    async with database.write() as connection:
        rules = default_rulebook()
        stored = rulebooks.StoredRulebook(rules.digest, rules.name, rules.version, default_rulebook_text())
        await rulebooks.activate(connection, stored, play.clock.now())
    await _closed(play)
    await _rejected(play)
    await _merged(play)
    await play.report(source_id="hot-1", area_code="500106001", category="nature.flood", facts={"deaths": 12})
    await play.take(Topic.REPORTS, b"not json")
    await play.accept_by_http(report(report_id="http-1", source_id="grid-http", area_code="500106002"))
    await _wait_until_quiet(play)
    await _tell_heat_and_ratings(play)
    await play.come_to_rest()
    async with database.write() as connection:
        await program_time.store(connection, play.clock.now(), 1)


async def _wait_until_quiet(play: Play) -> None:
    """Time passes until nothing has happened for so long that everybody must have been told."""
    latest = select(func.max(INCIDENTS.c.updated_at))
    while True:
        await play.pass_time(_QUIET_SECONDS)
        async with play.database.read() as connection:
            happened_at: datetime = (await connection.execute(latest)).scalar_one()
        if play.clock.now() - happened_at >= timedelta(seconds=_QUIET_SECONDS):
            return


async def _tell_heat_and_ratings(play: Play) -> None:
    """The rankings and ratings as the sweeper publishes them."""
    sweep = ProjectionSweep(
        database=play.database,
        clock=play.clock,
        wall=play.clock,
        rules=default_rulebook,
        ratings_every=timedelta(seconds=60),
        nudge_outbox=lambda: None,
        metrics=Metrics(CollectorRegistry()),
    )
    assert await sweep() > 0


async def _closed(play: Play) -> None:
    fire = await play.report()
    await play.report(report_id="again", source_id="call-119", channel="119", reporter_id="caller")
    await play.report(report_id="again", source_id="call-119", channel="119", reporter_id="caller")
    await play.pass_time(6)
    if await play.status_of(fire) is Status.OPEN:
        await play.decide(fire, action="verify", verdict="true", reason="seen")
    first, *_ = await play.unsigned(fire)
    await play.hear(first, "refused", reason="no vehicle")
    while unsigned := await play.unsigned(fire):
        for command_id in unsigned:
            await play.hear(command_id, "acknowledged")
            await play.hear(command_id, "done")
    assert await play.status_of(fire) is Status.CLOSED


async def _rejected(play: Play) -> None:
    said = {"area_code": "500108002", "category": "accident.gas", "urgent": True}
    false = await play.report(source_id="media-1", channel="media", **said)
    await play.pass_time(6)
    await play.decide(false, action="verify", verdict="false", reason="nobody found anything")
    assert await play.status_of(false) is Status.REJECTED


async def _merged(play: Play) -> None:
    older = await play.report(
        source_id="grid-3", channel="119", area_code="500108003", category="accident.fire"
    )
    younger = await play.report(
        source_id="grid-4", channel="119", area_code="500108003", category="accident.gas", urgent=True
    )
    climbing, *_ = await play.unsigned(younger)
    await play.hear(climbing, "refused", reason="no vehicle")  # and with the merge it changes hands
    await play.decide(younger, action="merge", other_incident_id=older, reason="one event")
    assert await play.status_of(younger) is Status.MERGED
