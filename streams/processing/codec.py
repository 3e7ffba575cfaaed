"""Bytes from outside -> a message, or the reason why not, with the field. Gateway and Kafka reader both come here.

Why two parsers: orjson refuses what RFC 8259 refuses (NaN, bad UTF-8, lone surrogates, control characters, a byte
order mark) in two microseconds, and pydantic reads the bytes once more, since only from JSON does it take a time or
an enum strictly. What neither sees is searched for only on suspicion, and the suspicion is cheap and never misses:

- a repeated key: then the parsed value, written again, has fewer colons than the bytes, unless a colon was escaped;
- a NUL in any string, and a number that no 64 bits hold: their spelling stands in the bytes;
- depth: cannot exceed the number of opening brackets.

Never in here: what a message means, whether its area or incident exists, the database.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
from pydantic import ValidationError

from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.fields import Inbound
from models.messages.hand_over import HandOver
from models.messages.report import Report
from models.messages.versions import SCHEMA_VERSION
from models.topics import STAGE_OF_HAND_OVER, Topic
from models.vocabulary import DeadLetterReason

MAX_MESSAGE_BYTES = 262_144
AHEAD_AT_MOST = timedelta(days=1)
_DEEPEST = 16  # the contract needs 3
_LONGEST_DETAIL = 500
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
_LONG_NUMBER = b"0" * 19  # as many digits as 2^63 has
_OUT_OF_CALENDAR = "time lies outside"

Message = Report | Decision | Feedback | HandOver

SHAPE_OF_TOPIC: Mapping[Topic, type[Inbound]] = {
    Topic.REPORTS: Report,
    Topic.REPORTS_URGENT: Report,
    Topic.DECISIONS: Decision,
    Topic.DISPOSAL_FEEDBACK: Feedback,
    **dict.fromkeys(STAGE_OF_HAND_OVER, HandOver),
}
# Times at which something is said to have happened: they cannot lie ahead. `until` of a decision may.
_PAST_TIMES: Mapping[type[Inbound], tuple[str, ...]] = {
    Report: ("reported_at", "known_at", "occurred_at"),
    Decision: ("decided_at",),
    Feedback: ("occurred_at",),
    HandOver: (),
}


@dataclass(frozen=True, slots=True)
class Readable:
    """A valid message, and the digest of its content: equal for equal content, however it was spelled."""

    message: Message
    digest: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why the bytes are no message: answer it (HTTP 4xx) or dead-letter it. `field` is a dotted path."""

    reason: DeadLetterReason
    field: str | None
    detail: str


def read(
    shape: type[Inbound], value: bytes | None, now: datetime, max_bytes: int = MAX_MESSAGE_BYTES
) -> Readable | Unreadable:
    """The message of this shape in these bytes, or why there is none; never raises for any bytes.

    `now` is the program's time: what is reported from more than a day ahead of it is refused.
    """
    if not value:
        return Unreadable(DeadLetterReason.UNREADABLE, None, "no value (a tombstone or 0 bytes)")
    if len(value) > max_bytes:
        detail = f"{len(value)} bytes, at most {max_bytes} are read"
        return Unreadable(DeadLetterReason.OVERSIZED, None, detail)
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError as broken:
        return Unreadable(DeadLetterReason.UNREADABLE, None, _short(str(broken)))
    if not isinstance(parsed, dict):
        return Unreadable(
            DeadLetterReason.UNREADABLE, None, f"a JSON object is expected, not {_kind(parsed)}"
        )
    return _unsafe(value, parsed) or _newer(parsed) or _validated(shape, value, now)


def digest_of(message: Inbound) -> str:
    """sha256 of the canonical JSON of the content: sorted keys, times in UTC, nothing that merely states a default.

    Absent, null and a stated default mean the same and have one digest, unknown fields count; so the same report by
    HTTP and by Kafka is a duplicate, and a field added to the contract later changes no digest of before.
    """
    plain = message.model_dump(exclude_defaults=True, exclude_none=True)
    canonical = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    return "sha256:" + hashlib.sha256(canonical).hexdigest()


def _newer(parsed: dict[str, Any]) -> Unreadable | None:
    version = parsed.get("schema_version")
    if type(version) is not int or version <= SCHEMA_VERSION:
        return None
    detail = f"version {version}, known up to {SCHEMA_VERSION}: retry after the upgrade"
    return Unreadable(DeadLetterReason.UNSUPPORTED_VERSION, "schema_version", detail)


