"""Places: which areas of the city a report names as the place of the event, or that it lies elsewhere.

For: weighing the names in title and text against each other. Must never enter: how names are written (`gazetteer`),
the words around them (`place_roles`), or what a report's own area code says: that wins, and is not known here.

- The codes are those of districts (6 digits) and townships (9), the tiers that command. A community that is sure gives
  its township; its name stays in the span.
- A name that several townships have stays ambiguous, with all their codes, unless its district, or a community that
  only one of them has, is named too.
- The code is that of the name as written, retired or not; the area tree maps it on the day it is used.
- The city alone is no place: every report is in the city.
- Names inside and elsewhere are weighed by what they are, what part they play, and how early they stand. The weights
  below are ours, set on generated texts and the corpus; only their order carries meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.areas import AreaTree, area_tree
from models.identifiers import AreaCode
from models.understanding import Part, PlaceFound, Span
from workflows.judgement.understanding.gazetteer import (
    COMMUNITY_DIGITS,
    DISTRICT_DIGITS,
    TOWNSHIP_DIGITS,
    Where,
    gazetteer,
)
from workflows.judgement.understanding.place_chains import Chain, chains, is_within, lies_within
from workflows.judgement.understanding.place_names import place_names
from workflows.judgement.understanding.place_roles import Role
from workflows.judgement.understanding.script import Script

_WEIGHT_OF_DIGITS: Final = {DISTRICT_DIGITS: 3.0, TOWNSHIP_DIGITS: 2.0, COMMUNITY_DIGITS: 1.5}
_WEIGHT_ELSEWHERE: Final = {
    Where.COUNTRY: 3.0,
    Where.CITY_ELSEWHERE: 3.0,
    Where.TELL: 2.0,
    Where.COUNTY_ELSEWHERE: 3.0,
}
_WEIGHT_OF_ROLE: Final = {
    Role.STATED: 1.3,
    Role.SCENE: 1.0,
    Role.OFFICE: 0.6,
    Role.BESIDE: 0.3,
    Role.AWAY: 0.1,
}
_WEIGHT_OF_TITLE: Final = 1.3
_WEIGHT_NEAR_HOSPITAL: Final = 1.1  # a county's hospital takes in those of the county
_BARE: Final = 0.6  # a township without its suffix
_ENOUGH_ELSEWHERE: Final = 1.0  # less is somebody's origin or a paper's name
_MOST_SHARING: Final = 20  # a community's name that more townships share says nothing


@dataclass(frozen=True, slots=True)
class _Candidate:
    chain: Chain
    codes: tuple[str, ...]
    matched: str
    score: float


def places(script: Script, reported_at: datetime) -> tuple[tuple[PlaceFound, ...], Span | None]:
    """The places of the event, the most likely first, and the words that put it outside the city (then no place).

    `reported_at` is not needed yet: names mean what they are called in every version of the tree.
    """
    del reported_at
    tree, known = area_tree(), gazetteer()
    found = chains(script, place_names(script, known), known, tree)
    outside = _outside(found)
    if outside:
        return (), script.span(outside.part, outside.start, outside.end)
    ranked = _ranked(_candidates([chain for chain in found if chain.codes], tree), tree)
    return tuple(_place(script, candidate) for candidate in ranked), None


def _place(script: Script, candidate: _Candidate) -> PlaceFound:
    chain = candidate.chain
    return PlaceFound(
        area_codes=tuple(AreaCode(code) for code in candidate.codes),
        matched=candidate.matched,
        is_clear=bool(chain.districts)
        or (chain.is_full and chain.digits == TOWNSHIP_DIGITS)
        or chain.digits == DISTRICT_DIGITS,
        span=script.span(chain.part, chain.start, chain.end),
    )


def _outside(found: Sequence[Chain]) -> Chain | None:
    """The chain that says most clearly that the event is elsewhere, if that outweighs what is said of the city."""
    scenes, beside = (
        [0.0, 0.0],
        [0.0, 0.0],
    )  # inside, outside; of many places beside the scene only the heaviest counts
    heaviest, clearest = 0.0, None
    order = {Part.TITLE: 0, Part.TEXT: 0}
    for chain in found:
        weight, side = _weight(chain) / (1 + order[chain.part] / 2), not chain.codes
        if chain.role >= Role.OFFICE:
            scenes[side] += weight
            order[chain.part] += 1
        else:
            beside[side] = max(beside[side], weight)
        if side and weight > heaviest:
            clearest, heaviest = chain, weight
    inside, outside = (scene + other for scene, other in zip(scenes, beside, strict=True))
    return clearest if outside >= _ENOUGH_ELSEWHERE and outside > inside else None


def _weight(chain: Chain) -> float:
    weight = _WEIGHT_OF_ROLE[chain.role] * (_WEIGHT_OF_TITLE if chain.part is Part.TITLE else 1.0)
    if not chain.codes:
        is_near_hospital = chain.role is Role.AWAY and chain.elsewhere is Where.COUNTY_ELSEWHERE
        return _WEIGHT_NEAR_HOSPITAL if is_near_hospital else weight * _WEIGHT_ELSEWHERE[chain.elsewhere]
    if chain.is_doubtful:
        return 0.0
    if chain.steps[1:]:
        return weight * _WEIGHT_OF_DIGITS[DISTRICT_DIGITS]
    is_bare = chain.digits > DISTRICT_DIGITS and not chain.is_full
    return weight * _WEIGHT_OF_DIGITS[chain.digits] * (_BARE if is_bare else 1.0)


def _candidates(inside: Sequence[Chain], tree: AreaTree) -> list[_Candidate]:
    found = []
    for chain in inside:
        if chain.role is Role.AWAY or chain.is_city_only:
            continue
        candidate = _candidate(chain, inside, tree)
        if candidate:
            found.append(candidate)
    return found


def _candidate(chain: Chain, inside: Sequence[Chain], tree: AreaTree) -> _Candidate | None:
    score = float(chain.role) + 0.3 * (chain.part is Part.TITLE) + 0.2 * chain.is_full
    if chain.digits == DISTRICT_DIGITS:
        return _Candidate(chain, chain.codes, "district named", score)
    if chain.districts:
        codes = _townships(chain.codes)
        return _Candidate(chain, codes, _matched(chain, codes, "with its district"), score + 0.5)
    scenes, others = _named_districts(chain, inside)
    for district in (*scenes, *others):
        within = is_within(chain.codes, district, tree)
        if within:
            codes = _sharpened(_townships(within), inside)
            return _Candidate(
                chain, codes, _matched(chain, codes, "its district named elsewhere in the report"), score
            )
    is_sure = chain.is_full and (chain.digits == TOWNSHIP_DIGITS or TOWNSHIP_DIGITS in chain.steps)
    if chain.is_doubtful or (scenes and not is_sure):
        return None  # 万州区 ... 大同: not the 大同 of another district
    codes = _sharpened(_townships(chain.codes), inside)
    if not is_sure and chain.digits == COMMUNITY_DIGITS and len(codes) > _MOST_SHARING:
        return None
    is_weak = bool(scenes) or not (is_sure or chain.digits == TOWNSHIP_DIGITS)
    return _Candidate(chain, codes, _matched(chain, codes, "the only one of this name"), score - is_weak)


def _named_districts(
    chain: Chain, inside: Sequence[Chain]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The districts that the rest of the report names as scenes, and in other parts; the nearest first."""
    named = [other for other in inside if other.districts and other.role is not Role.AWAY]
    named.sort(
        key=lambda other: (
            -min(other.role, Role.SCENE),
            other.part is not chain.part,
            abs(other.start - chain.start),
        )
    )
    scenes = [other.districts for other in named if other.role >= Role.SCENE]
    return scenes, [other.districts for other in named if other.role < Role.SCENE]


