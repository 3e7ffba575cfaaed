"""Reason 理由: one choice of a log, and the lines that say why it was made."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.events.perception import FusionScore
from models.identifiers import CommandId, IncidentId
from models.messages.command import Command
from models.messages.event import Event
from models.messages.public_warning import PublicWarning
from models.understanding import SensitiveFound
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

    `rules` are those that the event was made under, None where they are not to be had. `told_by` says which report
    said each sensitive word, `scores` is the last comparison with each other incident; `warned_before` is the warning
    that stood before the one that the event itself brings.
    """

    rules: Rulebook | None
    plan_id: str | None
    orders: Mapping[CommandId, Command]
    scores: Mapping[IncidentId, FusionScore]
    sensitive: tuple[SensitiveFound, ...]
    told_by: Mapping[SensitiveFound, str]
    warned_before: PublicWarning | None
