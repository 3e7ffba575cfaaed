"""Place chains: names that stand together and mean one place, from the largest to the smallest.

For: joining names (重庆市南岸区涂山镇福民村), narrowing what each can mean by the one before it. Must never enter:
what the rest of the report says (`places`). A name that follows one from elsewhere is swallowed by it
(江苏省南通市太平镇); a name that does not lie within the one before it begins a chain of its own.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from models.areas import AreaTree
from models.understanding import Part
from workflows.judgement.understanding.gazetteer import (
    CITY,
    DISTRICT_DIGITS,
    LANDMARK_LENGTHS,
    SHORTEST_LANDMARK,
    TOWNSHIP_DIGITS,
    Gazetteer,
    Where,
)
from workflows.judgement.understanding.place_names import PlaceName
from workflows.judgement.understanding.place_roles import Role, role
from workflows.judgement.understanding.script import Script

_JOINTS = frozenset(
    {"", "的", "境内", "境内的", "辖区", "辖区内", "辖区的", "下辖的", "下属", " ", "·", "-", "－"}
)
_COMMUNITY_BEGINS = frozenset("村社居")
_LISTS = frozenset({"、", "和", "及", "与", "以及"})


class Chain(NamedTuple):
    """Names read as one. `codes` is empty when the place lies elsewhere; then `elsewhere` says how large it is."""

    part: Part
    start: int
    end: int
    codes: tuple[str, ...]
    elsewhere: Where
    role: Role
    is_full: bool  # the lowest name is written with its suffix
    is_doubtful: bool = False
    districts: tuple[str, ...] = ()  # districts that it names itself
    steps: tuple[int, ...] = ()  # digits of each name in it: 6, 9, 12
    has_landmark: bool = False

    @property
    def digits(self) -> int:
        """How low it reaches: 6 for a district, 9 for a township, 12 for a community, 0 elsewhere."""
        return len(self.codes[0]) if self.codes else 0

    @property
    def is_city_only(self) -> bool:
        """It names the city and nothing in it."""
        return self.codes == (CITY,)


def chains(script: Script, found: Sequence[PlaceName], known: Gazetteer, tree: AreaTree) -> list[Chain]:
    """The chains in the order of reading, each with the part that it plays."""
    joined: list[Chain] = []
    for name in found:
        last = joined[-1] if joined else None
        gap = script.plain(name.part)[last.end : name.start] if last and last.part is name.part else None
        if last and gap is not None and gap in _JOINTS and (longer := _extended(last, name, tree, gap)):
            joined[-1] = longer
        elif not (gap == "" and name.is_doubtful):  # 熊家镇后山: the hill behind it
            joined.append(_begun(name))
    landmarked = [
        _with_landmark(script, chain, known, tree) if chain.districts else chain for chain in joined
    ]
    return _with_roles(script, landmarked)


def is_within(codes: Sequence[str], above: Sequence[str], tree: AreaTree) -> tuple[str, ...]:
    """Those of the codes that lie within one of the areas above; a retired township lies in the successor too."""
    return tuple(code for code in codes if any(lies_within(code, upper, tree) for upper in above))


def lies_within(code: str, upper: str, tree: AreaTree) -> bool:
    """As the tree says; codes begin with those above them, so it is asked only about what took over from others."""
    return (
        code.startswith(upper)
        or upper == CITY
        or (upper in _successors(tree) and tree.is_within(code, upper))
    )


@lru_cache(maxsize=2)
def _successors(tree: AreaTree) -> frozenset[str]:
    return frozenset(area.successor for area in tree if area.successor is not None)


def _begun(found: PlaceName) -> Chain:
    part, start, end, name, is_elsewhere_only, is_doubtful = found
    if is_elsewhere_only or (name.elsewhere and not name.needs_suffix):
        return Chain(part, start, end, (), name.elsewhere, Role.SCENE, name.is_full or is_elsewhere_only)
    codes = _of_highest_kind(name.codes)
    digits = len(codes[0])
    districts = codes if digits == DISTRICT_DIGITS and codes[0] != CITY else ()
    return Chain(
        part, start, end, codes, Where.INSIDE, Role.SCENE, name.is_full, is_doubtful, districts, (digits,)
    )


def _of_highest_kind(codes: tuple[str, ...]) -> tuple[str, ...]:
    shortest = len(codes[0])
    if len(codes[-1]) == shortest:
        return codes
    return tuple(code for code in codes if len(code) == shortest)


def _extended(chain: Chain, found: PlaceName, tree: AreaTree, gap: str) -> Chain | None:
    name = found.name
    if not chain.codes:  # what follows a name from elsewhere lies there too
        if gap or name.codes == (CITY,):
            return None
        return chain._replace(end=found.end) if found.is_elsewhere_only or name.is_full else chain
    lower = tuple(code for code in name.codes if len(code) > chain.digits)
    if chain.is_city_only:
        lower = () if found.is_elsewhere_only else name.codes
    within = () if found.is_elsewhere_only else is_within(lower, chain.codes, tree)
    if not within:
        return None
    within = _of_highest_kind(within)
    is_district = len(within[0]) == DISTRICT_DIGITS
    return chain._replace(
        end=found.end,
        codes=within,
        is_full=name.is_full,
        is_doubtful=False,
        districts=within if is_district else chain.districts,
        steps=(*chain.steps, len(within[0])),
    )


def _with_landmark(script: Script, chain: Chain, known: Gazetteer, tree: AreaTree) -> Chain:
    """A square or mill behind a name gives the township, when communities of only one of those possible have it."""
    plain = script.plain(chain.part)
    for length in LANDMARK_LENGTHS:
        end = chain.end + length
        codes = known.landmarks.get(plain[chain.end : end], ())
        if length == SHORTEST_LANDMARK and plain[end : end + 1] not in _COMMUNITY_BEGINS:
            continue  # 福民村 for 福民社区, but not 福民 in any longer word
        townships = tuple({code[:TOWNSHIP_DIGITS] for code in is_within(codes, chain.codes, tree)})
        if len(townships) == 1:
            return chain._replace(
                codes=townships, end=end, has_landmark=True, steps=(*chain.steps, TOWNSHIP_DIGITS)
            )
    return chain


def _with_roles(script: Script, joined: list[Chain]) -> list[Chain]:
    played: list[Chain] = []
    for chain in joined:
        plain = script.plain(chain.part)
        part_played = role(plain, chain.start, chain.end, is_elsewhere=not chain.codes)
        last = played[-1] if played else None
        if last and last.part is chain.part and plain[last.end : chain.start] in _LISTS:
            if last.role is Role.AWAY:  # 调派南坪、弹子石消防站: both stations came
                part_played = Role.AWAY
            elif last.role is Role.SCENE:  # 龙池镇、石堤镇遭遇暴雨: in both
                played[-1] = last._replace(role=part_played)
        played.append(chain._replace(role=part_played))
    return played
