"""What is done to time: machines whose clocks are set, drift and disagree, clocks due all at once, and a day late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter

import orjson

from streams.broker.publishing import Publisher
from tests.bench.harness import percentile
from tests.faults.books import moment, number
from tests.faults.herd import AT_ONCE, Herd, database_of
from tests.faults.machine_clock import MachineClock
from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene
from tests.faults.stack import Kept
from tests.faults.stopwatch import Stopwatch

HOUR, DAY = 3_600.0, 86_400.0
_FIVE_MINUTES = 300.0
_TOLD_WITHIN_SECONDS = 20.0
_LOOK_EVERY_SECONDS = 0.25
_NEARLY_NONE = 1_000
_ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin")
_FIRST_CLOCK_SECONDS = (
    5.0  # of an incident, by the rulebook that is shipped: the second look for the same event
)
_ALL_FIRED_WITHIN_SECONDS = 600.0
_ORDERS = "SELECT incident_id, command_id FROM commands WHERE kind = 'order'"
_TOLD = (
    "SELECT reports.incident_id, intake.accepted_at FROM reports"
    " JOIN intake ON intake.message_id = reports.message_id"
)
_TWINS = "SELECT incident_id FROM events WHERE type = 'incident_absorbed'"
_RUNNING = "progress IN ('open', 'sent')"


async def set_wrong(scene: Scene) -> None:
    """F16: clocks set an hour and a day on or back, a leap second, drift, other time zones, one five minutes off."""
    held_back = await _told_by_one_source(scene, scene.count(20, 60))
    seconds = scene.count(3, 10)
    async with _timed(scene) as stopwatch:
        jumps = await _jumps(scene, seconds)
        await _drift(scene, seconds)
        waited = await _starts_five_minutes_off(scene)
        await asyncio.sleep(scene.count(1, 40))  # the longer clocks of those that nobody confirmed pass, too
    scene.figures += [*jumps, Figure("engine with a clock 5 min off waits and says so", waited, at_least=1)]
    scene.figures += stopwatch.figures()
    for told in held_back:
        await scene.load.hand_in(*scene.load.report(told, "119"))


async def herd(scene: Scene) -> None:
    """F20: the first clocks of very many incidents fall due in one moment, while reports go on coming."""
    many = scene.count(2_000, 20_000)
    async with AsyncExitStack() as stack:
        database = database_of(scene.stack)
        stack.push_async_callback(database.close)
        publisher = await stack.enter_async_context(Publisher(scene.stack.brokers))
        made = Herd(database, datetime.now(UTC))
        await _made(made, publisher, AT_ONCE)  # the first takes long
        began = perf_counter()
        await _made(made, publisher, AT_ONCE)
        lead_seconds = (perf_counter() - began) * many / AT_ONCE * 1.5 + 15
        due = datetime.now(UTC) + timedelta(seconds=lead_seconds)
        made.stand_at(due - timedelta(seconds=_FIRST_CLOCK_SECONDS))
        await _made(made, publisher, many)
    scene.record.note(f"{many} incidents made; due in {(due - datetime.now(UTC)).total_seconds():.1f} s")
    of_herd = f"FROM deadlines WHERE kind = 'fusion_check' AND due_at = '{due.isoformat(' ')}'"
    clocks = await number(scene.stack.books, f"SELECT count(*) {of_herd} AND {_RUNNING}")
    await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
    scene.record.note(f"{clocks} clocks are due")
    await _until_none(scene, f"SELECT count(*) {of_herd} AND {_RUNNING}")
    fired_after = (datetime.now(UTC) - due).total_seconds()
    scene.record.note(f"all fired after {fired_after:.1f} s")
    await asyncio.sleep(5)  # the orders for the last reports meanwhile
    orders, of_twins = await _orders_seconds(scene, due, due + timedelta(seconds=fired_after))
    twice = await number(scene.stack.books, f"SELECT count(*) {of_herd} AND fire_count > 1")
    scene.figures += [
        Figure("clocks due in one moment", clocks, at_least=many),
        Figure("all fired after", fired_after, "s", at_most=30),
        promise("fired more than once", twice),
        Figure("new incidents ordered for meanwhile", len(orders), at_least=1),
        Figure("report to order meanwhile, p99", percentile(orders, 99), "s", at_most=2),
        Figure("of them with two reports in one moment, joined by the second look", len(of_twins)),
        Figure(
            "report to their order, longest",
            max(of_twins, default=0.0),
            "s",
            at_most=_FIRST_CLOCK_SECONDS + 2,
        ),
    ]


async def a_day_away(scene: Scene) -> None:
    """F21: everything was down for a day while the clocks of an older cluster's incidents passed; then it starts."""
    many = scene.count(200, 2_000)
    for one in scene.stack.everybody:
        await asyncio.to_thread(one.leave)
    database = database_of(scene.stack)
    try:
        yesterday = Herd(database, datetime.now(UTC) - timedelta(days=1))
        for _ in range(0, many, AT_ONCE):
            await yesterday.report(AT_ONCE)
        await yesterday.settle()
    finally:
        await database.close()
    long_past = (datetime.now(UTC) - timedelta(hours=12)).isoformat(" ")
    since_yesterday = f"FROM deadlines WHERE due_at < '{long_past}' AND {_RUNNING}"
    overdue = f"SELECT count(*) {since_yesterday}"
    clocks = await number(scene.stack.books, overdue)
    scene.record.note(f"{clocks} clocks are a day overdue; everything starts")
    began = perf_counter()
    for one in scene.stack.everybody:
        one.start()
    await _until_none(scene, overdue)
    fired_after = perf_counter() - began
    scene.figures += [
        Figure("clocks a day overdue", clocks, at_least=many),
        Figure("all handled after the start of the processes", fired_after, "s", at_most=30),
        *await _told_late(scene),
    ]


