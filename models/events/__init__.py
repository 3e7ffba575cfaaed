"""The facts of the log by type. Importing this package fills `EVENT_TYPES`."""

from models.events import assessment, decisions, disposal, follow_up, perception, steps, verification
from models.events.registry import EVENT_TYPES, EventData

__all__ = [
    "EVENT_TYPES",
    "EventData",
    "assessment",
    "decisions",
    "disposal",
    "follow_up",
    "perception",
    "steps",
    "verification",
]
