"""Replayed: a world to which something happens at every delivery, and what of it must not differ from a calm one."""

from collections.abc import Sequence
from enum import Enum
from itertools import cycle

from models.topics import STAGE_OF_HAND_OVER, Topic
from streams.broker.publishing import PublishFailed
from streams.program.failpoints import Failpoint
from tests.stored.broker import PARTITIONS
from tests.stored.world import EVERYTHING, READ, StoreWorld


class Mishap(Enum):
    """What happens at one delivery or sweep."""

    NOTHING = "nothing"
    DIES_AFTER_FETCH = Failpoint.AFTER_FETCH
    DIES_MID_HANDLER = Failpoint.MID_HANDLER
    DIES_BEFORE_COMMIT = Failpoint.BEFORE_COMMIT
    DIES_AFTER_COMMIT = Failpoint.AFTER_COMMIT
    DIES_MID_PUBLISH = Failpoint.MID_PUBLISH
    DIES_AFTER_PUBLISH = Failpoint.AFTER_PUBLISH
    DIES_AFTER_ACK = Failpoint.AFTER_ACK
    HALF_IS_REFUSED = "the broker takes only half of a publication"
    READ_AGAIN = "the topic is read from its beginning"
    ZOMBIE = "a worker works on what it fetched long ago"
    WIPED = "the broker comes back empty"


WORST = tuple(Mishap)

# Offsets and the count of deliveries tell of the way that messages took; everything else of what they meant.
_KEPT = (
    "SELECT * FROM events ORDER BY incident_id, seq",
    "SELECT command_id, incident_id, kind, retracts, unit_code, tier, task_id, status, exercise, issued_at,"
    " acknowledge_by, complete_by, acknowledged_at, done_at, body FROM commands ORDER BY command_id",
    "SELECT * FROM incidents ORDER BY incident_id",
    "SELECT * FROM reports ORDER BY source_id, report_id",
    "SELECT * FROM deadlines ORDER BY deadline_id",
    "SELECT * FROM outcomes ORDER BY outcome_id",
    "SELECT message_id, digest, topic, incident_id, recorded_at, refusal_code, refusal_detail FROM inbox"
    " ORDER BY message_id",
    "SELECT DISTINCT topic, message_id, key, value, reason, field, detail, recorded_at FROM dead_letters"
    " ORDER BY topic, recorded_at, value",
)


def everything_kept(world: StoreWorld) -> list[list[tuple[object, ...]]]:
    """All rows that say what happened, byte for byte."""
    return [[tuple(row) for row in world.rows(query)] for query in _KEPT]


class FaultyWorld(StoreWorld):
    """Takes its mishaps in their order, again and again, and recovers from each before anything else happens."""

    def __init__(self, mishaps: Sequence[Mishap]) -> None:
        super().__init__()
        self._mishaps = cycle(mishaps)

    def deliver(self, topic: Topic, most: int = EVERYTHING, dies_at: Failpoint | None = None) -> bool:
        """As a world to which nothing happens, in the end."""
        mishap = next(self._mishaps)
        match mishap:
            case Mishap.HALF_IS_REFUSED:
                self.broker.fault = PublishFailed("only half of it")
            case Mishap.READ_AGAIN:
                for partition in range(PARTITIONS):
                    self.broker.read_to[topic, partition] = 0
            case Mishap.ZOMBIE:
                for partition in range(PARTITIONS):
                    self.wake_zombie(topic, partition, 0, EVERYTHING)
            case Mishap.WIPED if not self._outside_waits():
                self.wipe_broker()
                super().sweep_outbox()
        if isinstance(place := mishap.value, Failpoint) and not super().deliver(topic, most, place):
            super().sweep_outbox()
        super().deliver(topic, most)
        self.broker.fault = None
        return True

    def sweep_deadlines(self, dies_at: Failpoint | None = None) -> bool:
        """As a world to which nothing happens, in the end."""
        mishap = next(self._mishaps)
        if mishap is Mishap.HALF_IS_REFUSED:
            self.broker.fault = PublishFailed("only half of it")
        if isinstance(place := mishap.value, Failpoint):
            super().sweep_deadlines(place)
        super().sweep_deadlines()
        self.broker.fault = None
        super().sweep_outbox()
        return True

    def _outside_waits(self) -> bool:
        """Whether something waits that dies with the broker: only the engine's own hand-overs come again."""
        return any(self.broker.waiting(topic, 1) for topic in READ if topic not in STAGE_OF_HAND_OVER)
