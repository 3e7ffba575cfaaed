"""decisions: what officers decide, from the gateway and from departments' own systems."""

from models.topics import Topic
from streams.agents.carrier import Carrier


def install(carrier: Carrier) -> None:
    """Read this topic."""
    carrier.carry("decisions", Topic.DECISIONS)
