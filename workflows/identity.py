"""Identity: merge and split, which decide what is one event.

Both touch two incidents in one transaction. The older one survives a merge (opened_at, then id); command ids never
change; of two orders with the same task and unit the younger unacknowledged one is taken back. Both are facts in both
logs and can be undone: a split of the absorbed reports undoes a merge, a merge undoes a split.
"""

from models.events.disposal import CommandAdopted, CommandHandedOn
from models.events.perception import (
    FusionScore,
    IncidentAbsorbed,
    IncidentMerged,
    IncidentOpened,
    ReporterStand,
    ReportsSplitOff,
    ReportTrust,
)
from models.identifiers import IncidentId, derive
from models.messages.event import Actor
from models.understanding import SensitiveFound
from models.vocabulary import Claim, CommandStatus, DeadlineKind
from workflows.answer import Answer
from workflows.deadlines import cancel_all, end_all_steps
from workflows.fold import with_suggestions
from workflows.incident import CommandState, Incident
from workflows.judgement.sketching import nothing_yet, sketch_of, together
from workflows.judgement.totals import Totals, combine, taken_in, totals_of
from workflows.judgement.warning.draft import Ending
from workflows.ledger import RULE, Ledger
from workflows.message import ReportArrived
from workflows.settle import settle
from workflows.stages.commanding import command_clock, retract
from workflows.stages.perception import check_for_twins, finish_opening, more_sensitive, title_of
from workflows.stages.warning import cancel_warning

_SAME_TASK = "another order for the same task and unit is older"
_OVER = frozenset({CommandStatus.RETRACTED, CommandStatus.ESCALATED})


def merge_twins(
    ledger: Ledger, other: Incident, reason: str, actor: Actor = RULE, *, looks_again: bool = False
) -> Answer:
    """Merge the ledger's incident with another; whichever is older survives. Returns the other's answer.

    `looks_again`: two that became one may be one with a third.
    """
    second = Ledger(other, ledger.envelope, ledger.rules, other.incident_id)
    mine, theirs = ledger.incident, other
    older_is_mine = (mine.opened_at, mine.incident_id) < (theirs.opened_at, theirs.incident_id)
    survivor, absorbed = (ledger, second) if older_is_mine else (second, ledger)
    _merge(survivor, absorbed, reason, actor)
    if looks_again:
        check_for_twins(survivor)
    if survivor is second:
        settle(second)
    return second.answer()


def _merge(survivor: Ledger, absorbed: Ledger, reason: str, actor: Actor) -> None:
    gone = absorbed.incident
    survivor.record(
        IncidentAbsorbed(
            incident_id=gone.incident_id,
            reports=gone.reports,
            **combine(totals_of(survivor.incident), totals_of(gone)).as_fields(),
            sensitive=more_sensitive(survivor.incident.sensitive, gone.sensitive),
            sketch=together(survivor.incident.sketch, gone.sketch),
            suggestions=_suggestions_together(survivor.incident, gone),
            reporters=_reporters_together(survivor, gone),
            sources=gone.sources,
            trust=gone.trust,
            urgent=gone.urgent,
            reason=reason,
        ),
        actor,
    )
    for held in gone.commands.values():
        _move(survivor, absorbed, held, actor)
    _end_as_merged(absorbed, survivor.incident_id, reason, actor)


def _reporters_together(survivor: Ledger, gone: Incident) -> dict[str, ReporterStand]:
    """Bounded like any incident's; who spoke to the survivor keeps that word."""
    together = {**gone.reporters, **survivor.incident.reporters}
    first = list(survivor.incident.reporters) + [
        key for key in gone.reporters if key not in survivor.incident.reporters
    ]
    return {key: together[key] for key in first[: survivor.rules.verification.reporters_remembered]}


def _suggestions_together(survivor: Incident, gone: Incident) -> tuple[FusionScore, ...]:
    """What was suggested to either still is, but for what is now done."""
    both = (survivor.incident_id, gone.incident_id)
    several = with_suggestions(gone.suggestions, survivor.suggestions)
    return tuple(one for one in several if one.incident_id not in both)


def _move(survivor: Ledger, absorbed: Ledger, held: CommandState, actor: Actor) -> None:
    """Hand one order on. What is over stays where it ended, so that no incident gathers the past of all it absorbs."""
    if held.status in _OVER:
        return
    for rival in _rivals_of(held, survivor.incident):
        taken_back = _younger_unsigned(held, rival)
        if taken_back is held:
            retract(absorbed, held, _SAME_TASK, actor)
            return
        if taken_back is rival:
            retract(survivor, rival, _SAME_TASK, actor)
    _hand_on(survivor, absorbed, held, actor)


