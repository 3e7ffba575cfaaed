"""Fusion twins: the open incidents that may be the same event as one that is being checked.

An incident stands under the keys of its first report, which may have given another township, the district only, or
no kind. So a check looks further than a report does: wherever the incident's reports have come from or have named,
and by what most of them say it is. That costs more walks down the same indexes, and is paid for a check only. Must
never enter: which of them it is.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import IncidentId
from models.likeness import Sketch
from streams.store import fusion_keys
from streams.store.fusion_keys import Found, Key, Scope, Wanted, family_of
from workflows.judgement.fusion import Candidate, may_be_twins
from workflows.judgement.likeness import firm_areas
from workflows.rulebook import Fusion, Rulebook

_DISTRICT = 6  # digits of a code
_TOWNSHIP = 9
_AREAS_SOUGHT = 4  # the most reported ones: what has spread further is found by its district


async def twins(
    connection: AsyncConnection, incident_ids: Iterable[IncidentId], rules: Rulebook
) -> dict[IncidentId, tuple[IncidentId, ...]]:
    """For each incident the open ones that are or may be the same event, the likeliest first, only a few."""
    asked = [
        (one.candidate, sought_by(one.candidate, one.keys, rules.fusion))
        for one in await fusion_keys.by_id(connection, incident_ids, rules.fusion)
    ]
    wanted = [
        Wanted(key, moment)
        for candidate, keys in asked
        for key in sorted(keys)
        for moment in (candidate.likeness.sketch.reported_from, candidate.likeness.sketch.reported_to)
    ]
    under: dict[Key, list[Found]] = {}
    for other in await fusion_keys.near(connection, wanted, rules.fusion):
        for key in other.keys if other.is_open else ():
            under.setdefault(key, []).append(other)
    return {candidate.incident_id: _twins(candidate, keys, under, rules) for candidate, keys in asked}


def _twins(
    candidate: Candidate, keys: frozenset[Key], under: Mapping[Key, Sequence[Found]], rules: Rulebook
) -> tuple[IncidentId, ...]:
    found = {other.incident_id: other.candidate for key in keys for other in under.get(key, ())}
    return may_be_twins(candidate, found.values(), rules)


def sought_by(candidate: Candidate, keys: frozenset[Key], rules: Fusion) -> frozenset[Key]:
    """The keys under which a twin of this incident may stand; it stands under `keys` itself."""
    sketch, category = candidate.likeness.sketch, candidate.likeness.category
    sought = {*keys, *(Key(Scope.ANY_FAMILY, area) for area in _areas(sketch))}
    if category is not None:
        family = family_of(category)
        sought |= {Key(Scope.DISTRICT, area[:_DISTRICT], family) for area in _areas(sketch)}
        sought |= {Key(Scope.CITY, "", family)} if category in rules.wide else set()
    return frozenset(sought)


def _areas(sketch: Sketch) -> tuple[str, ...]:
    """Where most of its reports come from, and the townships that they name; of equals the first by code."""
    firm = sorted(firm_areas(sketch), key=lambda area: (-sketch.areas[area], area))
    named = sorted({place[:_TOWNSHIP] for place in sketch.places})
    return tuple(dict.fromkeys((*firm[:_AREAS_SOUGHT], *named[:_AREAS_SOUGHT])))
