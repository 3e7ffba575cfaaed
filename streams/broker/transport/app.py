"""A Faust app on the fast lane, to be started inside a running loop: `app = make_app(lane); await app.start()`.

Only the composition root calls this. The settings that are not offered here are fixed because the promise of no
loss rests on them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import faust
from faust.tables.manager import TableManager
from faust.types import TP, StreamT
from faust.types.auth import CredentialsT
from faust.types.transports import TransportT
from mode.supervisors import CrashingSupervisor

from streams.broker.access import Brokers, LineProtocol, context_of
from streams.broker.publishing import MAX_BATCH_BYTES, PUBLISH_WITHIN_SECONDS
from streams.broker.seat import OwnSeat, Seat
from streams.broker.transport.batches import Batch, batches
from streams.broker.transport.consumer import FastLaneConsumer, FastLaneTransport
from streams.broker.transport.pin import require_pinned_faust

Positions = Callable[[frozenset[TP]], Awaitable[Mapping[TP, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FastLane:
    """Everything that may differ between two runs.

    `app_id` is the consumer group. `positions` answers with the next
    offset of each partition from our database; one that it leaves out begins at the earliest record.
    """

    brokers: Brokers
    app_id: str
    positions: Positions
    # 10 in production; 6 embedded: Tansu makes the first join wait for half the session timeout.
    session_timeout_seconds: float = 10.0
    # A member learns of a rebalance at its next heartbeat: this is a part of how long each rebalance takes.
    heartbeat_seconds: float = 1.0
    # Under which id Kafka counts us, kept beyond our life by whoever starts us again (decision 0020).
    seat: Seat = field(default_factory=OwnSeat)
    # Kafka answers a fetch as soon as there is something for it, Tansu only at the end of this wait: give it 2-20 ms.
    # On Kafka it bounds how long a partition that was held back may wait for a fetch that others are in.
    fetch_max_wait_ms: int = 100
    commit_interval_seconds: float = 1.0
    slice_records: int = 500
    # Per topic; with slices of 500 an agent has at most about 8000 records before it.
    buffered_slices: int = 16
    # Below the session timeout: a rebalance of the whole group waits for this.
    release_within_seconds: float = 5.0
    positions_within_seconds: float = 30.0
    # A topic that the brokers do not show when the group divides the partitions is left out without a word, until
    # somebody asks again which there are: Faust after five minutes. On Kafka that is what a topic looks like that was
    # made a moment ago.
    topics_asked_every_seconds: float = 10.0
    # Tansu may tell an end too low, never too high: there a hang is found later, and none is imagined.
    ends_asked_every_seconds: float = 5.0


class NoTables(TableManager):
    """Faust's table manager without the second that it gives agents to declare tables: ours have none."""

    async def on_start(self) -> None:
        """Let the topics be subscribed at once; each agent named its own when it started, before this."""
        await self._update_channels()
        await self.recovery.start()


Consume = Callable[[AsyncIterator[Batch]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a watchdog looks at: when either stays large the process hangs and should end itself."""

    oldest_unacked_seconds: float  # told and not judged: behind a long queue what is well grows old
    since_fetch_seconds: float
    standing_still_seconds: float = 0.0
    unfinished_seconds: float = 0.0


class FastLaneApp(faust.App):
    """faust.App with our transport. Once `crash_reason` is set the process has to end: nothing restarts inside."""

    lane: FastLane

    def carry(self, name: str, topic: str, max_records: int, consume: Consume) -> None:
        """Let an agent of this name consume this topic; before `start`."""

        async def agent(stream: StreamT[list[object]]) -> None:
            await consume(batches(stream, max_records))

        self.agent(self.topic(topic), name=name, concurrency=1)(agent)

    def progress(self) -> Progress:
        """How far behind it is with acknowledging and with fetching; cheap, call it every second."""
        consumer = cast(FastLaneConsumer, self.consumer)
        return Progress(
            consumer.oldest_unacked_seconds(),
            consumer.since_fetch_seconds(),
            consumer.standing_still_seconds(),
            consumer.unfinished_seconds(),
        )

    def _new_transport(self) -> TransportT:
        return FastLaneTransport(self.conf.broker_consumer, self)

    def _create_directories(self) -> None:
        """None: Faust would make a data directory for tables, and there are no tables."""


def make_app(lane: FastLane) -> FastLaneApp:
    """The app; add agents with `@app.agent(app.topic(name))` and read them with `batches`.

    Topics must exist (streams/broker/topics.py): Faust declares none here. Raises UnsupportedFaust, see pin.py.
    """
    require_pinned_faust()
    app = FastLaneApp(lane.app_id, **_settings(lane))
    app.lane = lane
    return app


def _settings(lane: FastLane) -> dict[str, Any]:
    return {
        "broker": [f"kafka://{address.strip()}" for address in str(lane.brokers).split(",")],
        "broker_credentials": _credentials(lane.brokers),
        "broker_session_timeout": lane.session_timeout_seconds,
        "broker_heartbeat_interval": lane.heartbeat_seconds,
        "broker_commit_interval": lane.commit_interval_seconds,
        "consumer_auto_offset_reset": "earliest",
        "consumer_metadata_max_age_ms": int(lane.topics_asked_every_seconds * 1_000),
        "key_serializer": "raw",
        "value_serializer": "raw",
        "producer_acks": -1,
        "producer_linger": 0,
        "producer_max_batch_size": MAX_BATCH_BYTES,
        "producer_request_timeout": PUBLISH_WITHIN_SECONDS,
        "agent_supervisor": CrashingSupervisor,
        "stream_wait_empty": True,
        # Never reached: the consumer stops delivering at `buffered_slices`, without Faust's pressure callbacks.
        "stream_buffer_maxsize": 1_000_000,
        "topic_disable_leader": True,
        "topic_allow_declare": False,
        "store": "memory://",
        "TableManager": NoTables,
        "web_enabled": False,
    }


def _credentials(brokers: Brokers) -> CredentialsT | None:
    """Faust makes its consumer and its producer with these; None on an open line."""
    if isinstance(brokers, str):
        return None
    context = context_of(brokers)
    if brokers.protocol is LineProtocol.SSL:
        return faust.SSLCredentials(context)
    return faust.SASLCredentials(
        username=brokers.user,
        password=brokers.password,
        ssl_context=context,
        mechanism=brokers.mechanism.value,
    )
