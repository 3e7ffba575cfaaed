"""First orders: how long it took from an incident's opening until somebody was told to go.

Read off the committed facts and the incident as it stands after them, since the opening may have been another
worker's. Never in here: a decision; nothing hangs on these figures but dashboards and alerts.
"""

from collections.abc import Callable, Iterable

from models.events.disposal import CommandIssued
from models.identifiers import IncidentId
from models.messages.event import Event
from models.vocabulary import CommandKind
from streams.processing.arrivals import FirstOrder
from workflows.incident import Incident

StateOf = Callable[[IncidentId], Incident | None]


def first_orders(events: Iterable[Event], state_of: StateOf) -> tuple[FirstOrder, ...]:
    """One for each live incident whose first order is among these facts; exercises are not measured."""
    found: dict[IncidentId, FirstOrder] = {}
    for event in events:
        if not isinstance(event.data, CommandIssued) or event.data.command.kind is not CommandKind.ORDER:
            continue
        state, order = state_of(event.incident_id), event.data.command
        if state is None or state.exercise or event.incident_id in found:
            continue
        # Of an incident that absorbed another, the other's orders count as well: somebody was on the way already.
        if order.issued_at <= min(held.command.issued_at for held in state.commands.values()):
            after_seconds = (order.issued_at - state.opened_at).total_seconds()
            found[event.incident_id] = FirstOrder(order.level, after_seconds)
    return tuple(found.values())
