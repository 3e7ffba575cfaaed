"""National form 国标形式: a warning in the values that the national rules prescribe.

The words and the form of time are the rules'; the names of the fields are ours. CAP, which spells the same words, is
made from this form, so that the two renderings cannot differ in what they say. Source: value rules of the deployed
national format.
"""

from dataclasses import dataclass
from datetime import datetime

from models.messages.public_warning import NATIONAL_WORD_OF_STATUS, PublicWarning
from models.vocabulary import MessageType, WarningColour
from workflows.judgement.warning.identifier import BEIJING, entered_at, sender_of

_MESSAGE_TYPE = {MessageType.ALERT: "Alert", MessageType.UPDATE: "Update", MessageType.CANCEL: "Cancel"}
_COLOUR = {
    WarningColour.RED: "Red",
    WarningColour.ORANGE: "Orange",
    WarningColour.YELLOW: "Yellow",
    WarningColour.BLUE: "Blue",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message of the chain; all three parts stand in its identifier."""

    sender: str
    identifier: str
    send_time: str


@dataclass(frozen=True, slots=True)
class NationalForm:
    """The head of a warning as the national rules write it. Times are in extended form, Beijing time."""

    identifier: str
    sender: str
    send_time: str
    status: str
    message_type: str
    references: tuple[Reference, ...]
    severity_colour: str
    effective: str
    expires: str


def national_form(warning: PublicWarning) -> NationalForm:
    """A warning in the national values. Never raises: the warning was checked when it was made."""
    return NationalForm(
        identifier=warning.warning_id,
        sender=sender_of(warning.warning_id),
        send_time=extended(entered_at(warning.warning_id)),
        status=NATIONAL_WORD_OF_STATUS[warning.status],
        message_type=_MESSAGE_TYPE[warning.message_type],
        references=tuple(map(_reference, warning.references)),
        severity_colour=_COLOUR[warning.colour],
        effective=extended(warning.effective),
        expires=extended(warning.expires),
    )


def _reference(identifier: str) -> Reference:
    return Reference(sender_of(identifier), identifier, extended(entered_at(identifier)))


def extended(moment: datetime) -> str:
    """`2026-11-22 08:03:02+08:00`, in Beijing time."""
    return moment.astimezone(BEIJING).isoformat(sep=" ", timespec="seconds")
