"""World: everything that one run shares, and what its witness wrote down of what was said and accepted."""

import sqlite3
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.identifiers import MessageId
from models.topics import Topic
from streams.access.signing import sign
from streams.store.database import Database
from tests.fakes.signing import CITY_KEY
from tests.simulation.broker import SimulatedBroker
from tests.simulation.disk import Disk
from tests.simulation.group import Group
from tests.simulation.lives import OUTSIDE, Life
from tests.simulation.machine import Machine
from tests.simulation.plan import Plan


@dataclass(slots=True)
class Witness:
    """Knows nothing of the program: what the outside sent and was promised."""

    sent: list[tuple[Topic, bytes]] = field(default_factory=list)
    accepted: dict[MessageId, float] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)


class World:
    """One database and one broker, with everybody who works on them or speaks to them."""

    def __init__(self, plan: Plan, file: Path) -> None:
        self.plan = plan
        self.machine = Machine()
        self.broker = SimulatedBroker(plan)
        self.disk = Disk(str(file), plan)
        self.group = Group()
        self.witness = Witness()
        self.outside = Life(OUTSIDE)
        self.database: Database = self.disk.attach(self.outside)
        self._rows = sqlite3.connect(file, isolation_level=None)
        self._rows.row_factory = sqlite3.Row

    def say(self, said: str) -> None:
        """One line of the trace."""
        self.witness.trace.append(f"{self.machine.steady():10.3f} {said}")

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """What the database says, as it is kept."""
        return self._rows.execute(query, values).fetchall()

    def send(self, topic: Topic, key: bytes, value: bytes) -> None:
        """Somebody outside writes to a topic, signs for it, and the witness writes it down."""
        self.witness.sent.append((topic, value))
        self.broker.append(topic, key, value, headers=sign(value, CITY_KEY))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Start something outside of the program; it must not fail."""
        self.outside.spawn_part(work)

    def stands_at(self, topic: str, partition: int) -> int:
        """The next offset of this partition, by the database."""
        query = "SELECT next_offset FROM progress WHERE cluster_id = ? AND topic = ? AND partition = ?"
        found = self.rows(query, self.broker.cluster_id, topic, partition)
        return int(found[0]["next_offset"]) if found else 0

    def close(self) -> None:
        """Give the file back."""
        self._rows.close()
