"""A sweeper goes on at once while there is work, waits when there is none, and survives what passes."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from streams.broker.publishing import PublishFailed
from streams.errors import Transient
from streams.log import LogEvent
from streams.metrics import Metrics
from streams.sweepers.sweeper import Sweeper, Work


def sweeper(
    work: Work,
    registry: CollectorRegistry | None = None,
    every_seconds: float = 1.0,
    busy_ratio: float = 1.0,
) -> Sweeper:
    metrics = Metrics(registry or CollectorRegistry())
    return Sweeper("outbox", work, every_seconds, metrics, LogEvent.OUTBOX_SWEPT, busy_ratio=busy_ratio)


async def test_work_that_is_left_is_done_at_once() -> None:
    """After a piece with rows there is no pause; after an empty one there is."""
    left = [500, 3, 0]

    async def work() -> int:
        return left.pop(0)

    one = sweeper(work)
    with capture_logs() as lines:
        assert [await one.sweep() for _ in range(3)] == [0.0, 0.0, 1.0]
    assert [(line["event"], line["rows"]) for line in lines] == [("outbox_swept", 500), ("outbox_swept", 3)]


@pytest.mark.parametrize(
    ("took_seconds", "rows", "pause_seconds"),
    [(0.02, 0, 1.0), (0.1, 0, 1.9), (0.1, 7, 1.9), (60.0, 0, 3.0)],
)
async def test_one_that_looks_takes_its_share_of_the_time_and_no_more(
    took_seconds: float, rows: int, pause_seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that takes long is followed by a long pause, even where it found something; a short one by the usual.

    One that waited out an outage was not at work all the time: what it shows must not grow old for that.
    """
    now = [0.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])

    async def work() -> int:
        now[0] += took_seconds
        return rows

    assert await sweeper(work, busy_ratio=0.05).sweep() == pytest.approx(pause_seconds)


@pytest.mark.parametrize("fault", [Transient("locked"), PublishFailed("no broker")])
async def test_a_fault_is_told_counted_and_waited_out(fault: Exception) -> None:
    """Pauses grow to ten seconds while the database or the broker is away, and shrink when it is back."""
    registry = CollectorRegistry()
    is_away = True

    async def work() -> int:
        if is_away:
            raise fault
        return 0

    one = sweeper(work, registry)
    with capture_logs() as lines:
        assert [await one.sweep() for _ in range(5)] == [2, 4, 8, 10, 10]
    assert {line["event"] for line in lines} == {"sweep_failed"}
    labels = {"where": "outbox", "fault": type(fault).__name__}
    assert registry.get_sample_value("fenghuo_faults_total", labels) == 5
    is_away = False
    assert await one.sweep() == 1


async def test_a_defect_is_not_swallowed() -> None:
    """What is no known fault leaves the sweeper, so that the process ends and somebody looks."""

    async def work() -> int:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        await sweeper(work).run()


async def test_a_nudge_ends_the_pause() -> None:
    """A sweeper that would wait for an hour works as soon as it is nudged, and stops when it is cancelled."""
    turns: asyncio.Queue[int] = asyncio.Queue()

    async def work() -> int:
        turns.put_nowait(1)
        return 0

    one = sweeper(work, every_seconds=3_600)
    running = asyncio.create_task(one.run())
    await turns.get()
    one.nudge()
    await turns.get()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