def _sharpened(codes: tuple[str, ...], inside: Sequence[Chain]) -> tuple[str, ...]:
    """Of townships of one name, the one that has a community named in the report."""
    if not codes[1:]:
        return codes
    for other in inside:
        if other.digits == COMMUNITY_DIGITS:
            within = tuple(code for code in codes if code in _townships(other.codes))
            if len(within) == 1:
                return within
    return codes


def _townships(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code[:TOWNSHIP_DIGITS] for code in codes))


def _matched(chain: Chain, codes: tuple[str, ...], why: str) -> str:
    if chain.has_landmark:
        return "landmark named behind its district"
    kind = "community" if chain.digits == COMMUNITY_DIGITS else "township"
    name = f"{kind} named" if chain.is_full else f"short name of a {kind}"
    if chain.digits == COMMUNITY_DIGITS and TOWNSHIP_DIGITS in chain.steps and len(codes) == 1:
        return "community named with its township"
    return f"{name}, {why}" if len(codes) == 1 else f"{name}, {len(codes)} townships fit"


def _ranked(candidates: Sequence[_Candidate], tree: AreaTree) -> list[_Candidate]:
    """Scenes only, if there are any; what another one says more exactly is left out; the likeliest first."""
    best = max((candidate.chain.role for candidate in candidates), default=Role.AWAY)
    least = min(best, Role.SCENE)
    kept = sorted((c for c in candidates if c.chain.role >= least), key=lambda c: -c.score)
    ranked: list[_Candidate] = []
    for candidate in kept:
        if any(one.codes == candidate.codes for one in ranked):
            continue
        if any(_says_more(other, candidate, tree) for other in kept):
            continue
        ranked.append(candidate)
    return ranked


def _says_more(one: _Candidate, other: _Candidate, tree: AreaTree) -> bool:
    """Every code of the one lies within what the other names, and not the other way round."""
    if one.codes == other.codes or set(one.codes) >= set(other.codes):
        return False
    return all(any(lies_within(code, upper, tree) for upper in other.codes) for code in one.codes)
