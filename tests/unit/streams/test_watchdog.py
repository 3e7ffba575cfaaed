"""A process that hangs is ended, after readiness said so; one that works or stands on purpose is not."""

import pytest

from streams.broker.transport import Progress
from streams.program.readiness import Component, Readiness
from streams.program.watchdog import Watchdog


def ready() -> Readiness:
    readiness = Readiness([Component.PARTITIONS])
    readiness.ready(Component.PARTITIONS)
    return readiness


@pytest.mark.parametrize(
    ("progress", "is_standing", "stopped_with"),
    [
        (Progress(99.0, 9.0, 9.0, 9.0), False, []),
        (Progress(0.0, 0.0, unfinished_seconds=11.0), False, [70]),
        (Progress(0.0, since_fetch_seconds=11.0), False, [70]),
        (Progress(0.0, 0.0, standing_still_seconds=11.0), False, [70]),
        (Progress(0.0, 0.0, unfinished_seconds=11.0), True, []),
        (Progress(0.0, since_fetch_seconds=11.0), True, [70]),
        (Progress(0.0, 0.0, standing_still_seconds=11.0), True, []),
    ],
)
def test_the_watchdog_bites_what_hangs(
    progress: Progress, is_standing: bool, stopped_with: list[int]
) -> None:
    """Nothing finished, no fetch loop or no reading on ends the process with 70, and age alone does not.

    A brake that was pulled excuses all but the loop.
    """
    codes: list[int] = []
    Watchdog(lambda: progress, 10.0, codes.append, lambda: is_standing, ready()).look()
    assert codes == stopped_with


def test_readiness_tells_before_the_end_and_takes_it_back() -> None:
    """From half of the limit on the process is not ready, with the reason; progress makes it ready again."""
    readiness, hung = ready(), [4.0]
    watchdog = Watchdog(
        lambda: Progress(0.0, 0.0, unfinished_seconds=hung[0]), 10.0, lambda _: None, lambda: False, readiness
    )
    told = []
    for hung[0] in (4.0, 6.0, 0.0):
        watchdog.look()
        told.append(readiness.components()["partitions"])
    assert told == [None, "no progress for 6 s; ends itself at 10 s", None]


def test_what_another_said_is_not_taken_back() -> None:
    """Partitions that nobody was assigned yet stay not ready, however little hangs."""
    readiness = Readiness([Component.PARTITIONS])
    Watchdog(lambda: Progress(0.0, 0.0), 10.0, lambda _: None, lambda: False, readiness).look()
    assert not readiness.is_ready()
