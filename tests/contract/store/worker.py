"""A worker for tests: what the loop does with a batch, without Kafka, and the messages that a test feeds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Table, func, select

from models.categories import Category
from models.identifiers import AreaCode, DecisionId, IncidentId, ReportId, SourceId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.fields import Inbound
from models.messages.report import Facts, Report
from models.tables import metadata
from models.topics import Topic
from models.vocabulary import Channel, DeadLetterReason, FeedbackKind, ReportKind
from streams.broker.publishing import Publication
from streams.processing import codec
from streams.processing.arrivals import Arrival, BatchResult, Decoded, Handled, Record, Undecodable
from streams.processing.batch import handle_batch
from streams.store.database import Database
from streams.store.unit_of_work import UnitsOfWork
from tests.fakes.clock import NOON, ManualClock
from workflows.rulebook_file import default_rulebook

TOWNSHIP = "500108001"
RULES = default_rulebook()


def report(
    name: str = "r-1",
    *,
    source: str = "grid-1",
    reporter: str | None = None,
    channel: Channel = Channel.GRID,
    category: Category | None = Category.FIRE,
    area: str = TOWNSHIP,
    at: datetime = NOON,
    title: str = "某处起火",
    urgent: bool = False,
    exercise: bool = False,
    refers_to: str | None = None,
    facts: Facts | None = None,
) -> Report:
    """A valid report; say only what the test is about."""
    return Report(
        report_id=ReportId(name),
        source_id=SourceId(source),
        channel=channel,
        reporter_id=reporter,
        kind=ReportKind.INITIAL if refers_to is None else ReportKind.FOLLOW_UP,
        refers_to=refers_to,
        category=category,
        title=title,
        urgent=urgent,
        exercise=exercise,
        area_code=AreaCode(area),
        reported_at=at,
        facts=facts or Facts(),
    )


def decision(incident_id: IncidentId, name: str = "d-1", **fields: object) -> Decision:
    """A decision of the city's officer with a reason; the test names the action and what it needs."""
    given = {
        "decision_id": DecisionId(name),
        "incident_id": incident_id,
        "officer": {"id": "officer-1", "name": "王值班"},
        "area_code": "500000",
        "decided_at": NOON,
        "reason": "the test says so",
    }
    return Decision.model_validate({**given, **fields})


def received(command_id: str, incident_id: str, unit_code: str) -> Feedback:
    """A unit's system says that it has a command."""
    return Feedback.model_validate(
        {
            "feedback_id": f"received-{command_id}",
            "command_id": command_id,
            "incident_id": incident_id,
            "unit_code": unit_code,
            "kind": FeedbackKind.RECEIVED,
            "occurred_at": NOON,
        }
    )


def decoded(topic: Topic, offset: int, message: Inbound, partition: int = 0) -> Decoded:
    """The message as the codec hands it over."""
    value = message.model_dump_json(exclude_none=True).encode()
    found = codec.read(type(message), value, NOON + timedelta(days=300))
    assert isinstance(found, codec.Readable), found
    return Decoded(Record(topic, partition, offset, b"key", value), found.message, found.digest)


@dataclass(slots=True)
class Worker:
    """One engine worker. It reads each topic from partition 0 and publishes into `published`."""

    database: Database
    clock: ManualClock
    name: str
    cluster_id: str = "cluster-1"
    offsets: dict[Topic, int] = field(default_factory=dict)
    published: list[Publication] = field(default_factory=list)

    units: UnitsOfWork = field(init=False)

    def __post_init__(self) -> None:
        self.units = UnitsOfWork(self.database, self.cluster_id, self.name)

    async def take(self, topic: Topic, *messages: Inbound) -> BatchResult:
        """The next messages of a topic, as one batch."""
        return await self.handle(*self.next_arrivals(topic, *messages))

    def next_arrivals(self, topic: Topic, *messages: Inbound) -> list[Arrival]:
        """The messages at the next offsets of a topic."""
        first = self.offsets.get(topic, 0)
        self.offsets[topic] = first + len(messages)
        return [decoded(topic, first + number, message) for number, message in enumerate(messages)]

    async def handle(self, *arrivals: Arrival, accept_gap: bool = False) -> BatchResult:
        """A batch, handled and published as the loop does."""
        result = await handle_batch(arrivals, self.units, RULES, self.clock, accept_gap=accept_gap)
        for claimed in result.claims:
            self.published.extend(claimed.publications)
        await self.units.mark_published([claimed.claim for claimed in result.claims])
        return result

    async def report(self, one: Report) -> IncidentId:
        """A report arrives alone; the incident that it went to."""
        result = await self.take(Topic.REPORTS, one)
        incident_id = result.handled[0].incident_id
        assert incident_id is not None, result.handled
        return incident_id

    async def pass_time(self, seconds: float) -> list[BatchResult]:
        """Time passes, passed clocks are sent, and what comes of it is handled until it is quiet."""
        self.clock.move(seconds)
        await self.units.send_due_deadlines(self.clock.now())
        return await self.settle()

    async def settle(self) -> list[BatchResult]:
        """Handle every hand-over in the outbox that nobody has handled, until none is left."""
        results: list[BatchResult] = []
        while waiting := await self._unread():
            for topic, values in waiting.items():
                shape = codec.SHAPE_OF_TOPIC[topic]
                read = [codec.read(shape, value, NOON + timedelta(days=300)) for value in values]
                messages = [one.message for one in read if isinstance(one, codec.Readable)]
                results.append(await self.take(topic, *messages))
        return results

    async def _unread(self) -> dict[Topic, list[bytes]]:
        outbox, inbox = table("outbox"), table("inbox")
        query = (
            select(outbox.c.topic, outbox.c.value)
            .outerjoin(inbox, inbox.c.message_id == outbox.c.message_id)
            .where(outbox.c.message_id.is_not(None), inbox.c.message_id.is_(None))
            .order_by(outbox.c.id)
        )
        waiting: dict[Topic, list[bytes]] = {}
        async with self.database.read() as connection:
            for row in await connection.execute(query):
                waiting.setdefault(Topic(row.topic), []).append(row.value)
        return waiting

    async def rows(self, name: str) -> list[Mapping[str, object]]:
        """All rows of a table, in the order of its key."""
        named = table(name)
        async with self.database.read() as connection:
            found = await connection.execute(select(named).order_by(*named.primary_key))
            return [dict(row) for row in found.mappings()]

    async def count(self, name: str) -> int:
        """How many rows a table has."""
        async with self.database.read() as connection:
            return int((await connection.execute(select(func.count()).select_from(table(name)))).scalar_one())

    async def sweep(self) -> None:
        """Publish whatever lies unpublished, claimed or not, as after a crash long ago."""
        claimed = await self.units.claim_outbox(older_than_seconds=0)
        self.published.extend(claimed.publications)
        await self.units.mark_published([claimed.claim])


def table(name: str) -> Table:
    """A table by its name."""
    return metadata.tables[name]


def fates(handled: Sequence[Handled]) -> list[str]:
    """The fates in the order of offsets."""
    return [one.fate.value for one in sorted(handled, key=lambda one: one.record.offset)]


def garbage(topic: Topic, offset: int) -> Undecodable:
    """A record that is no message."""
    return Undecodable(Record(topic, 0, offset, None, b"\xff"), DeadLetterReason.UNREADABLE, None, "not JSON")
