"""Watching service from outside: when the engine handles again, when its group rests, and what a receipt costs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter

from aiokafka.admin import AIOKafkaAdminClient

from tests.bench.harness import percentile
from tests.faults.books import number
from tests.faults.judge import AWAY
from tests.faults.outcome import Figure
from tests.faults.scene import Scene

_LOOK_EVERY_SECONDS = 0.25
_BACK_WITHIN_SECONDS = 180.0
_LOOKS_AT_REST = 3
_GROUP = "fenghuo"
_HANDLED = "SELECT count(*) FROM inbox"


async def served_again(scene: Scene) -> float:
    """Wait until one more message is handled than now; the seconds that it took. Needs load."""
    began, before = perf_counter(), await handled(scene)
    while perf_counter() - began < _BACK_WITHIN_SECONDS:
        now = await handled(scene)
        if before is not None and now is not None and now > before:
            took = perf_counter() - began
            scene.record.note(f"served again after {took:.1f} s")
            return took
        before = now if before is None else before
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    raise AssertionError(f"not served again within {_BACK_WITHIN_SECONDS} s")


async def handled(scene: Scene) -> int | None:
    """How many messages stand in the books as handled; None when those cannot be read."""
    try:
        return await number(scene.stack.books, _HANDLED)
    except AWAY:
        return None


async def group_at_rest(scene: Scene, workers: int) -> float:
    """Wait until Kafka has so many members in the engine's group and none of them is in a rebalance; the seconds.

    It has to stay so for three looks.
    """
    began = since = perf_counter()
    looks = 0
    admin = AIOKafkaAdminClient(bootstrap_servers=scene.stack.brokers)
    await admin.start()
    try:
        while looks < _LOOKS_AT_REST:
            if perf_counter() - began > _BACK_WITHIN_SECONDS:
                raise AssertionError(f"the group does not come to rest within {_BACK_WITHIN_SECONDS} s")
            (answer,) = await admin.describe_consumer_groups([_GROUP])
            _, _, state, _, _, members, *_ = answer.groups[0]
            is_at_rest = state == "Stable" and len(members) == workers
            since = since if is_at_rest and looks else perf_counter()
            looks = looks + 1 if is_at_rest else 0
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
    finally:
        await admin.close()
    scene.record.note(f"{workers} members at rest after {since - began:.1f} s")
    return since - began


@dataclass
class Outages:
    """When something was down, in the load's own time."""

    spans: list[tuple[float, float]] = field(default_factory=list)
    back_after_seconds: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """What happens inside is an outage."""
        began = perf_counter()
        try:
            yield
        finally:
            self.spans.append((began, perf_counter()))

    def receipts_seconds(self, scene: Scene) -> list[float]:
        """How long each report that was first sent in an outage waited for its receipt."""
        return [
            seconds
            for began, seconds in scene.load.asked_seconds
            if any(first <= began <= last for first, last in self.spans)
        ]

    def figures(
        self, scene: Scene, *, back_at_most: float, receipts_at_most_ms: float | None
    ) -> list[Figure]:
        """The outages in numbers."""
        receipts = self.receipts_seconds(scene)
        found = [
            Figure("outages", len(self.spans)),
            Figure("seconds down", sum(last - first for first, last in self.spans), "s"),
        ]
        if self.back_after_seconds:
            longest = max(self.back_after_seconds)
            found.append(Figure("handles again after the heal, longest", longest, "s", at_most=back_at_most))
        if receipts:
            found += [
                Figure("receipts asked for in the outage", len(receipts)),
                Figure(
                    "receipt in the outage, p99",
                    percentile(receipts, 99) * 1_000,
                    "ms",
                    at_most=receipts_at_most_ms,
                ),
            ]
        return found
