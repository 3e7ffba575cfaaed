"""I6: every row and projection equals a fresh fold of the log."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from math import isclose
from typing import Any

from models.events.disposal import CommandRetracted, RetractionReceived
from models.events.perception import IncidentAbsorbed, ReportJoined
from models.events.steps import DeadlineExtended, DeadlineSet
from models.identifiers import IncidentId
from models.messages.command import Command
from models.vocabulary import CommandStatus, Tier
from streams.check.difference import first_difference
from streams.check.dossier import Dossier, Logs
from streams.check.rows import Row
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick
from streams.store.incidents import Standing, row_of
from workflows.appraisal.heat import heat_of_log
from workflows.incident import CommandState

_HEAT = ("heat_epoch", "log_heat")
_HEAT_TOLERANCE = 1e-9  # sums of logarithms, added up in another order
_DEADLINE_COLUMNS = ("kind", "stage", "tier", "step", "command_id")


def states_equal_their_fold(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I6 the stored state is what the log folds to, and so is every column that repeats a part of it."""
    where = f"incidents incident_id={dossier.incident_id}"
    if dossier.broken is not None:
        yield Violation(Invariant.I6, where, f"its log cannot be folded: {dossier.broken}")
    elif dossier.row is None and dossier.log:
        yield Violation(Invariant.I6, where, "there is a log and no row")
    elif dossier.row is not None and dossier.state is None:
        yield Violation(Invariant.I6, where, "there is a row and no log")
    elif dossier.row is not None and dossier.state is not None:
        if (difference := first_difference(dossier.row["state"], dossier.state)) is not None:
            yield Violation(Invariant.I6, where, f"state {difference}")
        last = _last_reported_at(dossier.incident_id, dossier.family)
        wanted = row_of(Standing(dossier.state, last))
        for name in wanted.keys() - {"state", *_HEAT}:
            if dossier.row[name] != wanted[name]:
                told = f"{name} is {dossier.row[name]!r}, the fold says {wanted[name]!r}"
                yield Violation(Invariant.I6, where, told)


def heat_equals_its_fold(dossier: Dossier, yardstick: Yardstick) -> Iterator[Violation]:
    """I6 ... and projection: the heat of an incident is that of its log, under the epoch it was computed for."""
    row = dossier.row
    if row is None or dossier.state is None:
        return
    if 0 < dossier.put_away < len(dossier.event_rows):
        return  # reopened after it was put away: it goes on from the heat that it had, not from its log
    epoch, stored = row["heat_epoch"], row["log_heat"]
    rules = yardstick.rules if epoch is None else yardstick.rules_of_epoch(epoch)
    where = f"incidents incident_id={dossier.incident_id}"
    if rules is None:
        yield Violation(Invariant.I6, where, f"heat_epoch {epoch} is of no stored rulebook")
        return
    wanted = heat_of_log(dossier.incident_id, dossier.family, rules, yardstick.rulebooks)
    if (stored is None) != (wanted is None) or not isclose(stored or 0, wanted or 0, rel_tol=_HEAT_TOLERANCE):
        yield Violation(Invariant.I6, where, f"log_heat is {stored}, the fold says {wanted}")


