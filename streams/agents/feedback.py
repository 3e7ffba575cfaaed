"""feedback: what units say about their commands."""

from models.topics import Topic
from streams.agents.carrier import Carrier


def install(carrier: Carrier) -> None:
    """Read this topic."""
    carrier.carry("feedback", Topic.DISPOSAL_FEEDBACK)
