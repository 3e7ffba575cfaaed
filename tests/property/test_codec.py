"""Whatever bytes come, they are a message or they are refused: reading never raises."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from models.messages.fields import Inbound
from models.messages.report import Report
from models.vocabulary import DeadLetterReason
from streams.processing.codec import SHAPE_OF_TOPIC, Readable, Unreadable, digest_of, read
from tests.unit.streams.test_codec import OFFICER, REPORT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHAPES = st.sampled_from(sorted(set(SHAPE_OF_TOPIC.values()), key=str))
NAMES = [*sorted({name for shape in SHAPE_OF_TOPIC.values() for name in shape.model_fields}), "note", "a:b"]
ODD: list[Any] = [
    2**63,
    -(2**70),
    1e308,
    "\0",
    "NaN",
    "٣",
    "9999-12-31T23:59:59-23:59",
    "０",
    {},
    [],
    OFFICER,
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner),
    max_leaves=8,
)


def checked(shape: type[Inbound], value: bytes) -> Readable | Unreadable:
    found = read(shape, value, NOW)
    if isinstance(found, Unreadable):
        assert found.detail
        assert found.reason in DeadLetterReason
    else:
        assert found.digest == digest_of(found.message)
    return found


@given(SHAPES, st.binary())
def test_no_bytes_break_the_reader(shape: type[Inbound], value: bytes) -> None:
    """Any bytes give a message or a reason."""
    checked(shape, value)


@given(SHAPES, VALUES)
def test_no_json_breaks_the_reader(shape: type[Inbound], value: object) -> None:
    """Any JSON, and what Python takes for JSON, gives a message or a reason."""
    checked(shape, json.dumps(value).encode())


@given(st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=4))
def test_no_change_of_a_report_breaks_the_reader(changes: dict[str, Any]) -> None:
    """A report with some of its fields replaced is a report or refused; both databases can hold what is accepted."""
    value = json.dumps({**REPORT, **changes}).encode()
    if isinstance(checked(Report, value), Readable):
        assert not any("\0" in text for text in texts(orjson.loads(value)))


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_no_damage_breaks_the_reader(position: int, damage: bytes) -> None:
    """A report whose bytes were overwritten somewhere is a report or refused."""
    value = bytearray(json.dumps(REPORT, ensure_ascii=False).encode())
    value[position : position + len(damage)] = damage
    checked(Report, bytes(value))


@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3), st.randoms(use_true_random=False))
def test_spelling_does_not_change_the_digest(changes: dict[str, Any], random: Random) -> None:
    """The same report in another order and with other spacing and escapes is the same, unknown fields included."""
    report = {**REPORT, **changes}
    found = checked(Report, json.dumps(report, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    names = list(report)
    random.shuffle(names)
    other = checked(Report, json.dumps({name: report[name] for name in names}, indent=1).encode())
    assert type(found) is type(other)
    if isinstance(found, Readable) and isinstance(other, Readable):
        assert found.digest == other.digest


@given(st.sampled_from(sorted(REPORT)), VALUES, st.booleans())
def test_a_repeated_key_never_passes(name: str, value: object, first: bool) -> None:
    """A second value under any name of a report is refused, wherever it stands."""
    pair = f"{json.dumps(name)} : {json.dumps(value)}"
    body = json.dumps(REPORT)[1:-1]
    text = f"{{{pair},{body}}}" if first else f"{{{body},{pair}}}"
    assert isinstance(checked(Report, text.encode()), Unreadable)


def texts(value: object) -> Iterator[str]:
    """Every string in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
