"""Nemesis: who is killed when. Drawn from a seed, written down as it happens, so that a failure can be played again."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from streams.program.failpoints import Failpoint
from tests.acceptance.program import NotInTime, Program

_LOOK_EVERY_SECONDS = 0.1
_HIT_WITHIN_SECONDS = 300
_READY_WITHIN_SECONDS = 90
_AT_RANDOM = 4
_BROKERS = 2
_LONGEST_LIFE_SECONDS = 3.0
_MOST_PASSES = 25  # of a failpoint before it kills
_SLICE_EVENTS = 14  # what the lengths above are made for
# A worker that is killed is forgotten by the broker after this, and only then does the next one get its partitions.
SESSION = {"session_timeout_seconds": 2, "heartbeat_seconds": 0.5}
KILLED = -9


class Kind(StrEnum):
    """How a life of the program ends."""

    FAILPOINT = "failpoint"
    RANDOM = "random"
    BROKER = "broker"  # the broker first, and the program, which cannot do without, with it


@dataclass(frozen=True, slots=True)
class Strike:
    """One kill. `where` is name:n of a failpoint; `after_seconds` counts from readiness."""

    kind: Kind
    where: str = ""
    after_seconds: float = 0.0


@dataclass
class Record:
    """What happened, for the report and for a failure's message."""

    lines: list[str] = field(default_factory=list)
    back_after_seconds: list[float] = field(default_factory=list)

    def note(self, line: str) -> None:
        """Write it down with the time."""
        self.lines.append(f"{time.strftime('%H:%M:%S')} {line}")


def strikes(seed: int, events: int) -> tuple[Strike, ...]:
    """Every named failpoint once, kills at random and of the broker between them, in an order of the seed.

    The more events are played, the longer is each life, so that the kills are spread over all of them.
    """
    draws = random.Random(seed)
    longer = max(1, events // _SLICE_EVENTS)
    planned = [
        Strike(Kind.FAILPOINT, f"{place}:{draws.randint(1, _MOST_PASSES * longer)}") for place in Failpoint
    ]
    for kind, count in ((Kind.RANDOM, _AT_RANDOM), (Kind.BROKER, _BROKERS)):
        planned += [
            Strike(kind, after_seconds=draws.uniform(0.2, _LONGEST_LIFE_SECONDS * longer))
            for _ in range(count)
        ]
    draws.shuffle(planned)
    return tuple(planned)


async def live_until(
    program: Program,
    strike: Strike,
    record: Record,
    died_at: float | None,
    stir: Callable[[], Awaitable[None]],
) -> None:
    """Start the program and let it live until this strike has killed it. Raises NotInTime when it does not die.

    `stir` is called while a failpoint waits to be passed: the last ones may be armed when all is told and closed.
    """
    program.start(**SESSION, **({"failpoint": strike.where} if strike.where else {}))
    record.note(f"started, to be killed by {strike}")
    await await_ready(program, record, died_at)
    if strike.kind is Kind.FAILPOINT:
        await _hit(program, strike, stir)
    else:
        await asyncio.sleep(strike.after_seconds)
    record.note("killed")


async def _hit(program: Program, strike: Strike, stir: Callable[[], Awaitable[None]]) -> None:
    began = time.monotonic()
    while program.is_alive:
        if time.monotonic() - began > _HIT_WITHIN_SECONDS:
            raise NotInTime(f"{strike.where} was not hit within {_HIT_WITHIN_SECONDS} s")
        await stir()
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    if program.exit_code != KILLED:
        raise NotInTime(f"{strike.where} should have killed it, it ended with {program.exit_code}")


async def await_ready(program: Program, record: Record, died_at: float | None) -> None:
    """Wait until it serves again, or has died on the way there."""
    began = time.monotonic()
    while program.is_alive and not await asyncio.to_thread(program.answers, "/readyz"):
        if time.monotonic() - began > _READY_WITHIN_SECONDS:
            raise NotInTime(f"not ready within {_READY_WITHIN_SECONDS} s")
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    if program.is_alive and died_at is not None:
        record.back_after_seconds.append(time.monotonic() - died_at)
