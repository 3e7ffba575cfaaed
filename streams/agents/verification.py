"""verification 信息核准: evidence is weighed, or somebody is asked; fusion checks come this way too."""

from models.topics import Topic
from streams.agents.carrier import Carrier


def install(carrier: Carrier) -> None:
    """Read this topic."""
    carrier.carry("verification", Topic.STAGE_VERIFICATION)