# --- F16 ----------------------------------------------------------------------------------------------------------


async def _told_by_one_source(scene: Scene, count: int) -> list[int]:
    """Incidents that wait for somebody to confirm them, with clocks of minutes; their numbers."""
    numbers = [scene.load.events + one for one in range(count)]
    scene.load.events += count
    for one in numbers:
        await scene.load.hand_in(*scene.load.report(one, "grid"))
    return numbers


@asynccontextmanager
async def _timed(scene: Scene) -> AsyncIterator[Stopwatch]:
    stopwatch = Stopwatch(scene.stack.books)
    watching = asyncio.create_task(stopwatch.run())
    try:
        yield stopwatch
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _jumps(scene: Scene, seconds: float) -> list[Figure]:
    """Each of the two workers in turn, then everybody at once; a leap second is a second too much for a while."""
    first, second = scene.stack.workers[:2]
    jumps: list[tuple[list[Kept], float]] = [([first], HOUR), (scene.stack.everybody, -HOUR)]
    if not scene.is_quick:
        jumps += [([second], DAY), ([first], -HOUR), (scene.stack.everybody, HOUR)]
    untold = 0
    for whose, ahead_seconds in jumps:
        before = [_times_told(one) for one in whose]
        _set(scene, whose, ahead_seconds)
        told = [await _has_told(one, times) for one, times in zip(whose, before, strict=True)]
        untold += told.count(False)
        await asyncio.sleep(seconds)
        _set(scene, whose, 0)
        await asyncio.sleep(3)
    _set(scene, scene.stack.everybody, 1)
    await asyncio.sleep(seconds)
    _set(scene, scene.stack.everybody, 0)
    return [
        Figure("clocks set an hour or a day wrong", sum(len(whose) for whose, _ in jumps)),
        promise("jumps without a `clock_jumped`", untold),
    ]


async def _drift(scene: Scene, seconds: float) -> None:
    """Every machine gains two minutes a minute."""
    scene.record.note("clocks gain two minutes a minute")
    began = perf_counter()
    while (passed := perf_counter() - began) < seconds:
        for one in scene.stack.everybody:
            _clock(one).set(2 * passed)
        await asyncio.sleep(0.5)
    _set(scene, scene.stack.everybody, 0)


