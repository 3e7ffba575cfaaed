"""World: the database that survives, the processes that do not, the broker, and the time that the test moves.

A crash is an exception that nothing in the program catches, raised at the program's own failpoints: its transaction
rolls back, its claims stay, and the next process knows nothing.
"""

import asyncio
import sqlite3
from collections.abc import Coroutine
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from models.identifiers import MessageId
from models.messages.report import Report
from models.topics import ENGINE_READ, Topic
from streams.access.signing import sign
from streams.program import failpoints
from streams.program.failpoints import Failpoint
from streams.store import rulebooks
from streams.store.database import Database
from streams.store.migrations import upgrade
from streams.store.publications import Headers
from streams.store.unit_of_work import wall_now
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.signing import CITY_KEY
from tests.stored.broker import PARTITIONS, Delivery, MemoryBroker
from tests.stored.process import RULES, Process
from workflows.rulebook_file import default_rulebook_text

READ = tuple(sorted(ENGINE_READ))
EVERYTHING = 1_000_000
_MOST_ROUNDS = 200
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - holds a folder of our own; a disk would make each commit wait


class Killed(BaseException):
    """Stands for the end of the process, which no handler survives."""


class Disk:
    """A real SQLite file with the rulebook in force, and the event loop on which it is used. Close it."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None)
        file = Path(self._folder.name) / "fenghuo.db"
        file.write_bytes(empty_database())
        self.database = Database(f"sqlite+aiosqlite:///{file}")
        self._rows = sqlite3.connect(file, isolation_level=None)
        self._rows.row_factory = sqlite3.Row
        self._runner = asyncio.Runner()

    def close(self) -> None:
        """Give everything back."""
        self._rows.close()
        self.run(self.database.close())
        self._runner.close()
        self._folder.cleanup()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this on the event loop."""
        self._runner.run(work)

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """What the database says, as it is kept."""
        return self._rows.execute(query, values).fetchall()


class StoreWorld(Disk):
    """One database with whoever works on it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.broker = MemoryBroker("cluster-1")
        self.past_brokers: list[MemoryBroker] = []
        self.told: list[tuple[Topic, bytes, bytes | None]] = []
        self.forged: set[MessageId] = set()
        self._lives = 0
        self._wall = wall_now()
        self.process = self._born()
        self.run(self.process.start())

    # --- what the engine does

    def deliver(self, topic: Topic, most: int = EVERYTHING, dies_at: Failpoint | None = None) -> bool:
        """Up to `most` records of each partition go through the loop as one batch. False: the process died of it."""
        records = self.broker.waiting(topic, most)
        return not records or self._survives(
            self.process.carry(Delivery(self.broker, topic, records)), dies_at
        )

    def sweep_outbox(self, dies_at: Failpoint | None = None) -> bool:
        """Publish what lies unpublished, whoever claimed it before. False: the process died of it."""
        self._wall += timedelta(hours=1)
        return self._survives(self.process.sweep_outbox(self._wall), dies_at)

    def sweep_deadlines(self, dies_at: Failpoint | None = None) -> bool:
        """Send the clocks that have passed. False: the process died of it."""
        return self._survives(self.process.sweep_deadlines(), dies_at)

    def sweep_commands(self, dies_at: Failpoint | None = None) -> bool:
        """Send again the commands that nobody took in. False: the process died of it."""
        return self._survives(self.process.sweep_commands(), dies_at)

    def settle(self) -> None:
        """Publish what lies, send what passed and deliver, until nothing moves any more."""
        for _ in range(_MOST_ROUNDS):
            self.sweep_outbox()
            self.sweep_deadlines()
            waiting = [topic for topic in READ if self.broker.waiting(topic, 1)]
            for topic in waiting:
                self.deliver(topic)
            if not waiting:
                return
        raise AssertionError("the engine does not come to rest: something is read again and again")

    # --- what the outside does

    def tell(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Somebody writes to a topic and signs for it; it dies with the broker when nobody has read it."""
        self.told.append((topic, key, value))
        self.broker.append(topic, key, value, headers=sign(value or b"", CITY_KEY))

    def forge(self, topic: Topic, key: bytes, value: bytes, message_id: MessageId, headers: Headers) -> None:
        """Somebody writes to a topic for whom nobody signs."""
        self.forged.add(message_id)
        self.broker.append(topic, key, value, headers=headers)

    def accept(self, report: Report, value: bytes) -> None:
        """A report at the gateway's door."""
        self.run(self.process.accept(report, value))

    def wake_zombie(self, topic: Topic, partition: int, first: int, count: int) -> None:
        """A worker that slept works on what it fetched long ago; the broker does not listen to it any more."""
        stands_at = self.stands_at(topic, partition)
        old = [r for r in self.broker.logs[topic, partition] if first <= r.offset < stands_at][:count]
        read_to = self.broker.read_to.copy()
        if old:
            self.run(self._born().carry(Delivery(self.broker, topic, old)))
        self.broker.read_to = read_to

    # --- faults

    def seek_where_the_database_stands(self) -> None:
        """As on every assignment of partitions."""
        for topic in READ:
            for partition in range(PARTITIONS):
                self.broker.read_to[topic, partition] = self.stands_at(topic, partition)

    def stands_at(self, topic: str, partition: int) -> int:
        """The next offset of this partition, by the database."""
        query = "SELECT next_offset FROM progress WHERE cluster_id = ? AND topic = ? AND partition = ?"
        found = self.rows(query, self.broker.cluster_id, topic, partition)
        return int(found[0]["next_offset"]) if found else 0

    def wipe_broker(self) -> None:
        """The broker comes back empty under another id, and a process starts on it."""
        self.past_brokers.append(self.broker)
        self.broker = MemoryBroker(f"cluster-{len(self.past_brokers) + 1}")
        self.process = self._born()
        self.run(self.process.start())

    def _born(self) -> Process:
        self._lives += 1
        return Process(f"process-{self._lives}", self.database, self.broker, self.clock)

    def _survives(self, work: Coroutine[Any, Any, None], dies_at: Failpoint | None) -> bool:
        failpoints.arm(None if dies_at is None else dies_at.value, _die)
        try:
            self.run(work)
        except Killed:
            self.process = self._born()
            return False
        finally:
            failpoints.arm(None)
        return True


def _die() -> NoReturn:
    raise Killed


@cache
def empty_database() -> bytes:
    """The file of a database at this version's schema, with the rulebook in force."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fenghuo.db"
        asyncio.run(_made(Database(f"sqlite+aiosqlite:///{file}")))
        return file.read_bytes()


async def _made(database: Database) -> None:
    await upgrade(database)
    stored = rulebooks.StoredRulebook(RULES.digest, RULES.name, RULES.version, default_rulebook_text())
    async with database.write() as connection:
        await rulebooks.activate(connection, stored, NOON)
    await database.close()
