"""Stack: the processes that an experiment is done to: broker, database, gateway and workers, each kept alive as a
supervisor would.

Two pairs. `kafka-postgres` is production as an operator runs it, on one broker; `tansu-sqlite` is the embedded program
with a broker beside it that outlives its kills. Never in here: which fault is done, or what is promised.
"""

import asyncio
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streams.access.keyring import read_keyring
from streams.access.signing import Signer
from streams.broker.topics import CATALOGUE, Scale
from streams.clock import WallClock
from tests.acceptance.nemesis import Record
from tests.acceptance.program import NotInTime, Program
from tests.brokers.kafka import KafkaBroker, fetch_kafka
from tests.brokers.tansu import Tansu
from tests.databases.postgres import PostgresServer, find_programs
from tests.faults.books import Books, PostgresBooks, SqliteBooks
from tests.faults.disk import SmallDisk, small_disk
from tests.faults.lines import Lines, lines
from tests.faults.machine_clock import MachineClock
from tests.servers import log_tail

KAFKA_POSTGRES, TANSU_SQLITE = "kafka-postgres", "tansu-sqlite"
READY_WITHIN_SECONDS = 240.0  # 10 s on two free cores; a busy machine takes minutes to compile and start
_LOOK_EVERY_SECONDS = 0.1
_AGAIN_AFTER_SECONDS = 0.5
_GIVEN_UP_AFTER_ENDS = 4
# Kafka takes no shorter session than 6 s by its own default; what a deployment that wants 15 s should set, too.
SESSION = {"session_timeout_seconds": 6}
# A unit that heard nothing is told again soon, so that the deaf ones are seen within a short experiment.
_NEW_KEY = ("keys", "new", "the-city", "--area", "500000", "--role", "unit", "--into")
_COMMON: dict[str, object] = {"resend_command_seconds": 5, "log_format": "json"}


