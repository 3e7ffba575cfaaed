"""Gazetteer: every area of the tree can be found by its own name."""

from models.areas import AreaKind, area_tree
from workflows.judgement.understanding import elsewhere
from workflows.judgement.understanding.gazetteer import CITY, bare_name, community_name, gazetteer


def test_every_area_is_known_by_its_own_name() -> None:
    """No district or township is lost, whatever its suffix."""
    names = gazetteer().names
    areas = [area for area in area_tree() if area.kind is not AreaKind.COMMUNITY]
    assert [area.name for area in areas if area.code not in names[area.name].codes] == []


def test_every_community_is_known_by_its_everyday_name() -> None:
    """福民村村民委员会 is 福民村, and none is left with its office's name."""
    names = gazetteer().names
    communities = [area for area in area_tree() if area.kind is AreaKind.COMMUNITY]
    everyday = {area.code: community_name(area) for area in communities}
    assert [word for word in everyday.values() if not word.endswith(("村", "社区"))] == []
    assert [code for code, word in everyday.items() if code not in names[word].codes] == []


def test_bare_names_drop_suffix_and_peoples() -> None:
    """石桥苗族土家族乡 is 石桥 for the people who live there."""
    tree = area_tree()
    bare = {bare_name(area) for area in tree if area.kind is AreaKind.TOWNSHIP}
    assert {"涂山", "石桥", "后坪", "浩口"} <= bare
    assert [word for word in bare if "族" in word] == []


def test_no_name_elsewhere_is_a_district_of_ours() -> None:
    """A county of another province must not hide one of our districts."""
    districts = {bare_name(area) for area in area_tree() if area.kind is AreaKind.DISTRICT}
    lists = (elsewhere.CITIES, elsewhere.COUNTIES, elsewhere.COUNTIES_WITH_SUFFIX, elsewhere.PROVINCES)
    assert districts & {word for names in lists for word in names.split()} == set()


def test_codes_begin_with_those_above_them() -> None:
    """What `lies_within` relies on: below the city, every code begins with its parent's."""
    below = [area for area in area_tree() if area.parent_code not in (None, CITY)]
    assert [area.code for area in below if not area.code.startswith(area.parent_code or "")] == []