def deadline_rows_equal_the_log(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I6 the rows of clocks are those that the log has set, due when the log says."""
    wanted: dict[str, Row] = {}
    for event in dossier.log:
        match event.data:
            case DeadlineSet() as data:
                wanted[data.deadline_id] = {**_columns_of(data), "due_at": data.due_at, "times_extended": 0}
            case DeadlineExtended() as data if data.deadline_id in wanted:
                before = wanted[data.deadline_id]
                extended = before["times_extended"] + 1
                wanted[data.deadline_id] = {**before, "due_at": data.until, "times_extended": extended}
    yield from _compared("deadlines", "deadline_id", dossier.deadlines, wanted)


def command_rows_equal_the_log(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I6 the rows of commands are the orders that the state has and the retractions that the log has, heard or not."""
    if dossier.state is None:
        return
    heard = {
        event.data.command_id
        for log in dossier.family.values()  # a merge may have brought the order elsewhere meanwhile
        for event in log
        if isinstance(event.data, RetractionReceived)
    }
    wanted: dict[str, Row] = {one: _order(held) for one, held in dossier.state.commands.items()}
    for event in dossier.log:
        if isinstance(event.data, CommandRetracted):
            tier = wanted[event.data.command_id]["tier"] if event.data.command_id in wanted else None
            retraction = event.data.retraction
            status = CommandStatus.RECEIVED if retraction.command_id in heard else CommandStatus.ISSUED
            wanted[retraction.command_id] = _columns(retraction, tier, status, None, None)
    yield from _compared("commands", "command_id", dossier.commands, wanted)


def outcome_rows_equal_the_log(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I6 ... the outcomes that ratings add up are those that the log measured.

    What moved to another incident is measured by both logs; the later measurement stands.
    """
    if dossier.broken is not None:
        return
    measured = {outcome.outcome_id: outcome for outcome in dossier.measured}
    for outcome_id, row in sorted(dossier.outcomes.items()):
        outcome = measured.get(outcome_id)
        where = f"outcomes outcome_id={outcome_id}"
        if outcome is None:
            yield Violation(Invariant.I6, where, f"the log of {dossier.incident_id} does not measure it")
        elif row["incident_id"] == dossier.incident_id:
            yield from _unequal(
                where, row, {name: getattr(outcome, name) for name in row if name != "outcome_id"}
            )
        elif row["happened_at"] < outcome.happened_at:
            yield Violation(Invariant.I6, where, f"the log of {dossier.incident_id} measured it later")
    for outcome_id in sorted(measured.keys() - dossier.outcomes.keys()):
        yield Violation(
            Invariant.I6, f"outcomes outcome_id={outcome_id}", "measured by the log and not there"
        )


def _compared(table: str, key: str, rows: tuple[Row, ...], wanted: Mapping[str, Row]) -> Iterator[Violation]:
    found = {row[key]: row for row in rows}
    for name in sorted(found.keys() - wanted.keys()):
        yield Violation(Invariant.I6, f"{table} {key}={name}", "the log does not know it")
    for name in sorted(wanted.keys() - found.keys()):
        yield Violation(Invariant.I6, f"{table} {key}={name}", "the log has it and it is not there")
    for name in sorted(wanted.keys() & found.keys()):
        yield from _unequal(f"{table} {key}={name}", found[name], wanted[name])


def _unequal(where: str, row: Row, wanted: Row) -> Iterator[Violation]:
    for name, value in wanted.items():
        if row[name] != value:
            told = "" if name == "body" else f": {row[name]!r}, not {value!r}"
            yield Violation(Invariant.I6, where, f"{name} is not what the log says{told}")


def _columns_of(data: DeadlineSet) -> Row:
    return {name: getattr(data, name) for name in _DEADLINE_COLUMNS}


def _order(held: CommandState) -> Row:
    return _columns(held.command, held.tier, held.status, held.acknowledged_at, held.done_at)


def _columns(
    command: Command,
    tier: Tier | None,
    status: CommandStatus,
    acknowledged_at: datetime | None,
    done_at: datetime | None,
) -> Row:
    repeated: dict[str, Any] = {
        name: getattr(command, name)
        for name in (
            "kind",
            "retracts",
            "unit_code",
            "task_id",
            "exercise",
            "issued_at",
            "acknowledge_by",
            "complete_by",
        )
    }
    return {
        **repeated,
        "tier": tier,
        "status": status,
        "acknowledged_at": acknowledged_at,
        "done_at": done_at,
        "body": command.model_dump_json().encode(),
    }


def _last_reported_at(incident_id: IncidentId, logs: Logs) -> datetime:
    """The latest `reported_at` of its reports and of those that it absorbed."""
    first = logs[incident_id][0].data
    times = [getattr(first, "reported_at", logs[incident_id][0].recorded_at)]
    for event in logs[incident_id]:
        match event.data:
            case ReportJoined(reported_at=reported_at):
                times.append(reported_at)
            case IncidentAbsorbed(incident_id=absorbed):
                times.append(_last_reported_at(absorbed, logs))
    return max(times)
