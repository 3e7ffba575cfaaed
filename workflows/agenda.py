"""Agenda: what an incident waits for next, as a board shows it: the step at hand and the clock that ends first."""

from datetime import datetime

from models.vocabulary import DeadlineKind, Step
from workflows.incident import Incident


def next_due_at(incident: Incident) -> datetime | None:
    """When the next clock of a step or command ends; a fusion check is nobody's work."""
    clocks = incident.deadlines.values()
    return min((c.due_at for c in clocks if c.kind is not DeadlineKind.FUSION_CHECK), default=None)


def current_step(incident: Incident) -> Step | None:
    """The open step whose clock ends first, else the last one that began; None when all are over."""
    clocks = [(clock.due_at, clock.step) for clock in incident.deadlines.values() if clock.step is not None]
    timed = [step for _, step in sorted(clocks) if incident.steps[step].is_open]
    return next(iter(timed), next(reversed(incident.open_steps), None))
