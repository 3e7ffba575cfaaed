"""The list of event types, filled as their modules are imported; `models.events` imports them all."""

import re
from typing import ClassVar, TypeVar

from models.messages.fields import Value


class EventData(Value):
    """The part of an event that depends on its type."""

    type_name: ClassVar[str]


E = TypeVar("E", bound=EventData)
EVENT_TYPES: dict[str, type[EventData]] = {}


def event_type(cls: type[E]) -> type[E]:
    """Register an event under its name in snake_case: `IncidentOpened` becomes `incident_opened`."""
    cls.type_name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
    if cls.type_name in EVENT_TYPES:
        raise ValueError(f"event type {cls.type_name} is registered twice")
    EVENT_TYPES[cls.type_name] = cls
    return cls
