"""assessment 研判预警: the incident is graded, again on each new report, and the public is warned."""

from models.topics import Topic
from streams.agents.carrier import Carrier


def install(carrier: Carrier) -> None:
    """Read this topic."""
    carrier.carry("assessment", Topic.STAGE_ASSESSMENT)
