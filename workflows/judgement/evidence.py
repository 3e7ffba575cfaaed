"""Evidence: how sure independent sources make us that an event is real.

confidence = (1 - prod(1 - trust of affirmers)) x prod(1 - trust of deniers); each reporter counts once, with the
latest word, and all reporters of one channel together count at most that channel's cap, since a crowd on one
channel often repeats one source. The formula is ours; trusts and caps are the rulebook's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from models.events.perception import ReporterStand
from models.vocabulary import Channel, Claim
from workflows.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Evidence:
    """Confidence in [0, 1] and how many reporters stand on each side."""

    confidence_ratio: float
    affirming: int
    denying: int


def weigh(reporters: Mapping[str, ReporterStand], rules: Rulebook) -> Evidence:
    """Weigh every reporter's latest word. The order of the reporters does not matter."""
    affirming = [stand.channel for stand in reporters.values() if stand.claim is Claim.AFFIRM]
    denying = [stand.channel for stand in reporters.values() if stand.claim is Claim.DENY]
    confidence = (1 - _doubt(affirming, rules)) * _doubt(denying, rules)
    return Evidence(round(confidence, 6), len(affirming), len(denying))


def _doubt(channels: Iterable[Channel], rules: Rulebook) -> float:
    """What is left of doubt after these reporters: the product over channels of 1 - what the channel brings."""
    counts: dict[Channel, int] = {}
    for channel in channels:
        counts[channel] = counts.get(channel, 0) + 1
    # Sorted, so that the same reporters in another order give the same float.
    return prod(1 - _brought(channel, counts[channel], rules) for channel in sorted(counts))


def _brought(channel: Channel, reporters: int, rules: Rulebook) -> float:
    trust = rules.channels[channel]
    return min(1 - (1 - trust.trust_ratio) ** reporters, trust.cap_ratio)
