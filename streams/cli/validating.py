"""`fenghuo validate`: what is wrong with a message, where, and what to write instead.

Whether it is good is decided where it would be read: by `streams.processing.codec` and the models. This room only tells
every fault and not the first alone, and it tells them to a person. Never in here: a rule of what is valid.
"""

import difflib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from models.areas import area_tree
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.fields import Inbound
from models.messages.report import Report
from models.units import UnknownUnit, parse_unit
from streams.cli.terminal import CannotDo, answer, found_wrong, remark
from streams.documents.catalogue import MESSAGES, Documented
from streams.documents.expectation import Expectations
from streams.documents.schemas import file_name
from streams.processing import codec
from streams.processing.placing import place_of

KINDS = {file_name(message).removesuffix(".schema.json"): message for message in MESSAGES}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its dotted path (None: the message as a whole), and what to do about it."""

    field: str | None
    told: str

    def __str__(self) -> str:
        """As a line says it."""
        return self.told if self.field is None else f"{self.field}: {self.told}"


def validate(
    file: Annotated[Path, typer.Argument(help="one message as JSON, or one a line; - reads standard input")],
    *,
    kind: Annotated[str, typer.Option(help=f"which message it is: {', '.join(KINDS)}")] = "report",
) -> None:
    """Say what is wrong with messages, a fault a line: the field's path, the fault, what to write instead.

    Judged as Kafka's readers and the gateway judge them. Fields that the contract does not have are only remarked upon:
    they are kept. Exit code 1: something is wrong.

    Example: fenghuo validate report.json
    """
    if kind not in KINDS:
        raise CannotDo(f"--kind: {kind} is no message of the contract; it has {', '.join(KINDS)}")
    every = list(_messages(_content(file)))
    if not every:
        raise CannotDo(f"{file} holds no message; write one as a JSON object")
    wrong = sum(_told(KINDS[kind], value, place) for place, value in every)
    if wrong:
        found_wrong(f"{wrong} of {len(every)} would be refused; examples lie in deploy/schemas/examples")
    answer(f"{len(every)} good: {kind}")


def faults(message: Documented, value: bytes, now: datetime) -> list[Fault]:
    """Everything that keeps these bytes from being this message; none when the edge would take it."""
    expectations = Expectations.of(message)
    if not issubclass(message.shape, Inbound):
        return _faults_of_model(message, value, expectations)
    read = codec.read(message.shape, value, now)
    if isinstance(read, codec.Readable):
        return list(_unknown_codes(read.message))
    every = _faults_of_model(message, value, expectations)
    if every and every[0].field is not None:
        return every
    # A rule over several fields, or a fault that no model sees: the codec's own words know its place.
    return [Fault(read.field, f"{read.reason.value}: {read.detail}")]


def unknown_fields(message: Documented, value: bytes) -> Iterator[str]:
    """Fields that nobody will read, each with the one that was perhaps meant."""
    known = list(message.shape.model_fields)
    given = orjson.loads(value) if _is_json(value) else None
    for name in given if isinstance(given, dict) else ():
        if name not in known:
            meant = difflib.get_close_matches(name, known, n=1)
            yield f"{name}: not in the contract, kept and not read{f'; {meant[0]}?' if meant else ''}"


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as unreadable:
        raise CannotDo(f"{file} cannot be read: {unreadable.strerror}") from unreadable


def _messages(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Each message with the words that say where it stands: one object over many lines, or one a line."""
    lines = [(number, line.strip()) for number, line in enumerate(content.split(b"\n"), start=1)]
    filled = [(number, line) for number, line in lines if line]
    if len(filled) > 1 and _is_json(filled[0][1]):
        yield from ((f"line {number}: ", line) for number, line in filled)
    elif filled:
        yield "", content.strip()


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _told(message: Documented, value: bytes, place: str) -> bool:
    found = faults(message, value, datetime.now(UTC))
    for fault in found:
        answer(f"{place}{fault}")
    for line in unknown_fields(message, value) if issubclass(message.shape, Inbound) else ():
        remark(place + line)
    return bool(found)


def _faults_of_model(message: Documented, value: bytes, expectations: Expectations) -> list[Fault]:
    try:
        message.shape.model_validate_json(value)
    except ValidationError as invalid:
        return [_fault(error, expectations) for error in invalid.errors(include_url=False)]
    return []


def _fault(error: ErrorDetails, expectations: Expectations) -> Fault:
    path: Sequence[str] = [str(part) for part in error["loc"]]
    said = error["msg"].removeprefix("Value error, ")
    match error["type"]:
        case "missing":
            said = "is required"
        case "enum" | "literal_error":
            said = "is none of the words" + _meant(error["input"], expectations.words(path))
        case "extra_forbidden":
            said = "is not in the contract"
    expected = expectations.told(path)
    return Fault(".".join(path) or None, f"{said}; {expected}" if expected else said)


def _meant(given: object, words: Sequence[str]) -> str:
    close = difflib.get_close_matches(given, words, n=1) if isinstance(given, str) else []
    return f", {close[0]}?" if close else ""


def _unknown_codes(message: codec.Message) -> Iterator[Fault]:
    """What the readers ask of the reference data once the message is one."""
    match message:
        case Report() if place_of(message, area_tree()) is None:
            yield Fault("area_code", f"no area ever had the code {message.area_code}")
        case Decision() if message.area_code not in area_tree():
            yield Fault("area_code", f"no area ever had the code {message.area_code}")
        case Feedback():
            try:
                parse_unit(message.unit_code)
            except UnknownUnit as unknown:
                yield Fault("unit_code", str(unknown))
