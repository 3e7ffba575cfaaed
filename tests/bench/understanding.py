"""Understanding: what one text of the corpus costs to understand, in CPU time of one process.

Each text is read so many times a round and its least time counts, because the machine is never quiet and nothing but
disturbance makes a reading slower. The texts are those of the corpus, 300 characters on average. Goal: 1,000 a second
for a core. The part of each room is told beside it, each read by itself.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time_ns

import orjson

from streams.cli.understanding import reported_at
from tests.bench.harness import Row, run_program, tell
from workflows.judgement.understanding.casualties import casualties
from workflows.judgement.understanding.kinds import category
from workflows.judgement.understanding.places import places
from workflows.judgement.understanding.script import script_of
from workflows.judgement.understanding.times import event_time
from workflows.judgement.understanding.understand import understand

_CORPUS = Path(__file__).parents[2] / "streams" / "simulator" / "data" / "cec.jsonl"
_READINGS = 15
_UNDATED = datetime(2016, 1, 1, tzinfo=UTC)
_NANOSECONDS = 1e9
_Read = Callable[[str, str, datetime], object]
_ROOMS: dict[str, _Read] = {
    "whole": understand,
    "category": lambda title, text, _: category(script_of(title, text)),
    "casualties": lambda title, text, _: casualties(script_of(title, text), None),
    "places": lambda title, text, at: places(script_of(title, text), at),
    "time": lambda title, text, at: event_time(script_of(title, text), at),
}


async def bench(rounds: int) -> list[Row]:
    """The whole as texts for a CPU second, each room as milliseconds for a text; the median of the rounds."""
    found = [await run_program("tests.bench.understanding", {}) for _ in range(rounds)]
    characters, per_text = found[0]["characters"], median(one["whole"] for one in found)
    note = f"goal 1000; {characters:.0f} characters a text, least of {_READINGS} readings of each"
    rows = [Row("understanding", "whole", 1 / per_text, "texts/CPU s", None, note)]
    for room in _ROOMS:
        milliseconds = median(one[room] for one in found) * 1_000
        rows.append(Row("understanding", room, milliseconds, "CPU ms/text", None, ""))
    return rows


def _measure() -> None:
    rows = [orjson.loads(line) for line in _CORPUS.read_bytes().splitlines()]
    texts = [(row["title"], row["text"], reported_at(row["report_time"], _UNDATED)) for row in rows]
    characters = sum(len(title) + len(text) for title, text, _ in texts) / len(texts)
    tell({"characters": characters, **{name: _seconds(read, texts) for name, read in _ROOMS.items()}})


def _seconds(read: _Read, texts: list[tuple[str, str, datetime]]) -> float:
    """CPU seconds for a text, the mean over the texts of the least time of each."""
    least = [float("inf")] * len(texts)
    for _ in range(_READINGS):
        for at, text in enumerate(texts):
            before = process_time_ns()
            read(*text)
            least[at] = min(least[at], process_time_ns() - before)
    return sum(least) / len(texts) / _NANOSECONDS


if __name__ == "__main__":  # takes no task
    _measure()
