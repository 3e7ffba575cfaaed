"""Sites: the townships where the scenario's events happen, so that no two events meet by accident.

Fusion joins reports of one category in one township; within a round every event therefore has a township of its own,
and a township comes again only a round or more later. Events go round all districts; those that were retired on
2025-11-06 are written with their old codes.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from models.areas import AreaKind, area_tree
from models.identifiers import AreaCode
from streams.simulator.draws import Draws

# Rows of the board of districts that one round may use; the smallest district has 8 townships.
ROWS_PER_ROUND = 6
_IN_COMMUNITY_RATIO = 0.4
_GRIDS_PER_COMMUNITY = 12


@dataclass(frozen=True, slots=True)
class Site:
    """One township; `given_code` is what the first reporter writes, perhaps a community below it."""

    township_code: AreaCode
    district_code: AreaCode
    given_code: AreaCode
    grid_code: str | None
    name_zh: str


@dataclass(frozen=True, slots=True)
class Sites:
    """The townships of one round, as a board: a column for each district in force, a row for each turn."""

    seed: int
    round_number: int

    def site(self, slot: int) -> Site:
        """The slot-th site of the round, going round the districts row by row."""
        columns = _shuffled_columns(self.seed, is_retired=False)
        return self._at(columns[slot % len(columns)], slot // len(columns))

    def neighbour(self, slot: int) -> Site:
        """Another township of the same district, from the row that no slot of a round reaches."""
        columns = _shuffled_columns(self.seed, is_retired=False)
        return self._at(columns[slot % len(columns)], ROWS_PER_ROUND - 1)

    def retired_site(self, nth: int) -> Site:
        """A township of a district that no longer is, under its old code."""
        columns = _shuffled_columns(self.seed, is_retired=True)
        return self._at(columns[nth % len(columns)], nth // len(columns))

    def _at(self, townships: tuple[AreaCode, ...], row: int) -> Site:
        return self._site(townships[(self.round_number * ROWS_PER_ROUND + row) % len(townships)])

    def _site(self, township_code: AreaCode) -> Site:
        draws = Draws(self.seed, f"site {self.round_number} {township_code}")
        communities = _communities()[township_code]
        given, grid = township_code, None
        if draws.happens("in a community", _IN_COMMUNITY_RATIO):
            given = draws.pick("community", communities)
            grid = f"{given}-{draws.between('grid', 1, _GRIDS_PER_COMMUNITY):02d}"
        tree = area_tree()
        district = tree.parent(township_code)
        if district is None:
            raise ValueError(f"township {township_code} has no district")
        return Site(township_code, district, given, grid, tree.full_name_zh(township_code))


@lru_cache(maxsize=8)
def _shuffled_columns(seed: int, *, is_retired: bool) -> tuple[tuple[AreaCode, ...], ...]:
    draws = Draws(seed, "board")
    columns = _townships_by_district(is_retired)
    districts = draws.shuffled("districts", sorted(columns))
    return tuple(draws.shuffled(f"townships {district}", columns[district]) for district in districts)


@lru_cache(maxsize=2)
def _townships_by_district(is_retired: bool) -> Mapping[AreaCode, tuple[AreaCode, ...]]:
    columns: dict[AreaCode, list[AreaCode]] = defaultdict(list)
    for area in area_tree():
        retired = area.valid_to is not None
        if area.kind is AreaKind.TOWNSHIP and area.parent_code is not None and retired == is_retired:
            columns[area.parent_code].append(area.code)
    return {district: tuple(codes) for district, codes in columns.items()}


@lru_cache(maxsize=1)
def _communities() -> Mapping[AreaCode, tuple[AreaCode, ...]]:
    below: dict[AreaCode, list[AreaCode]] = defaultdict(list)
    for area in area_tree():
        if area.kind is AreaKind.COMMUNITY and area.parent_code is not None:
            below[area.parent_code].append(area.code)
    return {township: tuple(codes) for township, codes in below.items()}
