"""Months: the months of Beijing by which the log is laid out and put away, written like 2026-11.

An incident belongs to the month in which it was opened, for ever: so its log lies in one place, and what is unique
within a month is unique.
"""

import re
from datetime import datetime, timedelta, timezone
from typing import NewType

Month = NewType("Month", str)

_BEIJING = timezone(timedelta(hours=8))
_PATTERN = re.compile(r"(?:20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")


def month_of(moment: datetime) -> Month:
    """The month in Beijing of an aware time."""
    return Month(moment.astimezone(_BEIJING).strftime("%Y-%m"))


def month_named(word: str) -> Month:
    """The month that is written so. Raises ValueError for anything but YYYY-MM of this century or the next."""
    if _PATTERN.fullmatch(word) is None:
        raise ValueError(f"{word!r} is no month; write it like 2026-11")
    return Month(word)


def following(month: Month) -> Month:
    """The month after."""
    year, number = int(month[:4]), int(month[5:])
    return Month(f"{year + number // 12}-{number % 12 + 1:02}")
