"""Ledger: the working copy of one incident while one message is handled.

Recording a fact folds it at once, so that the next rule sees what the last one did. Nothing else may change state.
It is local to one call of `handle` and never leaves it.
"""

from datetime import datetime

from models.events import EventData
from models.identifiers import EventId, IncidentId, derive
from models.messages.event import Actor, Event
from models.messages.versions import SCHEMA_VERSION
from models.vocabulary import ActorKind, Stage
from workflows.answer import Answer, Refusal
from workflows.errors import IllegalTransition
from workflows.fold import apply
from workflows.incident import Incident
from workflows.message import Envelope
from workflows.rulebook import Rulebook

RULE = Actor(kind=ActorKind.RULE)
CLOCK = Actor(kind=ActorKind.CLOCK)


class Ledger:
    """What one message does to one incident, fact by fact."""

    def __init__(
        self, before: Incident | None, envelope: Envelope, rules: Rulebook, incident_id: IncidentId
    ) -> None:
        self.before = before
        self.rules = rules
        self.envelope = envelope
        self.incident_id = incident_id
        self.events: list[Event] = []
        self.hand_overs: list[Stage] = []
        self._state = before

    @property
    def incident(self) -> Incident:
        """The incident as it stands after the facts recorded so far."""
        if self._state is None:
            raise IllegalTransition(f"incident {self.incident_id} is asked for before it was opened")
        return self._state

    @property
    def now(self) -> datetime:
        """The one time of this message."""
        return self.envelope.recorded_at

    def record(self, data: EventData, actor: Actor = RULE) -> None:
        """Write one fact and fold it. Its id comes from the message, the incident and its place in this answer."""
        cause = self.envelope.message_id
        # Unchecked: every part was validated where it was made, and checking it all again costs as much as the fold.
        event = Event.model_construct(
            schema_version=SCHEMA_VERSION,
            event_id=EventId(derive("event", cause, self.incident_id, len(self.events))),
            incident_id=self.incident_id,
            seq=(self._state.seq if self._state else 0) + 1,
            type=data.type_name,
            recorded_at=self.now,
            cause_id=cause,
            actor=actor,
            rulebook=self.rules.digest,
            data=data,
        )
        self._state = apply(self._state, event)
        self.events.append(event)

    def answer(self, also: Answer | None = None) -> Answer:
        """Everything recorded, as the core's answer."""
        return Answer(self._state, tuple(self.events), tuple(self.hand_overs), also=also)

    def refuse(self, refusal: Refusal) -> Answer:
        """The incident as it was, untouched."""
        return Answer(self.before, refusal=refusal)
