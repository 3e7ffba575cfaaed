"""Load: reporters who send through the gateway at an even rate, and send the very same again until they get a receipt.

Each event is told by two independent sources, so that rules alone verify it, plan and order: no officer is needed for
an incident to end. Never in here: what becomes of a report.
"""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter

import aiohttp
import orjson

from models.areas import area_tree
from tests.acceptance.program import TOKEN
from tests.faults.witness import Identity, Witness

_ANSWER_WITHIN_SECONDS = 15.0
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
_AT_ONCE = 200
_CALL_FIRST = ("119", "grid")
_TITLES = ("仓库起火", "厂房起火", "居民楼起火", "商铺起火", "车库起火")


@dataclass
class Load:
    """One crowd of reporters. `asked_seconds` is when each was first sent and how long its receipt took.

    `urgent` are the first reports of the events that were told as a danger to life, of `burst` alone.
    """

    url: str
    witness: Witness
    seed: int
    asked_seconds: list[tuple[float, float]] = field(default_factory=list)
    retried: int = 0
    events: int = 0
    urgent: list[Identity] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is told yet."""
        self._townships = sorted(area_tree().townships(datetime.now(UTC).date()))
        random.Random(self.seed).shuffle(self._townships)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Load":
        """Nothing is connected before the first report."""
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
            timeout=aiohttp.ClientTimeout(total=_ANSWER_WITHIN_SECONDS),
            connector=aiohttp.TCPConnector(limit=_AT_ONCE),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        assert self._session is not None
        await self._session.close()

    async def run(self, events_per_second: float, until: asyncio.Event) -> None:
        """Tell of a new event at this rate, whatever the answers do; back when every report sent has its receipt."""
        began = perf_counter()
        told = 0
        async with asyncio.TaskGroup() as telling:
            while not until.is_set():
                due = began + told / events_per_second
                await asyncio.sleep(max(0.0, due - perf_counter()))
                telling.create_task(self.event())
                told += 1

    async def burst(self, events: int, events_per_second: float, urgent_one_in: int = 0) -> None:
        """So many events at this rate, each report with its receipt when it is back.

        Where `urgent_one_in` is given, one event in so many is a danger to life, and the others are told by sources
        that have to wait behind it.
        """
        began = perf_counter()
        async with asyncio.TaskGroup() as telling:
            for number in range(events):
                await asyncio.sleep(max(0.0, began + number / events_per_second - perf_counter()))
                if not urgent_one_in:
                    telling.create_task(self.event())
                elif number % urgent_one_in == 0:
                    telling.create_task(self.event(is_urgent=True))
                else:
                    telling.create_task(self.event(("grid", "department")))

    async def event(self, channels: tuple[str, ...] = _CALL_FIRST, *, is_urgent: bool = False) -> None:
        """One event: both its reports, one after the other; where it is urgent, the first says so."""
        number, self.events = self.events, self.events + 1
        for channel in channels:
            says_so = is_urgent and channel == channels[0]
            identity, body = self.report(number, channel, is_urgent=says_so)
            if says_so:
                self.urgent.append(identity)
            await self.hand_in(identity, body)

    def report(self, number: int, channel: str, *, is_urgent: bool = False) -> tuple[Identity, bytes]:
        """The bytes of one report, which stay the same however often they are sent."""
        township = self._townships[number % len(self._townships)]
        source = f"grid-{township}" if channel == "grid" else f"{channel}-{township[:6]}"
        now = datetime.now(UTC)
        report_id = f"f{self.seed}-{number}-{channel}"
        body = {
            "report_id": report_id,
            "source_id": source,
            "channel": channel,
            "reporter_id": f"reporter-{number}-{channel}",
            "kind": "initial",
            "urgent": is_urgent,
            "category": "accident.fire",
            "title": _TITLES[number % len(_TITLES)],
            "area_code": township,
            "occurred_at": (now - timedelta(minutes=2)).isoformat(),
            "reported_at": now.isoformat(),
        }
        return (source, report_id), orjson.dumps(body)

    async def hand_in(self, identity: Identity, body: bytes) -> None:
        """Send it again and again until somebody answers for good, as the contract of the gateway asks."""
        began, pause = perf_counter(), _FIRST_PAUSE_SECONDS
        while True:
            status = await self.once(identity, body)
            if 0 < status < 500:
                self.asked_seconds.append((began, perf_counter() - began))
                return
            self.retried += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def once(self, identity: Identity, body: bytes) -> int:
        """One try; the status, 0 when nobody answered."""
        assert self._session is not None
        self.witness.sends(identity)
        try:
            async with self._session.post(f"{self.url}/api/reports", data=body) as answer:
                said = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as broken:
            was_sent = not isinstance(broken, aiohttp.ClientConnectorError)
            self.witness.unanswered(identity, type(broken).__name__, was_sent=was_sent)
            return 0
        self.witness.answered(identity, answer.status, said)
        return answer.status
