"""Bearing 紧迫程度: how near and how sure, in CAP's words. From the state of the event, never from its colour.

Source of the words: CAP 1.2, section 3.2.2. Which state gives which word is ours.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.vocabulary import MessageType, Nature, Verdict, WarningColour

_LIKELY_ABOVE = 0.5  # CAP: likely is a probability of more than about one half


class Urgency(StrEnum):
    """CAP's closed list: when to act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """CAP's closed list; the mapping from colours cannot be read back, so that CAP carries the colour as well."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """CAP's closed list: how sure it is."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


SEVERITY_OF_COLOUR = {
    WarningColour.RED: Severity.EXTREME,
    WarningColour.ORANGE: Severity.SEVERE,
    WarningColour.YELLOW: Severity.MODERATE,
    WarningColour.BLUE: Severity.MINOR,
}


@dataclass(frozen=True, slots=True)
class Bearing:
    """How near and how sure."""

    urgency: Urgency
    certainty: Certainty


def bearing_of(
    message_type: MessageType, nature: Nature, verdict: Verdict, confidence_ratio: float
) -> Bearing:
    """What happens is immediate, what could happen lies ahead, what is taken back is past."""
    return Bearing(_urgency(message_type, nature), _certainty(nature, verdict, confidence_ratio))


def _urgency(message_type: MessageType, nature: Nature) -> Urgency:
    if message_type is MessageType.CANCEL:
        return Urgency.PAST
    return Urgency.IMMEDIATE if nature is Nature.EMERGENCY else Urgency.FUTURE


def _certainty(nature: Nature, verdict: Verdict, confidence_ratio: float) -> Certainty:
    """An event that somebody verified is observed; of a hazard that is verified the harm is still only likely."""
    if verdict is Verdict.FALSE:
        return Certainty.UNLIKELY
    if verdict is Verdict.TRUE:
        return Certainty.OBSERVED if nature is Nature.EMERGENCY else Certainty.LIKELY
    is_likely = nature is Nature.EMERGENCY and confidence_ratio > _LIKELY_ABOVE
    return Certainty.LIKELY if is_likely else Certainty.POSSIBLE
