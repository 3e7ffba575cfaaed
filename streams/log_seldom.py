"""Seldom: what other people's libraries say again and again is said once in a while, with how often it went unsaid.

While a broker is away aiokafka alone says the same four things a hundred times a second, for as long as that lasts: it
fills a disk and hides every line that somebody has to see. Never in here: lines of ours, which say nothing twice.
"""

import logging
from collections.abc import Callable
from time import monotonic

SAID_AGAIN_AFTER_SECONDS = 10.0
_MOST_KINDS = 1_000
UNSAID = "unsaid"


class Seldom(logging.Filter):
    """Lets a line of each kind (library, level, words without their values) pass in ten seconds.

    What passes says in `unsaid` how many of its kind did not since the one before. A line with a traceback always
    passes: it may be a defect of ours.
    """

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        """`seconds` is a clock that never goes back."""
        super().__init__()
        self._seconds = seconds
        self._said: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is said now."""
        if record.exc_info:
            return True
        kind, now = (record.name, record.levelno, str(record.msg)), self._seconds()
        if kind not in self._said and len(self._said) >= _MOST_KINDS:
            self._said.clear()
        said_at, unsaid = self._said.get(kind, (-SAID_AGAIN_AFTER_SECONDS, 0))
        if now - said_at < SAID_AGAIN_AFTER_SECONDS:
            self._said[kind] = (said_at, unsaid + 1)
            return False
        self._said[kind] = (now, 0)
        if unsaid:
            setattr(record, UNSAID, unsaid)
        return True
