"""Dead letter: a message that could not be handled, whole, with the reason (`dead-letters`)."""

from typing import Annotated

from pydantic import Field

from models.messages.fields import Moment, Outbound
from models.vocabulary import DeadLetterReason


class DeadLetter(Outbound):
    """Nothing is lost: the original bytes stay, with where they stood and why they were refused."""

    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]
    key: str | None = None
    value_base64: str
    reason: DeadLetterReason
    field: str | None = None
    detail: str | None = None
    recorded_at: Moment
