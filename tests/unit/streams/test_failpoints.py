"""A crash test kills the process at a named place; without one the places mean nothing."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from streams.program.failpoints import Failpoint, UnknownFailpoint, arm, failpoint


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    arm(None)


def test_the_nth_pass_kills() -> None:
    """Armed with after_commit:3, the third pass of that place kills, once; other places do not count."""
    kills: list[str] = []
    arm("after_commit:3", lambda: kills.append("killed"))
    with capture_logs() as lines:
        for _ in range(2):
            failpoint(Failpoint.AFTER_COMMIT)
            failpoint(Failpoint.AFTER_ACK)
        assert kills == []
        failpoint(Failpoint.AFTER_COMMIT)
        failpoint(Failpoint.AFTER_COMMIT)
    assert kills == ["killed"]
    assert [(line["event"], line["place"]) for line in lines] == [("failpoint_hit", "after_commit")]


def test_nothing_kills_unarmed() -> None:
    """After disarming, every place is passed freely."""
    kills: list[str] = []
    arm("after_ack", lambda: kills.append("killed"))
    arm(None)
    for place in Failpoint:
        failpoint(place)
    assert kills == []


def test_an_unknown_place_is_refused() -> None:
    """A misspelled place would wait for ever for its crash: it is told at the start."""
    with pytest.raises(UnknownFailpoint, match="after_comit"):
        arm("after_comit")
