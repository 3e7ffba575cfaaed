"""Publications: what an incident's new facts put on which topic. Pure: facts in, records out.

Bytes are made once and kept: what is sent again is sent byte for byte. The kinds and keys of topics are those of the
contract; a consumer of `public-warnings` finds a warning under the first of its areas.
"""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import orjson

from models.events.assessment import WarningCancelled, WarningIssued, WarningUpdated
from models.events.disposal import CommandIssued, CommandRetracted
from models.identifiers import EventId, MessageId, derive
from models.messages.command import Command
from models.messages.dead_letter import DeadLetter
from models.messages.event import Event
from models.messages.hand_over import HandOver
from models.messages.public_warning import PublicWarning
from models.messages.receipt import Receipt
from models.messages.versions import SCHEMA_VERSION
from models.topics import HAND_OVER_TOPIC, Topic
from models.vocabulary import HandOverType, Stage
from streams.broker.publishing import Publication
from streams.tracing import TRACE_HEADER, TraceContext

Headers = tuple[tuple[str, bytes], ...]
HEADERS: Headers = (("schema_version", b"%d" % SCHEMA_VERSION),)
# What goes with a message when it is sent again after it was given up: the proof of whose word it is.
_KEPT_HEADERS = ("schema_version", "key_id", "signature")
_LONGEST_KEPT_BYTES = 200  # four times what any of them needs


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record for the outbox: what goes out, its id where the engine reads it, the fact where it is the log.

    `cause_id` is the message that it comes of, where one is known.
    """

    publication: Publication
    message_id: MessageId | None = None
    event_id: EventId | None = None
    cause_id: MessageId | None = None

    def under(self, trace: TraceContext | None) -> "Outgoing":
        """The same, sent under this trace."""
        if trace is None:
            return self
        headers = (*self.publication.headers, (TRACE_HEADER, trace.header))
        return replace(self, publication=replace(self.publication, headers=headers))


def of_event(event: Event, body: bytes) -> Outgoing:
    """The log's own record; `body` is what the `events` table keeps."""
    publication = Publication(Topic.INCIDENT_EVENTS, event.incident_id.encode(), body, HEADERS)
    return Outgoing(publication, event_id=EventId(event.event_id), cause_id=event.cause_id)


def of_facts(events: Iterable[Event]) -> Iterator[Outgoing]:
    """Commands to units and warnings to the public, in the order in which they were decided."""
    for event in events:
        match event.data:
            case CommandIssued(command=command) | CommandRetracted(retraction=command):
                outgoing = of_command(command, command.model_dump_json().encode())
            case (
                WarningIssued(warning=warning)
                | WarningUpdated(warning=warning)
                | WarningCancelled(warning=warning)
            ):
                outgoing = of_warning(warning)
            case _:
                continue
        yield replace(outgoing, cause_id=event.cause_id)


def of_command(command: Command, body: bytes) -> Outgoing:
    """An order or retraction, the first time."""
    return Outgoing(Publication(Topic.DISPOSAL_COMMANDS, command.unit_code.encode(), body, HEADERS))


def again(unit_code: str, body: bytes, delivery: int) -> Outgoing:
    """A command sent again: the same bytes, and its count as a header."""
    headers = (*HEADERS, ("delivery", b"%d" % delivery))
    return Outgoing(Publication(Topic.DISPOSAL_COMMANDS, unit_code.encode(), body, headers))


def of_warning(warning: PublicWarning) -> Outgoing:
    """A warning of the public."""
    key = warning.area_codes[0].encode()
    return Outgoing(Publication(Topic.PUBLIC_WARNINGS, key, warning.model_dump_json().encode(), HEADERS))


def of_receipt(receipt: Receipt) -> Outgoing:
    """What its sender learns about a report."""
    key = receipt.source_id.encode()
    return Outgoing(Publication(Topic.REPORT_RECEIPTS, key, receipt.model_dump_json().encode(), HEADERS))


def of_dead_letter(letter: DeadLetter, key: bytes | None) -> Outgoing:
    """A message that could not be handled, under its original key."""
    return Outgoing(Publication(Topic.DEAD_LETTERS, key or b"", letter.model_dump_json().encode(), HEADERS))


def hand_over(
    stage: Stage, incident_id: str, kind: HandOverType, cause_id: MessageId, deadline_id: str | None = None
) -> HandOver:
    """One stage called upon. The id comes from the cause, so that doing it again calls nobody twice."""
    return HandOver.model_validate(
        {
            "message_id": derive("hand_over", cause_id, stage, incident_id, kind),
            "incident_id": incident_id,
            "type": kind,
            "deadline_id": deadline_id,
            "cause_id": cause_id,
        }
    )


def of_hand_over(stage: Stage, message: HandOver) -> Outgoing:
    """On the topic of the stage, keyed by incident."""
    body = message.model_dump_json(exclude_none=True).encode()
    publication = Publication(HAND_OVER_TOPIC[stage], message.incident_id.encode(), body, HEADERS)
    return Outgoing(publication, message_id=message.message_id, cause_id=message.cause_id)


def kept_headers(headers: Headers) -> Headers:
    """Those of a record from anywhere that are worth keeping, as both databases can keep them."""
    known = [(name, value or b"") for name, value in headers if name in _KEPT_HEADERS]
    return tuple(
        (name, value) for name, value in known if len(value) <= _LONGEST_KEPT_BYTES and value.isascii()
    )


def packed(headers: Headers) -> bytes:
    """Headers as a column holds them."""
    return orjson.dumps([[name, value.decode()] for name, value in headers])


def unpacked(column: bytes) -> Headers:
    """Headers as they were packed, byte for byte."""
    return tuple((name, value.encode()) for name, value in orjson.loads(column))


def as_base64(value: bytes) -> str:
    """Original bytes as a dead letter carries them."""
    return base64.b64encode(value).decode("ascii")
