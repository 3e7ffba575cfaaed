"""I2 and I3: no command is issued twice, and none is forgotten."""

from collections.abc import AsyncIterator, Iterator

import orjson
from pydantic import ValidationError
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.disposal import CommandAdopted, CommandEscalated, CommandIssued, CommandRetracted
from models.identifiers import command_id_of
from models.messages.command import Command
from models.tables import COMMANDS, EVENTS, OUTBOX
from models.topics import Topic
from models.vocabulary import CommandKind, CommandStatus, DeadlineKind
from streams.archive.catalogue import every_log
from streams.check.dossier import Dossier
from streams.check.rows import Row
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick

_PAGE = 500
_ISSUING = (CommandIssued.type_name, CommandRetracted.type_name)
_ISSUED = (
    select(EVENTS.c.event_id, EVENTS.c.body)
    .where(
        EVENTS.c.type.in_(_ISSUING),
        EVENTS.c.event_id > bindparam("last"),
    )
    .order_by(EVENTS.c.event_id)
    .limit(_PAGE)
)
_SENT = (
    select(OUTBOX.c.id, OUTBOX.c.value)
    .where(OUTBOX.c.topic == Topic.DISPOSAL_COMMANDS.value, OUTBOX.c.id > bindparam("last"))
    .order_by(OUTBOX.c.id)
    .limit(_PAGE)
)
_BODIES = select(COMMANDS.c.command_id, COMMANDS.c.body).where(
    COMMANDS.c.command_id.in_(bindparam("ids", expanding=True))
)


def command_ids_are_derived(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I2 one id per kind, incident, task, unit and attempt: the id is derived from what the command itself says."""
    for row in dossier.commands:
        try:
            command = Command.model_validate_json(row["body"])
        except ValidationError as error:
            yield _of(Invariant.I2, row, f"the body is no command: {error.errors()[0]['msg']}")
            continue
        derived = command_id_of(
            command.kind, command.incident_id, command.task_id, command.unit_code, command.attempt
        )
        if not row["command_id"] == command.command_id == derived:
            yield _of(Invariant.I2, row, f"the body has id {command.command_id}, its contents give {derived}")


async def commands_are_issued_once(
    connection: AsyncConnection, yardstick: Yardstick
) -> AsyncIterator[Violation]:
    """I2 no command is issued twice, nor taken back twice: one event per id in all logs together."""
    issued: dict[str, str] = {}
    async for event_id, body in _every_issue(connection, yardstick):
        data = orjson.loads(body)["data"]
        command_id = data.get("command", data.get("retraction"))["command_id"]
        if command_id in issued:
            detail = f"command {command_id} was issued by event {issued[command_id]} already"
            yield Violation(Invariant.I2, f"events event_id={event_id}", detail)
        issued[command_id] = event_id


async def _every_issue(connection: AsyncConnection, yardstick: Yardstick) -> AsyncIterator[tuple[str, bytes]]:
    """The id and body of each fact of all logs that issues a command, those that were put away first."""
    async for log in every_log(connection, yardstick.archive):
        for fact in log:
            if fact["type"] in _ISSUING:
                yield fact["event_id"], fact["body"]
    last = ""
    while rows := (await connection.execute(_ISSUED, {"last": last})).all():
        for row in rows:
            yield row.event_id, row.body
        last = rows[-1].event_id


async def deliveries_have_the_same_bytes(
    connection: AsyncConnection, _: Yardstick
) -> AsyncIterator[Violation]:
    """I2 re-deliveries are byte-identical: every record for `disposal-commands` is the body of its command."""
    last = 0
    while rows := (await connection.execute(_SENT, {"last": last})).all():
        ids = {row.id: str(orjson.loads(row.value).get("command_id")) for row in rows}
        found = await connection.execute(_BODIES, {"ids": sorted(set(ids.values()))})
        bodies: dict[str, bytes] = {row.command_id: row.body for row in found}
        for row in rows:
            if bodies.get(ids[row.id]) != row.value:
                detail = f"its bytes are not those of command {ids[row.id]}"
                yield Violation(Invariant.I2, f"outbox id={row.id}", detail)
        last = rows[-1].id


def commands_are_answered(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I3 every command is acknowledged by its deadline, retracted, or escalated; the city's silence is a red alarm.

    An order that nobody has signed needs a running clock or a red alarm, a refused one a red alarm, and an escalated
    one the order that took its place.
    """
    if dossier.state is None:
        return
    waiting = {row["command_id"] for row in dossier.deadlines if _waits(row)}
    followed = {
        event.data.command.command_id
        for event in dossier.log
        if isinstance(event.data, CommandIssued | CommandAdopted)
    }
    taken_over = {
        event.data.command_id: event.data.next_command_id
        for log in dossier.family.values()  # it may have climbed before a merge brought it here
        for event in log
        if isinstance(event.data, CommandEscalated)
    }
    for row in dossier.commands:
        held = dossier.state.commands.get(row["command_id"])
        has_alarm = held is not None and held.red_alarm
        match row["kind"], CommandStatus(row["status"]):
            case CommandKind.RETRACTION, _:
                pass  # nobody signs for a retraction: its order ended when it was recorded
            case _, CommandStatus.ISSUED | CommandStatus.RECEIVED:
                if not has_alarm and row["command_id"] not in waiting:
                    yield _of(
                        Invariant.I3, row, "not acknowledged, and neither a clock nor a red alarm stands"
                    )
            case _, CommandStatus.REFUSED:
                if not has_alarm:
                    yield _of(Invariant.I3, row, "refused, and neither escalated nor a red alarm")
            case _, CommandStatus.ESCALATED:
                if taken_over.get(row["command_id"]) not in followed:
                    yield _of(Invariant.I3, row, "escalated, and no order took its place")


def retractions_reach_their_units(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I3 ... retracted: the unit of a retracted order is told so by a retraction of its own."""
    told = {row["retracts"] for row in dossier.commands if row["kind"] == CommandKind.RETRACTION}
    for event in dossier.log:
        if isinstance(event.data, CommandRetracted) and event.data.command_id not in told:
            row = f"commands command_id={event.data.retraction.command_id}"
            yield Violation(Invariant.I3, row, f"the retraction of {event.data.command_id} is not there")


def _waits(deadline: Row) -> bool:
    return bool(deadline["kind"] == DeadlineKind.ACKNOWLEDGE and deadline["progress"] in ("open", "sent"))


def _of(invariant: Invariant, row: Row, detail: str) -> Violation:
    return Violation(invariant, f"commands command_id={row['command_id']}", detail)
