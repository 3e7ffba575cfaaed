"""Producer: a system that hands in reports under an API key, such as a grid platform, a hotline or a sensor network.

Only the shape; what a producer may do stands in `workflows.permission`, how its key is checked in `streams.access`.
"""

from typing import Annotated

from pydantic import Field

from models.messages.fields import AreaCodeField, IdText, SourceIdField, Value
from models.vocabulary import Channel

MOST_SOURCES = 100
MOST_PER_MINUTE = 100_000


class Producer(Value):
    """Who reports under a key, in whose names, where and how. It speaks for no source that is not listed."""

    producer_id: IdText
    source_ids: Annotated[tuple[SourceIdField, ...], Field(min_length=1, max_length=MOST_SOURCES)]
    area_code: AreaCodeField  # the node: its reports lie there or below
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    per_minute: Annotated[int, Field(ge=1, le=MOST_PER_MINUTE)]  # what is more is a flood
