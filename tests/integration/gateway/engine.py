"""The engine's part in the gateway's tests: what waits in the outbox goes through the real batch, without Kafka."""

from collections import Counter
from typing import Any

from sqlalchemy import Row, exists, or_, select

from models.tables import DEAD_LETTERS, INBOX, OUTBOX
from models.topics import Topic
from streams.clock import Clock
from streams.processing import codec
from streams.processing.arrivals import Arrival, Decoded, Record, Undecodable
from streams.processing.batch import handle_batch
from streams.processing.vouching import Voucher
from streams.store.database import Database
from streams.store.publications import unpacked
from streams.store.unit_of_work import UnitsOfWork
from tests.fakes.signing import KEYRING
from workflows.rulebook_file import default_rulebook

_SEEN = or_(
    exists().where(INBOX.c.message_id == OUTBOX.c.message_id),
    exists().where(DEAD_LETTERS.c.message_id == OUTBOX.c.message_id),
)
_WAITING = select(OUTBOX).where(OUTBOX.c.message_id.is_not(None), ~_SEEN).order_by(OUTBOX.c.id)


class Engine:
    """Handles everything that the outbox holds for the engine."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._units = UnitsOfWork(database, "cluster-of-tests", "engine-of-tests")
        self._clock = clock
        self._voucher = Voucher(KEYRING, clock, trusts_unsigned=False)
        self._offsets: Counter[Topic] = Counter()

    async def settle(self) -> None:
        """Handle what waits, and what comes of it, until nothing waits."""
        while arrivals := [self._arrival(row) for row in await self._waiting()]:
            await handle_batch(arrivals, self._units, default_rulebook(), self._clock)

    async def _waiting(self) -> list[Row[*tuple[Any, ...]]]:
        async with self._units.database.read() as connection:
            return list(await connection.execute(_WAITING))

    def _arrival(self, row: Row[*tuple[Any, ...]]) -> Arrival:
        topic = Topic(row.topic)
        headers = unpacked(row.headers)
        record = Record(topic, 0, self._offsets[topic], row.key, row.value, headers)
        self._offsets[topic] += 1
        read = codec.read(codec.SHAPE_OF_TOPIC[topic], row.value, self._clock.now())
        if isinstance(read, codec.Unreadable):
            return Undecodable(record, read.reason, read.field, read.detail)
        return Decoded(record, read.message, read.digest, self._voucher.doubt(record, read.message))
