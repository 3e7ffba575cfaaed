"""Agents: thin. Each takes the batches of its topics to the one loop; what happens there is the same for all.

One Faust agent per topic, concurrency 1, so that the records of a partition stay in order. More throughput comes from
more partitions and workers, never from more concurrency. Never in here: a thought about what a message means.
"""

from streams.agents import assessment, decisions, disposal, feedback, follow_up, perception, verification
from streams.agents.carrier import Carrier

ALL = (perception, verification, assessment, disposal, follow_up, decisions, feedback)


def install(carrier: Carrier) -> None:
    """Put all of them to work on the carrier's app, before it starts."""
    for agent in ALL:
        agent.install(carrier)
