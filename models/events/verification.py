"""What verification finds out: who is asked, what the evidence weighs, and the verdict."""

from models.events.registry import EventData, event_type
from models.messages.fields import Count, Officer, Ratio, Text
from models.vocabulary import Step, Verdict


@event_type
class EvidenceWeighed(EventData):
    """Confidence = (1 - product of (1 - trust) over affirmers) x product of (1 - trust) over deniers."""

    confidence_ratio: Ratio
    threshold_ratio: Ratio
    affirming: Count
    denying: Count


@event_type
class IncidentAcknowledged(EventData):
    """A named officer has this incident at hand."""

    officer: Officer
    step: Step | None = None


@event_type
class VerdictReached(EventData):
    """The verdict, by rule when independent sources suffice, else by an officer."""

    verdict: Verdict
    reason: Text