class Kept:
    """One process that is started again whenever it ends, unless it is meant to stay down."""

    def __init__(self, name: str, program: Program, arguments: tuple[str, ...], record: Record) -> None:
        self.name = name
        self.program = program
        self.is_wanted = False
        self.clock: MachineClock | None = None  # its machine's, where the experiment sets clocks
        self.ended_by_itself: Counter[int] = Counter()
        self._arguments = arguments
        self._record = record
        self._expected = False
        self._next: dict[str, object] = {}

    def next_life(self, **settings: object) -> None:
        """Settings of the next life alone."""
        self._next = settings

    @property
    def has_next_life(self) -> bool:
        """Whether settings wait for the next life."""
        return bool(self._next)

    def expects_to_die(self) -> None:
        """Its end is planned: it does not count as one of its own."""
        self._expected = True

    def start(self) -> None:
        """Start it, and keep it running from now on."""
        self.is_wanted = True
        self._expected = False
        settings, self._next = self._next, {}
        self.program.start(*self._arguments, **settings)

    def kill(self) -> None:
        """kill -9; whoever keeps it starts it again."""
        self._expected = True
        self._record.note(f"kill -9 {self.name}")
        self.program.kill()

    def freeze(self) -> None:
        """SIGSTOP: it holds every connection and says nothing."""
        self._record.note(f"freeze {self.name}")
        self.program.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._record.note(f"thaw {self.name}")
        self.program.send(signal.SIGCONT)

    def leave(self) -> None:
        """End it in good order, for good; kill it when it does not go."""
        self.is_wanted = False
        try:
            self.program.interrupt(within_seconds=20)
        except NotInTime:
            self._record.note(f"{self.name} had to be killed when told to stop")

    async def keep(self) -> None:
        """Start it again whenever it ended, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            if not self.is_wanted or self.program.is_alive:
                continue
            if not self._expected:
                code = self.program.exit_code or 0
                self.ended_by_itself[code] += 1
                self._record.note(f"{self.name} ended by itself with {code}")
            await asyncio.sleep(_AGAIN_AFTER_SECONDS)
            if self.is_wanted:
                self.start()

    async def await_ready(self, within_seconds: float = READY_WITHIN_SECONDS) -> None:
        """Wait until /readyz says 200. Raises NotInTime."""
        until = asyncio.get_running_loop().time() + within_seconds
        ended = sum(self.ended_by_itself.values())
        while asyncio.get_running_loop().time() < until:
            if self.program.is_alive and await asyncio.to_thread(self.program.answers, "/readyz"):
                return
            if sum(self.ended_by_itself.values()) - ended >= _GIVEN_UP_AFTER_ENDS:
                break
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        raise NotInTime(f"{self.name} not ready within {within_seconds} s:\n{log_tail(self.program.log)}")


@dataclass
class Stack:
    """What an experiment has in its hands. `gateway` is one of the workers where one program is everything."""

    pair: str
    folder: Path
    record: Record
    brokers: str
    gateway: Kept
    workers: list[Kept]
    books: Books
    signer: Signer
    database_url: str = ""  # PostgreSQL's own, past any proxy
    disk: SmallDisk | None = None
    kafka: KafkaBroker | None = None
    postgres: PostgresServer | None = None
    lines: Lines | None = None
    new_worker: Callable[[str], Kept] = field(default=lambda name: (_ for _ in ()).throw(RuntimeError(name)))

    @property
    def everybody(self) -> list[Kept]:
        """Every kept process, once."""
        return list({id(one): one for one in (self.gateway, *self.workers)}.values())

    @property
    def broker(self) -> KafkaBroker:
        """Kafka, where there is one."""
        assert self.kafka is not None, f"no Kafka in {self.pair}"
        return self.kafka

    @property
    def server(self) -> PostgresServer:
        """PostgreSQL, where there is one."""
        assert self.postgres is not None, f"no PostgreSQL in {self.pair}"
        return self.postgres

    @property
    def cuttable(self) -> Lines:
        """Its lines, where the experiment wishes for some to cut."""
        assert self.lines is not None, "the experiment wishes for no lines"
        return self.lines

    def ended_by_themselves(self) -> int:
        """How often a process ended that nobody had killed."""
        return sum(sum(one.ended_by_itself.values()) for one in self.everybody)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an experiment needs: how many workers, and settings of its own."""

    workers: int = 2
    settings: dict[str, object] = field(default_factory=dict)
    small_disk_of: str = ""  # "broker" or "database": what lies on a disk of `disk_megabytes`
    disk_megabytes: int = 64
    sets_clocks: bool = False  # each process sees a wall clock of its own (`Kept.clock`)
    has_lines: bool = False  # to be cut between its processes, database and broker (`Stack.lines`)


@asynccontextmanager
async def production(folder: Path, record: Record, wish: Wish) -> AsyncIterator[Stack]:
    """Kafka, PostgreSQL, a gateway and workers, ready."""
    fetch_kafka()
    async with AsyncExitStack() as undo:
        disk = _disk(undo, wish)
        kafka = KafkaBroker((disk.folder if disk and wish.small_disk_of == "broker" else folder) / "kafka")
        undo.push_async_callback(asyncio.to_thread, kafka.stop)
        server = _postgres_on(disk if wish.small_disk_of == "database" else None)
        undo.push_async_callback(asyncio.to_thread, server.remove)
        cuttable = await undo.enter_async_context(_lines_to(kafka)) if wish.has_lines else None
        await asyncio.gather(asyncio.to_thread(kafka.start), asyncio.to_thread(server.start))
        await kafka.create_topics({one.topic.value: Scale.PRODUCTION.partitions(one) for one in CATALOGUE})
        database_url = server.url(server.create_database())
        common = _production_settings(kafka, database_url, folder, wish)

        def kept(name: str, role: str) -> Kept:
            settings = common | _through(cuttable, role, database_url)
            one = _kept(undo, folder, record, name, ("--role", role), settings)
            return _on_own_clock(one, folder / name) if wish.sets_clocks else one

        gateway = kept("gateway", "gateway")
        await asyncio.to_thread(_prepared, gateway.program, folder)
        stack = Stack(
            KAFKA_POSTGRES,
            folder,
            record,
            kafka.bootstrap_servers,
            gateway,
            [kept(f"worker-{number}", "engine") for number in range(1, wish.workers + 1)],
            PostgresBooks(lambda: database_url),
            Signer(read_keyring(folder / "keys.toml"), WallClock()),
            database_url,
            disk,
            kafka,
            server,
            cuttable,
            lambda name: kept(name, "engine"),
        )
        await _up(stack, undo)
        yield stack


