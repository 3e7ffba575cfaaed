"""disposal 协同处置: the plan becomes commands, and commands are followed until they are done."""

from models.topics import Topic
from streams.agents.carrier import Carrier


def install(carrier: Carrier) -> None:
    """Read this topic."""
    carrier.carry("disposal", Topic.STAGE_DISPOSAL)
