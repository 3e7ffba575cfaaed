"""What a decision leaves in the log beside its effects: that two persons stand behind it."""

from models.events.registry import EventData, event_type
from models.messages.fields import Officer, SecondOfficer
from models.vocabulary import Action


@event_type
class Countersigned(EventData):
    """双人复核: a second officer stands behind what `officer` decided; the effects follow under the same cause."""

    action: Action
    officer: Officer
    second_officer: SecondOfficer
