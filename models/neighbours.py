"""Neighbours: which districts touch.

For: events that reach farther than one district (a flood, a storm). Read once from `reference/district_neighbours.csv`,
which is ours, from general knowledge of the map (`reference/SOURCES.md`): a wrong line costs a suggestion, no report.
Must never enter: townships. Which of them touch is in no data here; only positions tell how near they are.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from models.areas import area_tree
from models.reference import rows


def are_neighbours(one: str, other: str) -> bool:
    """Whether two districts touch; a retired one touches what it touched. False for any other code."""
    return other in district_neighbours().get(one, frozenset())


@lru_cache(maxsize=1)
def district_neighbours() -> Mapping[str, frozenset[str]]:
    """For each district those that it touches. Raises UnknownArea on a code that never existed: stop at start-up."""
    touching: dict[str, set[str]] = {}
    for row in rows("district_neighbours.csv"):
        one, other = (area_tree().area(row[side]).code for side in ("one", "other"))
        touching.setdefault(one, set()).add(other)
        touching.setdefault(other, set()).add(one)
    return MappingProxyType({code: frozenset(others) for code, others in touching.items()})
