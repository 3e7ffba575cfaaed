"""A process that hangs is ended; one that works or stands on purpose is not."""

import pytest

from streams.broker.transport import Progress
from streams.program.watchdog import Watchdog


@pytest.mark.parametrize(
    ("progress", "is_standing", "stopped_with"),
    [
        (Progress(oldest_unacked_seconds=9.0, since_fetch_seconds=9.0), False, []),
        (Progress(oldest_unacked_seconds=11.0, since_fetch_seconds=0.0), False, [70]),
        (Progress(oldest_unacked_seconds=0.0, since_fetch_seconds=11.0), False, [70]),
        (Progress(oldest_unacked_seconds=11.0, since_fetch_seconds=0.0), True, []),
        (Progress(oldest_unacked_seconds=0.0, since_fetch_seconds=11.0), True, [70]),
    ],
)
def test_the_watchdog_bites_what_hangs(
    progress: Progress, is_standing: bool, stopped_with: list[int]
) -> None:
    """An old unacknowledged message or no fetch ends the process with 70; a pulled brake excuses only the first."""
    codes: list[int] = []
    Watchdog(lambda: progress, 10.0, codes.append, lambda: is_standing).look()
    assert codes == stopped_with
