"""Two persons 双人复核: which decisions are too much for one officer, asked by the core and shown by the gateway.

Must never enter: who may countersign (`workflows.permission`) and the figures (`[two_person]` of the rulebook). That
mass release, mass retraction and every extension take two comes from the specification; what counts as mass is ours.
What comes to the same counts the same: a verdict of false takes back every order, and a regrade to a level whose plan
goes out by rule releases all that waits.
"""

from dataclasses import dataclass
from typing import Protocol

from models.identifiers import CommandId
from models.vocabulary import Action, CommandStatus, Level, Verdict
from workflows.incident import Incident
from workflows.rulebook import Rulebook


class Asked(Protocol):
    """As much of a decision as the question needs; a `Decision` is one."""

    @property
    def action(self) -> Action:
        """What is decided."""

    @property
    def verdict(self) -> Verdict | None:
        """Of a verification."""

    @property
    def level(self) -> Level | None:
        """Of a regrade."""

    @property
    def command_ids(self) -> tuple[CommandId, ...] | None:
        """Of a release or retraction; None is all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that might be taken."""

    action: Action
    verdict: Verdict | None = None
    level: Level | None = None
    command_ids: tuple[CommandId, ...] | None = None


@dataclass(frozen=True, slots=True)
class OrderAtStake:
    """An order that a decision sends out or takes back. `status` is None for one that is not out yet."""

    command_id: CommandId
    unit_code: str
    text_zh: str
    status: CommandStatus | None


_CHOICES = (
    Choice(Action.RELEASE),
    Choice(Action.RETRACT),
    Choice(Action.VERIFY, verdict=Verdict.FALSE),
    Choice(Action.EXTEND),
    *(Choice(Action.REGRADE, level=level) for level in Level),
)


def needs_second(incident: Incident, decision: Asked, rules: Rulebook) -> bool:
    """Whether this decision, on the incident as it stands, takes a second officer."""
    if decision.action is Action.EXTEND:
        return True
    released, taken_back = _orders(incident, decision, rules)
    most = rules.two_person.orders_at_once
    if rules.two_person.city_wide and incident.place.district_code is None:
        # Even one order for the whole city; to take a single one back is one action everywhere.
        return released >= 1 or taken_back >= min(2, most)
    return max(released, taken_back) >= most


def orders_of(incident: Incident, decision: Asked, rules: Rulebook) -> int:
    """How many orders this decision sends out or takes back; 0 when it is about something else."""
    return max(_orders(incident, decision, rules))


def orders_at_stake(incident: Incident, decision: Asked, rules: Rulebook) -> tuple[OrderAtStake, ...]:
    """Those orders by name, as the incident stands: what was sent or done meanwhile is not among them."""
    match decision.action:
        case Action.RELEASE:
            found = _waiting(incident)
        case Action.RETRACT:
            found = _out(incident)
        case Action.VERIFY if decision.verdict is Verdict.FALSE:
            return _out(incident)
        case Action.REGRADE if decision.level in rules.releases_by_rule:
            return _waiting(incident)
        case _:
            return ()
    named = decision.command_ids
    return tuple(order for order in found if named is None or order.command_id in named)


def choices_for_two(incident: Incident, rules: Rulebook) -> tuple[Choice, ...]:
    """The decisions about all at once that take a second officer as the incident stands."""
    return tuple(choice for choice in _CHOICES if needs_second(incident, choice, rules))


def _orders(incident: Incident, decision: Asked, rules: Rulebook) -> tuple[int, int]:
    """How many orders it sends out, and how many it takes back."""
    named = None if decision.command_ids is None else len(set(decision.command_ids))
    match decision.action:
        case Action.RELEASE:
            return len(incident.unreleased) if named is None else named, 0
        case Action.RETRACT:
            return 0, len(incident.owed_commands) if named is None else named
        case Action.VERIFY if decision.verdict is Verdict.FALSE:
            return 0, len(incident.owed_commands)
        case Action.REGRADE if decision.level in rules.releases_by_rule:
            return len(incident.unreleased), 0
        case _:
            return 0, 0


def _waiting(incident: Incident) -> tuple[OrderAtStake, ...]:
    return tuple(
        OrderAtStake(incident.order_id(task), task.unit_code, task.text_zh, None)
        for task in incident.unreleased
    )


def _out(incident: Incident) -> tuple[OrderAtStake, ...]:
    commands = ((held.command, held.status) for held in incident.owed_commands)
    return tuple(
        OrderAtStake(command.command_id, command.unit_code, command.text_zh, status)
        for command, status in commands
    )