def _validated(shape: type[Inbound], value: bytes, now: datetime) -> Readable | Unreadable:
    try:
        message = shape.model_validate_json(value)
    except ValidationError as invalid:
        return _first_error(shape, invalid)
    latest = now + AHEAD_AT_MOST
    for name in _PAST_TIMES[shape]:
        moment = getattr(message, name)
        if moment is not None and moment > latest:
            detail = f"{moment.isoformat()} lies more than a day ahead of {now.isoformat()}"
            return Unreadable(DeadLetterReason.OUT_OF_WINDOW, name, detail)
    return Readable(cast(Message, message), digest_of(message))


def _first_error(shape: type[Inbound], invalid: ValidationError) -> Unreadable:
    # The input is left out: details are logged and counted by people who may not see what a report says.
    errors = invalid.errors(include_input=False, include_url=False)
    told = errors[0]["msg"].removeprefix("Value error, ")
    others = dict.fromkeys(".".join(map(str, one["loc"])) for one in errors[1:])
    more = f"; wrong too: {', '.join(filter(None, others))}" if any(others) else ""
    is_out = told.startswith(_OUT_OF_CALENDAR)
    reason = DeadLetterReason.OUT_OF_WINDOW if is_out else DeadLetterReason.INVALID
    field = ".".join(map(str, errors[0]["loc"])) or _named_in(shape, told)
    return Unreadable(reason, field, _short(told + more))


def _named_in(shape: type[Inbound], told: str) -> str | None:
    """A rule over several fields has no place of its own: the first field that its sentence names."""
    return next((word for word in re.findall(r"[a-z_]+", told) if word in shape.model_fields), None)


# --- what the parsers let through and one of the two databases, or a reader, does not -------------------------------


def _unsafe(value: bytes, parsed: dict[str, Any]) -> Unreadable | None:
    if value.count(b"[") + value.count(b"{") > _DEEPEST and _depth(parsed) > _DEEPEST:
        return Unreadable(DeadLetterReason.UNREADABLE, None, f"nested deeper than {_DEEPEST} levels")
    has_repeats = value.count(b":") != orjson.dumps(parsed).count(b":")
    has_escapes = b"\\u00" in value  # \u0000, or \u003a: a colon that would not be counted
    if has_repeats or has_escapes or _LONG_NUMBER in value.translate(_DIGITS):
        return _searched(value)
    return None


def _searched(value: bytes) -> Unreadable | None:
    """The slow and exact look: the standard library keeps every key, every digit and every NUL."""
    try:
        exact = json.loads(value, object_pairs_hook=_Pairs)
    except ValueError as broken:  # e.g. an integer of more than 4300 digits
        return Unreadable(DeadLetterReason.UNREADABLE, None, _short(str(broken)))
    return next(_faults(exact, ""), None)


class _Pairs(tuple[tuple[str, Any], ...]):
    """A JSON object with all its keys, repeated ones too."""

    def __new__(cls, pairs: list[tuple[str, Any]]) -> "_Pairs":
        return super().__new__(cls, pairs)


def _faults(value: object, path: str) -> Iterator[Unreadable]:
    match value:
        case _Pairs():
            yield from _faults_of_pairs(value, path)
        case list():
            for position, item in enumerate(value):
                yield from _faults(item, f"{path}{position}.")
        case str() if "\0" in value:
            yield _invalid(path, "character U+0000 is not allowed in text")
        case int() if not -(2**63) <= value < 2**63:
            yield _invalid(path, "the number is out of range: integers have at most 64 bits")


def _faults_of_pairs(pairs: _Pairs, path: str) -> Iterator[Unreadable]:
    seen: set[str] = set()
    for name, item in pairs:
        if "\0" in name:
            yield _invalid(path, "character U+0000 is not allowed in a field's name")
        elif name in seen:
            yield _invalid(f"{path}{name}.", "the field stands there more than once")
        else:
            seen.add(name)
            yield from _faults(item, f"{path}{name}.")


def _invalid(path: str, detail: str) -> Unreadable:
    return Unreadable(DeadLetterReason.INVALID, _short(path.removesuffix(".")) or None, detail)


def _depth(parsed: object) -> int:
    # Level by level and not recursively: orjson allows 1024 levels, and Python's stack may be half used already.
    deep, level = 0, [parsed]
    while level:
        deep += 1
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner
    return deep


def _kind(parsed: object) -> str:
    names = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(parsed), "a number")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