@asynccontextmanager
async def embedded(folder: Path, record: Record, wish: Wish) -> AsyncIterator[Stack]:
    """One program on SQLite with a Tansu beside it that the program's kills do not touch, at wall time."""
    async with AsyncExitStack() as undo:
        disk = _disk(undo, wish)
        broker = await asyncio.to_thread(Tansu)
        undo.callback(broker.stop)
        settings: dict[str, object] = {
            "broker_url": f"kafka://{broker.brokers}",
            "simulate": "false",
            "session_timeout_seconds": 2,
            "heartbeat_seconds": 0.5,
            **_COMMON,
            **wish.settings,
        }
        if disk is not None:
            settings["data_dir"] = disk.folder / "data"
        keys = folder / "keys.toml"
        settings["signing_keys"] = keys
        program = _kept(undo, folder, record, "program", (), settings)
        await asyncio.to_thread(_commanded, program.program, *_NEW_KEY, str(keys))
        stack = Stack(
            TANSU_SQLITE,
            folder,
            record,
            broker.brokers,
            program,
            [program],
            SqliteBooks(program.program.database),
            Signer(read_keyring(keys), WallClock()),
            disk=disk,
        )
        await _up(stack, undo)
        yield stack


def _production_settings(
    kafka: KafkaBroker, database_url: str, folder: Path, wish: Wish
) -> dict[str, object]:
    return {
        "profile": "production",
        "broker_url": f"kafka://{kafka.bootstrap_servers}",
        "database_url": database_url,
        "trusted_proxies": "127.0.0.1",
        "signing_keys": folder / "keys.toml",
        **SESSION,
        **_COMMON,
        **wish.settings,
    }


@asynccontextmanager
async def _lines_to(kafka: KafkaBroker) -> AsyncIterator[Lines]:
    """To this broker, and to a database that is named later."""
    async with lines() as cuttable:
        await asyncio.to_thread(cuttable.lead_to, kafka)
        yield cuttable


def _through(cuttable: Lines | None, role: str, database_url: str) -> dict[str, object]:
    """What makes a process of this role go by its lines, where there are some."""
    if cuttable is None:
        return {}
    return {
        "broker_url": f"kafka://{cuttable.broker_address(role)}",
        "database_url": cuttable.database_url(role, database_url),
    }


def _disk(undo: AsyncExitStack, wish: Wish) -> SmallDisk | None:
    return undo.enter_context(small_disk(wish.disk_megabytes)) if wish.small_disk_of else None


def _postgres_on(disk: SmallDisk | None) -> PostgresServer:
    """A server that has no data yet. It takes the folder for temporary files; that is the small disk for a moment."""
    usual = tempfile.tempdir
    tempfile.tempdir = str(disk.folder) if disk is not None else usual
    try:
        return PostgresServer(find_programs())
    finally:
        tempfile.tempdir = usual


def _kept(
    undo: AsyncExitStack,
    folder: Path,
    record: Record,
    name: str,
    arguments: tuple[str, ...],
    settings: dict[str, object],
) -> Kept:
    program = Program(folder / name, **settings)
    undo.callback(program.close)
    return Kept(name, program, arguments, record)


def _on_own_clock(one: Kept, folder: Path) -> Kept:
    one.clock = MachineClock(folder)
    one.program.variables |= one.clock.variables
    return one


async def _up(stack: Stack, undo: AsyncExitStack) -> None:
    keepers = [asyncio.create_task(one.keep()) for one in stack.everybody]
    for one in stack.everybody:
        one.start()

    async def stop() -> None:
        for one, keeper in zip(stack.everybody, keepers, strict=False):
            one.is_wanted = False
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)

    undo.push_async_callback(stop)
    for one in stack.everybody:
        await one.await_ready()
    stack.record.note("the stack is ready")


def _prepared(program: Program, folder: Path) -> None:
    _commanded(program, *_NEW_KEY, str(folder / "keys.toml"))
    _commanded(program, "db", "upgrade")
    _commanded(program, "topics", "apply")


def _commanded(program: Program, *command: str) -> None:
    said = program.command(*command)
    assert said.code == 0, said.answer + said.remarks