async def _starts_five_minutes_off(scene: Scene) -> int:
    """A worker starts with a wrong clock in another time zone: it waits, until it may go by the database's time.

    How often it said why it waits.
    """
    victim = scene.stack.workers[1]
    for one, zone in zip(scene.stack.workers, _ZONES, strict=False):
        one.program.variables["TZ"] = zone
    victim.program.variables["TZ"] = _ZONES[-1]
    _set(scene, [victim], _FIVE_MINUTES)
    victim.kill()
    waited, until = 0, perf_counter() + 60
    while not waited and perf_counter() < until:
        waited = victim.program.log.read_text(errors="replace").count('"clocks_differ"')
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    scene.record.note(f"{victim.name} waits: {waited}")
    victim.next_life(clocks_may_differ_seconds=2 * _FIVE_MINUTES)
    victim.kill()
    while victim.has_next_life:
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    await victim.await_ready()
    await asyncio.sleep(scene.count(4, 15))
    return waited


def _set(scene: Scene, whose: list[Kept], ahead_seconds: float) -> None:
    scene.record.note(f"{', '.join(one.name for one in whose)}: clock {ahead_seconds:+g} s")
    for one in whose:
        _clock(one).set(ahead_seconds)


def _clock(one: Kept) -> MachineClock:
    assert one.clock is not None, "the experiment does not set clocks"
    return one.clock


def _times_told(one: Kept) -> int:
    return one.program.log.read_text(errors="replace").count('"clock_jumped"')


async def _has_told(one: Kept, before: int) -> bool:
    until = perf_counter() + _TOLD_WITHIN_SECONDS
    while perf_counter() < until:
        if _times_told(one) > before:
            return True
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return False


# --- F20 and F21 --------------------------------------------------------------------------------------------------


async def _made(herd: Herd, publisher: Publisher, count: int) -> None:
    for _ in range(0, count, AT_ONCE):
        await herd.report(AT_ONCE)
        await herd.call_upon(publisher)


async def _until_none(scene: Scene, counted: str) -> None:
    """Seldom at first: each look is a connection of its own and counts a whole herd."""
    async with asyncio.timeout(_ALL_FIRED_WITHIN_SECONDS):
        while left := await number(scene.stack.books, counted):
            await asyncio.sleep(_LOOK_EVERY_SECONDS if left < _NEARLY_NONE else 1)


async def _orders_seconds(scene: Scene, since: datetime, until: datetime) -> tuple[list[float], list[float]]:
    """For each incident that was told of in this time: from its last report before the first order to a unit's ear.

    The second list has those that were two at first: both reports were handled in one moment, and nothing is verified
    before the second look for the same event, a clock of its own, has joined them.
    """
    heard: dict[str, datetime] = {}
    for line in scene.witness.path.read_bytes().splitlines():
        noted = orjson.loads(line)
        if noted["what"] == "heard":
            heard.setdefault(noted["command"], datetime.fromtimestamp(noted["at"], UTC))
    ordered: dict[str, datetime] = {}
    for incident_id, command_id in await scene.stack.books.rows(_ORDERS):
        if at := heard.get(str(command_id)):
            ordered[str(incident_id)] = min(at, ordered.get(str(incident_id), at))
    told: dict[str, datetime] = {}
    for incident_id, accepted_at in await scene.stack.books.rows(_TOLD):
        name, at = str(incident_id), moment(accepted_at)
        if name in ordered and at < ordered[name]:
            told[name] = max(at, told.get(name, at))
    twins = {str(one) for (one,) in await scene.stack.books.rows(_TWINS)}
    alone: list[float] = []
    of_twins: list[float] = []
    for name, at in told.items():
        if since <= at <= until:
            (of_twins if name in twins else alone).append((ordered[name] - at).total_seconds())
    return alone, of_twins


async def _told_late(scene: Scene) -> list[Figure]:
    late: list[float] = []
    for (body,) in await scene.stack.books.rows("SELECT body FROM events WHERE type = 'deadline_fired'"):
        late.append(orjson.loads(bytes(body))["data"]["late_by_seconds"])
    twice = await number(scene.stack.books, "SELECT count(*) FROM deadlines WHERE fire_count > 1")
    return [
        Figure("of them fired", len(late)),
        promise("fired, and not told as late", sum(one < DAY / 2 for one in late)),
        promise("fired more than once", twice),
    ]
