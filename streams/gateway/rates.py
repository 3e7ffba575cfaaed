"""Rates: how often who may ask, counted in this process's memory; N gateways let through N times as much.

Nobody is refused a report: what is too many is a flood, and a flood waits behind the urgent reports of others. Asking
too often for anything else is answered with 429 and the seconds to wait. A sign-in is counted by address and name,
so that whoever tries names out elsewhere never keeps the duty desk from its own. Never in here: the trust in a
report, which the engine weighs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Annotated, cast

from fastapi import Depends, Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from models.messages.report import Report
from models.producers import Producer
from streams.clock import Clock
from streams.gateway.callers import Caller

_WINDOW_SECONDS = 60
# Many people may stand behind one address, and few of them mistype their passwords in the same minute.
_NAMES_TOGETHER = 6
_NETWORK_BITS = 64  # of IPv6: whoever has one address has all of these


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed within a minute. A producer's own rate stands with its key."""

    requests: int = 1_200  # of one person
    sign_ins: int = 10  # under one name from one address
    reports_of_reporter: int = 30  # of one reporter of one source, before they count as a flood


class Flood(StrEnum):
    """Whose reports are too many."""

    OF_PRODUCER = "producer"
    OF_REPORTER = "reporter"


class Rates:
    """The counts of one gateway."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        """`clock` is real time: these limits protect machines and people, not the story that is played."""
        self._limits = limits
        self._seconds: Callable[[], float] = lambda: clock.now().timestamp()
        self._limiter = FixedWindowRateLimiter(_Counts(self._seconds))

    def wait_of(self, caller: Caller) -> int:
        """The seconds that this caller has to wait; 0 when it may go on. The installation itself always may."""
        if caller.someone is not None:
            return self._wait(self._limits.requests, "person", caller.someone.person_id)
        if caller.producer is not None:
            return self._wait(caller.producer.per_minute, "producer's requests", caller.producer.producer_id)
        return 0

    def wait_of_sign_in(self, address: str, person_id: str) -> int:
        """The seconds until this name may be tried again from there; 0: now."""
        network = _network_of(address)
        of_all = self._wait(self._limits.sign_ins * _NAMES_TOGETHER, "address", network)
        return of_all or self._wait(self._limits.sign_ins, "name at address", network, person_id)

    def flood_of(self, producer: Producer | None, report: Report) -> Flood | None:
        """Whose reports have become too many with this one. A source that names no reporters floods by its key."""
        floods = []
        if producer is not None and self._wait(producer.per_minute, "producer", producer.producer_id):
            floods.append(Flood.OF_PRODUCER)
        if report.reporter_id is not None and self._wait(
            self._limits.reports_of_reporter, "reporter", report.reporter_key
        ):
            floods.append(Flood.OF_REPORTER)
        return next(iter(floods), None)

    def _wait(self, per_minute: int, *whose: str) -> int:
        item: RateLimitItem = RateLimitItemPerMinute(per_minute)
        if self._limiter.hit(item, *whose):
            return 0
        return max(1, ceil(self._limiter.get_window_stats(item, *whose).reset_time - self._seconds()))


class _Counts(Storage):
    """Counts by the gateway's own clock, which tests move.

    The library's storage takes the machine's time, and looks through all it has in a thread a hundred times a second.
    """

    STORAGE_SCHEME = None

    def __init__(self, seconds: Callable[[], float]) -> None:
        super().__init__()
        self._seconds = seconds
        self._counts: dict[str, tuple[int, float]] = {}
        self._cleared_at = seconds()

    @property
    def base_exceptions(self) -> type[Exception]:
        return KeyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        self._forget_the_old()
        now = self._seconds()
        count, until = self._counts.get(key, (0, 0.0))
        if until <= now:
            count, until = 0, now + expiry
        self._counts[key] = count + amount, until
        return count + amount

    def get(self, key: str) -> int:
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > self._seconds() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, self._seconds()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def _forget_the_old(self) -> None:
        now = self._seconds()
        if now - self._cleared_at >= _WINDOW_SECONDS:
            self._cleared_at = now
            self._counts = {key: found for key, found in self._counts.items() if found[1] > now}


def _network_of(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:  # a socket without an address
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, _NETWORK_BITS), strict=False))
    return str(found)


def _of(request: Request) -> Rates:
    return cast(Rates, request.app.state.rates)


RatesOf = Annotated[Rates, Depends(_of)]
