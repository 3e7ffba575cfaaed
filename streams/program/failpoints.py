"""Named places at which a crash test kills this process, as a power cut would.

Off unless `FENGHUO_FAILPOINT` names one; then the n-th time that the place is passed is the end. Never in here: a
fault that a program could survive (those are planted by the tests, from outside).
"""

import os
import signal
from collections.abc import Callable
from enum import StrEnum

import structlog

from streams.log import LogEvent

_log = structlog.get_logger()


class Failpoint(StrEnum):
    """The places between a message's arrival and its offset's commit."""

    AFTER_FETCH = "after_fetch"
    MID_HANDLER = "mid_handler"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    MID_PUBLISH = "mid_publish"
    AFTER_PUBLISH = "after_publish"
    AFTER_ACK = "after_ack"
    MID_OFFSET_COMMIT = "mid_offset_commit"


class UnknownFailpoint(ValueError):
    """`FENGHUO_FAILPOINT` names no place of the program: a test would wait for a crash that never comes."""


def _kill_ourselves() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class _Armed:
    """Which place kills, and how often it may still be passed."""

    place: Failpoint | None = None
    passes_left: int = 0
    kill: Callable[[], None] = staticmethod(_kill_ourselves)


def arm(spec: str | None, kill: Callable[[], None] = _kill_ourselves) -> None:
    """Arm `name:n`, or disarm with None. Called once by the composition root. Raises UnknownFailpoint: do not start."""
    if spec is None:
        _Armed.place = None
        return
    name, _, times = spec.partition(":")
    if name not in Failpoint.__members__.values():
        raise UnknownFailpoint(f"{name!r} is none of {', '.join(Failpoint)}")
    _Armed.place, _Armed.passes_left, _Armed.kill = Failpoint(name), int(times or 1), staticmethod(kill)


def failpoint(place: Failpoint) -> None:
    """The program passes this place. Costs a comparison when nothing is armed."""
    if place is not _Armed.place:
        return
    _Armed.passes_left -= 1
    if _Armed.passes_left == 0:
        _log.warning(LogEvent.FAILPOINT_HIT, place=place.value)
        _Armed.kill()


def is_armed(place: Failpoint) -> bool:
    """Whether this place is one that kills; for places that must first be made, such as the middle of a publication."""
    return place is _Armed.place
