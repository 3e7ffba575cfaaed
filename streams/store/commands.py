"""Commands: orders and retractions as sent, how far their units are, and which must be sent again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.events.disposal import (
    CommandAcknowledged,
    CommandAdopted,
    CommandDone,
    CommandEscalated,
    CommandIssued,
    CommandReceived,
    CommandRefused,
    CommandRetracted,
    RetractionReceived,
)
from models.identifiers import CommandId, IncidentId
from models.messages.command import Command
from models.messages.event import Event
from models.tables import COMMANDS
from models.vocabulary import CommandStatus, Tier
from streams.store.publications import Outgoing, again
from streams.store.statements import Row, insert
from workflows.incident import CommandState, Incident

_MOVED = (
    CommandAcknowledged,
    CommandAdopted,
    CommandDone,
    CommandEscalated,
    CommandReceived,
    CommandRefused,
    CommandRetracted,
)
_OWNERS = select(COMMANDS.c.command_id, COMMANDS.c.incident_id).where(
    COMMANDS.c.command_id.in_(bindparam("command_ids", expanding=True))
)
_MOVE = (
    update(COMMANDS)
    .where(COMMANDS.c.command_id == bindparam("in_command"))
    .values(
        incident_id=bindparam("to_incident"),
        tier=bindparam("at_tier"),
        status=bindparam("to_status"),
        acknowledged_at=bindparam("was_acknowledged_at"),
        done_at=bindparam("was_done_at"),
    )
)
_HEARD = (
    update(COMMANDS)
    .where(COMMANDS.c.command_id == bindparam("in_command"))
    .values(status=CommandStatus.RECEIVED.value, retraction_heard_at=bindparam("at"))
)
_UNHEARD = (
    select(COMMANDS.c.command_id, COMMANDS.c.unit_code, COMMANDS.c.body, COMMANDS.c.deliveries)
    .where(
        COMMANDS.c.status == CommandStatus.ISSUED.value,
        COMMANDS.c.last_sent_at <= bindparam("sent_before"),
    )
    .order_by(COMMANDS.c.last_sent_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_COUNT_DELIVERY = (
    update(COMMANDS)
    .where(COMMANDS.c.command_id == bindparam("in_command"))
    .values(deliveries=COMMANDS.c.deliveries + 1, last_sent_at=bindparam("at"))
)


async def owners(
    connection: AsyncConnection, command_ids: Iterable[CommandId]
) -> dict[CommandId, IncidentId]:
    """The incident that has each of these commands now, after whatever merges and splits."""
    wanted = sorted(set(command_ids))
    if not wanted:
        return {}
    rows = await connection.execute(_OWNERS, {"command_ids": wanted})
    return {row.command_id: row.incident_id for row in rows}


async def record(
    connection: AsyncConnection, events: Sequence[Event], incidents: Mapping[IncidentId, Incident]
) -> None:
    """Bring the rows to where these facts put the commands; `incidents` are the states after them."""
    new: dict[CommandId, Row] = {}
    moved: set[tuple[CommandId, IncidentId]] = set()
    for event in events:
        data = event.data
        if isinstance(data, CommandIssued):
            new[data.command.command_id] = _row(data.command, event.incident_id, data.tier)
            moved.add((data.command.command_id, event.incident_id))
        elif isinstance(data, _MOVED):
            command_id = data.command.command_id if isinstance(data, CommandAdopted) else data.command_id
            moved.add((command_id, event.incident_id))
            if isinstance(data, CommandRetracted):
                tier = _tier_of(command_id, incidents.values())
                new[data.retraction.command_id] = _row(data.retraction, event.incident_id, tier)
    await insert(connection, COMMANDS, list(new.values()))
    changes = [
        _change(state, incident_id)
        for command_id, incident_id in sorted(moved)
        if (state := incidents[incident_id].commands.get(command_id)) is not None
    ]
    if changes:
        await connection.execute(_MOVE, changes)
    heard = [
        {"in_command": event.data.command_id, "at": event.recorded_at}
        for event in events
        if isinstance(event.data, RetractionReceived)
    ]
    if heard:
        await connection.execute(_HEARD, heard)


def _tier_of(command_id: CommandId, incidents: Iterable[Incident]) -> Tier:
    """A later merge of the same batch may have handed the command on: it is wherever it is held after all of them."""
    return next(one.commands[command_id].tier for one in incidents if command_id in one.commands)


async def count_deliveries(
    connection: AsyncConnection, command_ids: Iterable[CommandId], now: datetime
) -> None:
    """One more sending of each, in this transaction; there must be one at least."""
    await connection.execute(_COUNT_DELIVERY, [{"in_command": one, "at": now} for one in command_ids])


async def send_unheard(
    connection: AsyncConnection, sent_before: datetime, now: datetime, limit: int
) -> tuple[Outgoing, ...]:
    """Up to `limit` commands that no unit's system has taken in since `sent_before`, for this transaction's outbox."""
    rows = (await connection.execute(_UNHEARD, {"sent_before": sent_before, "most": limit})).all()
    if rows:
        await count_deliveries(connection, [row.command_id for row in rows], now)
    return tuple(again(row.unit_code, row.body, row.deliveries + 1) for row in rows)


def _row(command: Command, incident_id: IncidentId, tier: Tier) -> Row:
    return {
        "command_id": command.command_id,
        "incident_id": incident_id,
        "kind": command.kind.value,
        "retracts": command.retracts,
        "unit_code": command.unit_code,
        "tier": tier.value,
        "task_id": command.task_id,
        "status": CommandStatus.ISSUED.value,
        "exercise": command.exercise,
        "issued_at": command.issued_at,
        "acknowledge_by": command.acknowledge_by,
        "complete_by": command.complete_by,
        "acknowledged_at": None,
        "done_at": None,
        "deliveries": 1,
        "last_sent_at": command.issued_at,
        "retraction_heard_at": None,
        "body": command.model_dump_json().encode(),
    }


def _change(state: CommandState, incident_id: IncidentId) -> Row:
    return {
        "in_command": state.command.command_id,
        "to_incident": incident_id,
        "at_tier": state.tier.value,
        "to_status": state.status.value,
        "was_acknowledged_at": state.acknowledged_at,
        "was_done_at": state.done_at,
    }
