"""Answer: what the core says to a message.

Commands and clocks are read off the events, so nothing can disagree with the log.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.events.disposal import CommandIssued, CommandRetracted
from models.events.steps import DeadlineCancelled, DeadlineExtended, DeadlineFired, DeadlineSet
from models.messages.command import Command
from models.messages.event import Event
from models.vocabulary import Stage
from workflows.incident import Incident


class RefusalCode(StrEnum):
    """Why the core said no; the sender is told, nothing changed."""

    UNKNOWN_INCIDENT = "unknown_incident"
    NOT_OPEN = "not_open"  # closed, rejected or merged: reopen first
    WRONG_STAGE = "wrong_stage"
    STALE = "stale"  # expected_seq is not the incident's: look again
    UNKNOWN_COMMAND = "unknown_command"
    NOT_YOUR_COMMAND = "not_your_command"
    COMMAND_ENDED = "command_ended"
    UNKNOWN_DEADLINE = "unknown_deadline"
    UNKNOWN_REPORT = "unknown_report"
    OUT_OF_AREA = "out_of_area"  # the officer's area has no say here
    NOT_PERMITTED = "not_permitted"  # the officer's role does not do this
    WORK_UNFINISHED = "work_unfinished"  # commands are still owed
    NOTHING_TO_DO = "nothing_to_do"
    MIXED_EXERCISE = "mixed_exercise"  # exercise and live never share an incident
    NOT_ALLOWED = "not_allowed"
    SECOND_OFFICER_NEEDED = "second_officer_needed"  # too much for one officer: another countersigns
    SAME_OFFICER = "same_officer"  # nobody countersigns their own decision


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 'no' that is a value: recorded and shown to the sender."""

    code: RefusalCode
    detail: str


DeadlineChange = DeadlineSet | DeadlineCancelled | DeadlineFired | DeadlineExtended


@dataclass(frozen=True, slots=True)
class Answer:
    """One incident after one message. `also` is what the same message did to a second incident (merge, split)."""

    state: Incident | None
    events: tuple[Event, ...] = ()
    hand_overs: tuple[Stage, ...] = ()
    refusal: Refusal | None = None
    also: "Answer | None" = None

    @property
    def commands(self) -> tuple[Command, ...]:
        """Orders and retractions to send, in the order they were decided."""
        found: list[Command] = []
        for event in self.events:
            if isinstance(event.data, CommandIssued):
                found.append(event.data.command)
            elif isinstance(event.data, CommandRetracted):
                found.append(event.data.retraction)
        return tuple(found)

    @property
    def deadlines(self) -> tuple[DeadlineChange, ...]:
        """Clocks that were set, moved, cancelled or have fired."""
        return tuple(event.data for event in self.events if isinstance(event.data, DeadlineChange))
