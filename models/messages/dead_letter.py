"""Dead letter: a message that could not be handled, whole, with the reason (`dead-letters`)."""

from typing import Annotated

from pydantic import Field

from models.messages.fields import Moment, Outbound
from models.vocabulary import DeadLetterReason


class DeadLetter(Outbound):
    """Nothing is lost: the original bytes stay, with where they stood and why they were refused."""

    topic: str
    """where the message lay"""
    partition: Annotated[int, Field(ge=0)]
    """where the message lay"""
    offset: Annotated[int, Field(ge=0)]
    """where the message lay"""
    key: str | None = None
    """of the record, as text"""
    value_base64: str
    """the original bytes; of a very long message the beginning, as `detail` says then"""
    reason: DeadLetterReason
    """what is wrong, for programs"""
    field: str | None = None
    """dotted path of what must change; absent where it is the message as a whole"""
    detail: str | None = None
    """what is wrong, for people; never what a report says"""
    recorded_at: Moment
    """when it was given up"""
