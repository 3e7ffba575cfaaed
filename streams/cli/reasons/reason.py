"""Reason 理由: one choice of a log, and the lines that say why it was made."""

from dataclasses import dataclass

from models.messages.event import Event
from workflows.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Reason:
    """`what` was chosen, at this place of the log, and `why`, line by line."""

    event: Event
    what: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known where an event stands: the log before it, as far as a reason asks for it.

    `rules` are those that the event was made under, None where they are not to be had.
    """

    rules: Rulebook | None
    plan_id: str | None
