"""Addressing: for each new message of a batch, the incidents that it concerns, before any of them is locked.

Reports are fused here, and counted for the rule about floods; both rest on what is committed and on what came earlier
in this batch. Rules decide (`workflows.judgement.fusion` and `flood`), this room only hands them what they need.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from models.events.perception import LowTrust
from models.identifiers import CommandId, DeadlineId, IncidentId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.hand_over import HandOver
from models.messages.report import Report
from models.vocabulary import Action, DeadlineKind, HandOverType
from streams.processing.arrivals import Decoded
from streams.store.deadlines import Clock
from streams.store.floods import Told
from streams.store.fusion_candidates import Candidates
from streams.store.unit_of_work import UnitOfWork
from workflows.judgement.account import Account
from workflows.judgement.flood import low_trust
from workflows.judgement.fusion import fuse
from workflows.message import FusionChoice
from workflows.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Fresh:
    """A message that is new, and what it states if it is a report."""

    decoded: Decoded
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Addressed:
    """A message with what it concerns. `others` are locked with it: the other of a merge, the twins of a check."""

    fresh: Fresh
    incident_id: IncidentId
    others: tuple[IncidentId, ...] = ()
    choice: FusionChoice | None = None
    clock: Clock | None = None
    low_trust: LowTrust | None = None

    @property
    def has_passed(self) -> bool:
        """This very message is the passing of its clock; one that was given more time since has another."""
        return self.clock is not None and self.clock.passed_id == self.fresh.decoded.message_id


@dataclass(frozen=True, slots=True)
class Directory:
    """What the database knows about the messages of one batch."""

    candidates: Candidates
    told: Told
    owners: Mapping[CommandId, IncidentId]
    survivors: Mapping[IncidentId, IncidentId]
    clocks: Mapping[DeadlineId, Clock]
    twins: Mapping[IncidentId, tuple[IncidentId, ...]]


async def look_up(unit: UnitOfWork, batch: Sequence[Fresh], rules: Rulebook, now: datetime) -> Directory:
    """Ask the database once for each kind of question, however many messages ask it."""
    messages = [fresh.decoded.message for fresh in batch]
    accounts = [fresh.account for fresh in batch if fresh.account is not None]
    feedback = [message for message in messages if isinstance(message, Feedback)]
    passed = [message.deadline_id for message in messages if isinstance(message, HandOver)]
    clocks = await unit.clocks(deadline_id for deadline_id in passed if deadline_id is not None)
    checked = [clock.incident_id for clock in clocks.values() if clock.kind is DeadlineKind.FUSION_CHECK]
    return Directory(
        candidates=await unit.candidates(accounts, rules),
        told=await unit.told_lately(accounts, rules, now),
        owners=await unit.command_owners(one.command_id for one in feedback),
        survivors=await unit.survivors(one.incident_id for one in feedback),
        clocks=clocks,
        twins=await unit.twins(checked, rules),
    )


def address(fresh: Fresh, known: Directory, rules: Rulebook) -> Addressed:
    """What one message concerns. Call it once for each, in the order in which they will be handled."""
    message = fresh.decoded.message
    match message:
        case Report():
            return _fused(fresh, known, rules)
        case Decision(action=Action.MERGE, other_incident_id=str() as other):
            return Addressed(fresh, message.incident_id, others=(IncidentId(other),))
        case Feedback():
            # A command moves with a merge unless it was over, so the command says better than the unit where it is.
            survivor = known.survivors.get(message.incident_id, message.incident_id)
            return Addressed(fresh, known.owners.get(message.command_id, survivor))
        case HandOver(type=HandOverType.DEADLINE_PASSED, deadline_id=str() as deadline_id):
            clock = known.clocks.get(DeadlineId(deadline_id))
            is_check = clock is not None and clock.kind is DeadlineKind.FUSION_CHECK
            twins = known.twins.get(message.incident_id, ()) if is_check else ()
            return Addressed(fresh, message.incident_id, others=twins, clock=clock)
        case Decision() | HandOver():
            return Addressed(fresh, message.incident_id)
        case _:
            assert_never(message)


def _fused(fresh: Fresh, known: Directory, rules: Rulebook) -> Addressed:
    if fresh.account is None:
        raise ValueError(f"report {fresh.decoded.message_id} came to fusion unheard")
    account, pool = fresh.account, known.candidates
    choice = fuse(account, pool.for_account(account), rules, awaits=pool.awaits(account))
    pool.joined(account, choice.incident_id)
    told_before = known.told.one_more(account.report)
    return Addressed(
        fresh, choice.incident_id, choice=choice, low_trust=low_trust(account.report, told_before, rules)
    )
