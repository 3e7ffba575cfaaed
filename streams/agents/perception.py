"""perception 感知上报: every report of the city comes in here, is placed, fused and reported straight up.

Two agents: emergency calls, flagged danger to life and what is severe by its own facts have a topic, a consumer and
a share of the loop of their own, so that a flood of small reports never holds them back.
"""

from models.topics import Topic
from streams.agents.carrier import Carrier


def install(carrier: Carrier) -> None:
    """Read these topics."""
    carrier.carry("perception_urgent", Topic.REPORTS_URGENT)
    carrier.carry("perception", Topic.REPORTS)
