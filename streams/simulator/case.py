"""Case: what a duty officer has on the desk about one incident: the screen's view of it, and what he knows besides.

What he knows of the truth stands for what a real officer finds out by telephone; it comes from the scenario by the
identity of the reports, never from the engine's own verdict.
"""

from dataclasses import dataclass

from models.vocabulary import CommandKind
from streams.gateway.views import CommandView, IncidentSummary, IncidentView
from streams.simulator.scenario import TrueEvent


@dataclass(frozen=True, slots=True)
class Case:
    """`event` is None when somebody else's reports opened it. `twin` is another open incident of the same event."""

    view: IncidentView
    commands: tuple[CommandView, ...] = ()
    event: TrueEvent | None = None
    twin: IncidentSummary | None = None

    @property
    def summary(self) -> IncidentSummary:
        """The line of the list."""
        return self.view.summary

    @property
    def orders(self) -> tuple[CommandView, ...]:
        """Its orders, without the messages that took one back."""
        return tuple(held for held in self.commands if held.command.kind is CommandKind.ORDER)

    @property
    def is_real(self) -> bool:
        """What a telephone call to the place would tell; what nobody planned is taken for real."""
        return self.event is None or self.event.is_true
