"""follow-up 跟踪落实: unfinished work is chased, and what is done is closed and reviewed."""

from models.topics import Topic
from streams.agents.carrier import Carrier


def install(carrier: Carrier) -> None:
    """Read this topic."""
    carrier.carry("follow_up", Topic.STAGE_FOLLOW_UP)
