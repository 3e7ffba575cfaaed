"""The harness of the battery bites: it sees what is lost and doubled, cuts where it says, and writes what it measured.

These run with `make test`; the battery itself does not (`make faults`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from tests.bench.harness import ROOT
from tests.faults import document
from tests.faults.battery import EXPERIMENTS
from tests.faults.books import SqliteBooks
from tests.faults.catalogue import FAULTS
from tests.faults.judge import doubled, lost
from tests.faults.outcome import Figure, Outcome, Stamped, keep, promise, read
from tests.faults.planted import plant
from tests.faults.proxy import Line, Proxy
from tests.faults.scene import Extent, play
from tests.faults.stack import KAFKA_POSTGRES
from tests.faults.stopwatch import Stopwatch
from tests.faults.witness import Witness

STAMPED = Stamped("2026-01-01 00:00", "abc", "a machine", "1.0")


@pytest.fixture
def books(tmp_path: Path) -> SqliteBooks:
    return SqliteBooks(plant(tmp_path / "books.db"))


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    one = Witness(tmp_path / "witness.jsonl")
    yield one
    one.close()


async def test_what_was_accepted_and_is_kept_is_not_lost(books: SqliteBooks, witness: Witness) -> None:
    """A receipt whose report belongs to an incident is in order."""
    witness.answered(("grid", "kept"), 202, b"{}")
    assert await lost(books, witness) == []


async def test_a_receipt_without_its_report_is_lost(books: SqliteBooks, witness: Witness) -> None:
    """The judge names what was accepted and is in no incident."""
    witness.answered(("grid", "gone"), 202, b"{}")
    assert await lost(books, witness) == ["('grid', 'gone')"]


async def test_a_command_in_two_wordings_is_doubled(books: SqliteBooks, witness: Witness) -> None:
    """The same id with other bytes, or an id that the books do not know, is told."""
    for value in (b"one", b"other"):
        witness.hears("known", value)
    witness.hears("unknown", b"one")
    found = await doubled(books, witness)
    assert found == ["command known heard in two wordings", "command unknown heard and not in the books"]


async def test_a_receipt_that_changes_is_told(books: SqliteBooks, witness: Witness) -> None:
    """Who asks again with the same report must hear the same."""
    for body in (b"{}", b'{"other":1}'):
        witness.answered(("grid", "kept"), 202, body)
    assert await doubled(books, witness) == ["receipt of ('grid', 'kept') changed"]


async def test_an_effect_that_happened_twice_is_told(tmp_path: Path, witness: Witness) -> None:
    """A command with two facts, an order given twice under two ids, and a report counted twice are each found."""
    found = await doubled(SqliteBooks(plant(tmp_path / "bad.db", is_doubled=True)), witness)
    assert len(found) == 3, found


def test_the_witness_writes_before_it_goes_on(witness: Witness) -> None:
    """Each line is in the file when the method is back."""
    witness.sends(("grid", "one"))
    assert orjson.loads(witness.path.read_bytes())["report"] == ["grid", "one"]


async def test_an_open_line_carries_both_ways() -> None:
    """Words and answers pass a proxy as they are."""
    async with echo() as port, Proxy(port) as proxy:
        assert await asked(proxy.port, b"hello") == b"hello"


async def test_a_cut_line_is_broken_for_those_on_it_and_for_new_ones() -> None:
    """Whoever is connected is reset, whoever comes is, too."""
    async with echo() as port, Proxy(port) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"a")
        assert await reader.read(1) == b"a"
        proxy.set(Line.CUT)
        assert await _ended(reader)
        assert await asked(proxy.port, b"hello") == b""
        proxy.set(Line.OPEN)
        assert await asked(proxy.port, b"hello") == b"hello"
        writer.close()


@pytest.mark.parametrize("line", [Line.SILENT, Line.ONE_WAY])
async def test_a_silent_line_holds_what_is_said_until_it_opens(line: Line) -> None:
    """No answer comes and nobody is told; opened again, what was said arrives."""
    async with echo() as port, Proxy(port) as proxy:
        proxy.set(line)
        answer = asyncio.create_task(asked(proxy.port, b"hello"))
        done, _ = await asyncio.wait([answer], timeout=0.2)
        assert not done
        proxy.set(Line.OPEN)
        assert await answer == b"hello"


async def test_the_answer_to_a_commit_is_lost_after_it_was_done() -> None:
    """The server has heard the word, its answer is swallowed and the connection reset; others pass."""
    heard: list[bytes] = []
    async with echo(heard) as port, Proxy(port) as proxy:
        proxy.loses_answers_to = b"COMMIT"
        assert await asked(proxy.port, b"COMMIT") == b""
        assert (heard, proxy.lost_answers) == ([b"COMMIT"], 1)
        assert await asked(proxy.port, b"SELECT") == b"SELECT"


def test_a_missed_promise_fails_a_run_and_a_missed_bar_is_told() -> None:
    """One lost report makes a run fail; a slow one is written down as slow."""
    outcome = Outcome("F99", "pair", "quick", 1, STAMPED, figures=[Figure("back", 16, "s", at_most=15)])
    assert outcome.keeps_promises
    assert not outcome.figures[0].is_reached
    outcome.figures.append(promise("lost", 1))
    assert not outcome.keeps_promises


def test_a_run_takes_the_place_of_the_last_of_its_kind(tmp_path: Path) -> None:
    """Rows of other faults, pairs and extents stay."""
    file = tmp_path / "results.csv"
    runs = [
        Outcome("F01", "pair", one, 1, STAMPED, figures=[promise("lost", 0)]) for one in ("quick", "full")
    ]
    keep(runs, file)
    keep([Outcome("F01", "pair", "quick", 2, STAMPED, figures=[promise("lost", 0)])], file)
    assert [(row.extent, row.seed) for row in read(file)] == [("full", "1"), ("quick", "2")]


def test_a_run_that_broke_off_is_told_in_the_document(tmp_path: Path) -> None:
    """It has no figure to show, and the document says that it did not come to its end."""
    file = tmp_path / "results.csv"
    keep([Outcome("F01", "pair", "quick", 1, STAMPED, failure="NotInTime: no\nmore")], file)
    assert "| came to its end | no | yes | no |" in document.written(read(file))


def test_the_document_is_what_was_measured() -> None:
    """deploy/docs/faults.md says what results.csv and the catalogue say (`python -m tests.faults document`)."""
    assert document.PATH.read_text(encoding="utf-8") == document.written(read())


def test_every_experiment_is_in_the_catalogue() -> None:
    """F01 to F31 are all there, and whatever is played is among them."""
    known = [fault.id for fault in FAULTS]
    assert known == ["F00", *(f"F{number:02}" for number in range(1, 32))]
    assert {one.fault for one in EXPERIMENTS} <= set(known)


def test_the_tests_that_the_catalogue_names_exist() -> None:
    """A test that is renamed or removed is noticed here, and not by a reader."""
    named = [one.split("::") for fault in FAULTS for one in fault.held_by]
    missing = [f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text()]
    assert missing == []


class Pages:
    """Books that say one thing after the other."""

    def __init__(self, *pages: list[tuple[object, ...]]) -> None:
        self._pages = list(pages)

    async def rows(self, statement: str) -> Sequence[Sequence[object]]:
        return self._pages.pop(0)


@pytest.mark.parametrize(
    ("stamped_ago_seconds", "length_seconds", "times_fired", "told"),
    [
        (1.0, 1.0, 1, set()),
        (1.0, 60.0, 1, {"passed before their time"}),
        (3_600.0, 3_600.0, 1, {"stamped with a wrong time"}),
        (-300.0, 5.0, 1, {"stamped with a wrong time", "passed before their time"}),
        (1.0, 1.0, 2, {"fired more than once"}),
    ],
)
async def test_a_clock_is_held_to_the_true_time(
    stamped_ago_seconds: float, length_seconds: float, times_fired: int, told: set[str]
) -> None:
    """One that passes early, twice, or was stamped by a clock that is wrong, breaks a promise; one in time none."""
    stamped_at = datetime.now(UTC) - timedelta(seconds=stamped_ago_seconds)
    due_at = stamped_at + timedelta(seconds=length_seconds)
    stopwatch = Stopwatch(
        Pages(
            [],
            [("one", "open", due_at, stamped_at, 0)],
            [("one", "fired", due_at, datetime.now(UTC), times_fired)],
        )
    )
    for _ in range(3):
        await stopwatch.look()
    broken = {one.name for one in stopwatch.figures() if one.is_promise and not one.is_reached}
    assert broken == told


async def asked(port: int, words: bytes) -> bytes:
    """What comes back for these words; nothing when the line breaks."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(words)
        answer = await reader.read(len(words))
        writer.close()
    except OSError:
        return b""
    return answer


async def _ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read(1) == b""
    except OSError:
        return True


@asynccontextmanager
async def echo(heard: list[bytes] | None = None) -> AsyncIterator[int]:
    """A server that says what it is told; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while words := await reader.read(1_000):
            if heard is not None:
                heard.append(words)
            writer.write(words)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_what_needs_a_small_disk_is_not_played_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told with its reason, measures nothing, and breaks no promise."""
    monkeypatch.setattr("tests.faults.disk.os.geteuid", lambda: 1)
    monkeypatch.setattr("tests.faults.stack.fetch_kafka", lambda: None)  # it does not come to that
    full_disk = next(one for one in EXPERIMENTS if one.fault == "F08" and one.pair == KAFKA_POSTGRES)
    outcome = await play(full_disk, Extent.QUICK, 42)
    assert "needs root" in outcome.not_played
    assert (outcome.figures, outcome.keeps_promises) == ([], True)