def _rivals_of(held: CommandState, incident: Incident) -> list[CommandState]:
    if not held.is_owed:
        return []
    wanted = (held.command.task_id, held.command.unit_code)
    return [one for one in incident.owed_commands if (one.command.task_id, one.command.unit_code) == wanted]


def _younger_unsigned(one: CommandState, other: CommandState) -> CommandState | None:
    """Of two orders for the same task and unit the one to take back; None when the unit has signed both."""
    pair = sorted((one, other), key=lambda held: (held.command.issued_at, held.command.command_id))
    return next((held for held in reversed(pair) if held.status.awaits_acknowledgement), None)


def _hand_on(survivor: Ledger, absorbed: Ledger, held: CommandState, actor: Actor) -> None:
    handed_on = CommandHandedOn(command_id=held.command.command_id, to_incident_id=survivor.incident_id)
    absorbed.record(handed_on, actor)
    survivor.record(
        CommandAdopted(
            command=held.command,
            tier=held.tier,
            status=held.status,
            acknowledged_by=held.acknowledged_by,
            acknowledged_at=held.acknowledged_at,
            done_at=held.done_at,
            times_overdue=held.times_overdue,
            red_alarm=held.red_alarm,
        ),
        actor,
    )
    if held.is_owed:
        _restart_clock(survivor, held)


def _restart_clock(ledger: Ledger, held: CommandState) -> None:
    """The adopted command keeps its time limits under a clock of its new incident."""
    if held.red_alarm or not held.status.is_live:
        return
    waiting = held.status.awaits_acknowledgement
    kind = DeadlineKind.ACKNOWLEDGE if waiting else DeadlineKind.COMPLETE
    due = held.command.acknowledge_by if waiting else held.command.complete_by or held.command.acknowledge_by
    command_clock(ledger, kind, held.command, (due - ledger.now).total_seconds(), held.tier)


def _end_as_merged(ledger: Ledger, into: IncidentId, reason: str, actor: Actor) -> None:
    cancel_warning(ledger, Ending.MERGED)
    end_all_steps(ledger, "merged")
    cancel_all(ledger)
    ledger.record(IncidentMerged(into=into, reason=reason), actor)


def split_off(
    ledger: Ledger,
    moved: tuple[ReportArrived, ...],
    kept: tuple[ReportArrived, ...],
    reason: str,
    actor: Actor,
) -> Answer:
    """Open a new incident from `moved` reports; the ledger's incident is counted again from `kept`."""
    new_id = IncidentId(derive("split", ledger.incident_id, ledger.envelope.message_id))
    second = Ledger(None, ledger.envelope, ledger.rules, new_id)
    first = moved[0]
    second.record(
        IncidentOpened(
            nature=first.report.nature,
            category=first.account.category or ledger.incident.category,
            title=title_of(first.account),
            place=first.account.place,
            exercise=ledger.incident.exercise,
            urgent=any(message.report.urgent for message in moved),
            occurred_at=first.account.occurred_at,
            reported_at=first.report.reported_at,
            split_from=ledger.incident_id,
        ),
        actor,
    )
    finish_opening(second, moved)
    settle(second)
    ledger.record(_remaining(new_id, kept, reason), actor)
    return second.answer()


def _remaining(into: IncidentId, kept: tuple[ReportArrived, ...], reason: str) -> ReportsSplitOff:
    totals = Totals()
    sensitive: tuple[SensitiveFound, ...] = ()
    sketch = nothing_yet(kept[0].report.reported_at)
    reporters: dict[str, ReporterStand] = {}
    trust = ReportTrust()
    for message in kept:
        sketch = together(sketch, sketch_of(message.account, is_trusted=message.low_trust is None))
        report, claim = message.report, message.account.claim
        trust = trust.after(claim, message.low_trust)
        if message.low_trust is None:
            reporters[report.reporter_key] = ReporterStand(channel=report.channel, claim=claim)
        if claim is Claim.AFFIRM:
            totals = taken_in(totals, message.account)
            sensitive = more_sensitive(sensitive, message.account.found.sensitive)
    return ReportsSplitOff(
        into=into,
        reports=len(kept),
        **totals.as_fields(),
        sensitive=sensitive,
        sketch=sketch,
        reporters=reporters,
        sources=tuple(dict.fromkeys(one.report.source_id for one in kept if one.low_trust is None)),
        trust=trust,
        reason=reason,
    )
