"""The fast lane: Faust's transport as fast as a bare Kafka client, and without the ways in which Faust loses messages.

Stock Faust 0.15.3 makes one event of each message, acknowledges what raised, and can commit past a message that
nobody acknowledged (its issue 606). Here one event carries a whole slice of one partition (a list of aiokafka's
records), an offset is committed only when every slice before it is acknowledged, and reading starts where our
database says, not where Kafka's committed offsets say. Everything else (group membership, rebalancing, agents,
supervision) is Faust's own. The contract tests in tests/contract/transport hold every method that we override or
lean on, so that another version of Faust cannot slip in.

Never in here: what a message means, the database, retries (that is streams/processing/loop.py).
"""

from faust.types import TP

from streams.broker.transport.app import FastLane, FastLaneApp, Positions, Progress, make_app
from streams.broker.transport.batches import Batch, batches
from streams.broker.transport.consumer_thread import Records
from streams.broker.transport.pin import UnsupportedFaust, require_pinned_faust
from streams.broker.transport.tracker import Slice

__all__ = [
    "TP",
    "Batch",
    "FastLane",
    "FastLaneApp",
    "Positions",
    "Progress",
    "Records",
    "Slice",
    "UnsupportedFaust",
    "batches",
    "make_app",
    "require_pinned_faust",
]
