"""The dated area tree: what a code means on a day, above all around 2025-11-06."""

from datetime import date
from itertools import pairwise

import pytest

from models.areas import Area, AreaKind, AreaTree, BrokenAreaTree, ResolvedArea, UnknownArea, area_tree
from models.identifiers import AreaCode
from models.vocabulary import Tier

DAY_BEFORE = date(2025, 11, 5)
CHANGE = date(2025, 11, 6)
BOTH_SIDES = (DAY_BEFORE, CHANGE)

CITY = AreaCode("500000")
NANAN = AreaCode("500108")
TUSHAN = AreaCode("500108102")
NEW_DISTRICT = AreaCode("500157")
OLD_DISTRICT = AreaCode("500112")
OLD_TOWNSHIP = AreaCode("500112129")
OLD_COMMUNITY = AreaCode("500112129001")


def counted(kind: AreaKind, on: date) -> int:
    return sum(area.kind is kind and area.is_in_force(on) for area in area_tree())


def area(
    code: str, kind: AreaKind, parent: str | None, valid_to: date | None = None, successor: str | None = None
) -> Area:
    return Area(
        code=AreaCode(code),
        name=code,
        kind=kind,
        parent_code=AreaCode(parent) if parent else None,
        valid_to=valid_to,
        successor=AreaCode(successor) if successor else None,
    )


def test_counts_of_the_end_of_october_2025() -> None:
    """On 2025-10-31 the tree has 1 city, 38 districts, 1,031 townships and 11,270 communities."""
    on = date(2025, 10, 31)
    assert [counted(kind, on) for kind in AreaKind] == [1, 38, 1031, 11270]
    assert (len(area_tree().districts(on)), len(area_tree().townships(on))) == (38, 1031)


def test_counts_after_the_change() -> None:
    """From 2025-11-06 two districts, 42 townships and 544 communities are gone and one district has come."""
    assert [counted(kind, CHANGE) for kind in AreaKind] == [1, 37, 1031 - 42, 11270 - 544]


def test_code_length_says_the_kind() -> None:
    """City and district codes have 6 digits, township codes 9, community codes 12, led by the parent's."""
    digits = {AreaKind.CITY: 6, AreaKind.DISTRICT: 6, AreaKind.TOWNSHIP: 9, AreaKind.COMMUNITY: 12}
    assert all(len(a.code) == digits[a.kind] and a.code.isascii() and a.code.isdigit() for a in area_tree())
    lower = [a for a in area_tree() if a.kind in (AreaKind.TOWNSHIP, AreaKind.COMMUNITY)]
    assert all(a.code[:-3] == a.parent_code for a in lower)


def test_township_resolves_to_itself() -> None:
    """A township that stands on both sides of the change is itself, with its district above it."""
    expected = ResolvedArea(
        given_code=TUSHAN,
        code=TUSHAN,
        tier=Tier.TOWNSHIP,
        district_code=NANAN,
        township_code=TUSHAN,
        place_code=None,
        was_retired=False,
    )
    assert [area_tree().resolve(TUSHAN, on) for on in BOTH_SIDES] == [expected, expected]


def test_community_resolves_to_its_township() -> None:
    """A community is a place: its township answers for it and its own code is kept beside."""
    community = area_tree().children(TUSHAN, CHANGE)[0]
    resolved = area_tree().resolve(community, CHANGE)
    assert resolved == ResolvedArea(
        community, TUSHAN, Tier.TOWNSHIP, NANAN, TUSHAN, community, was_retired=False
    )


def test_district_and_city_stand_for_themselves() -> None:
    """A report that names only a district, or only the city, is placed there and no lower."""
    tree = area_tree()
    assert tree.resolve(NANAN, CHANGE) == ResolvedArea(NANAN, NANAN, Tier.DISTRICT, NANAN, None, None, False)
    assert tree.resolve(CITY, CHANGE) == ResolvedArea(CITY, CITY, Tier.CITY, None, None, None, False)


@pytest.mark.parametrize("code", ["500105", "500112"])
def test_abolished_district_maps_to_its_successor(code: str) -> None:
    """500105 and 500112 are themselves until 2025-11-05 and 500157 from 2025-11-06, the given code kept."""
    old = AreaCode(code)
    assert area_tree().resolve(code, DAY_BEFORE) == ResolvedArea(
        old, old, Tier.DISTRICT, old, None, None, False
    )
    assert area_tree().resolve(code, CHANGE) == ResolvedArea(
        old, NEW_DISTRICT, Tier.DISTRICT, NEW_DISTRICT, None, None, True
    )


def test_township_of_an_abolished_district_maps_to_the_new_district() -> None:
    """The new district has no townships, so it answers itself for a township abolished with the old one."""
    before = area_tree().resolve(OLD_TOWNSHIP, DAY_BEFORE)
    after = area_tree().resolve(OLD_TOWNSHIP, CHANGE)
    assert before == ResolvedArea(
        OLD_TOWNSHIP, OLD_TOWNSHIP, Tier.TOWNSHIP, OLD_DISTRICT, OLD_TOWNSHIP, None, False
    )
    assert after == ResolvedArea(OLD_TOWNSHIP, NEW_DISTRICT, Tier.DISTRICT, NEW_DISTRICT, None, None, True)


def test_community_of_an_abolished_district_keeps_its_place() -> None:
    """The community's own code stays known as the place when everything above it was replaced."""
    after = area_tree().resolve(OLD_COMMUNITY, CHANGE)
    assert after == ResolvedArea(
        OLD_COMMUNITY, NEW_DISTRICT, Tier.DISTRICT, NEW_DISTRICT, None, OLD_COMMUNITY, True
    )


def test_every_place_under_the_abolished_districts_is_mapped() -> None:
    """Every code below 500105 and 500112 resolves to 500157 from the day of the change."""
    under = [a.code for a in area_tree() if a.code[:6] in ("500105", "500112")]
    resolved = [area_tree().resolve(code, CHANGE) for code in under]
    assert len(under) == 2 + 42 + 544
    assert {r.code for r in resolved if r is not None and r.was_retired} == {NEW_DISTRICT}
    assert None not in resolved


def test_no_code_is_ever_lost() -> None:
    """Every code of every version resolves on every day, to an area that is in force from the change on."""
    for known in area_tree():
        assert area_tree().resolve(known.code, DAY_BEFORE) is not None
        resolved = area_tree().resolve(known.code, date(2030, 1, 1))
        assert resolved is not None
        assert area_tree().area(resolved.code).is_in_force(date(2030, 1, 1))


def test_code_of_a_later_tree_stands_for_itself() -> None:
    """A report dated before the change that names 500157 is placed there: its sender knew the newer tree."""
    resolved = area_tree().resolve(NEW_DISTRICT, DAY_BEFORE)
    assert resolved == ResolvedArea(
        NEW_DISTRICT, NEW_DISTRICT, Tier.DISTRICT, NEW_DISTRICT, None, None, False
    )


@pytest.mark.parametrize(
    "code",
    [
        "",
        "5001",
        "500999",
        "500108999",
        "500108102999",  # the township is known, the community never was
        "110101",
        "５００１０８",  # full-width digits
        "٥٠٠١٠٨",  # digits of another script
        " 500108",
        "500108\n",
        "500108102001001",
    ],
)
def test_code_that_never_existed_is_refused(code: str) -> None:
    """What no version of the tree knows resolves to nothing, however much it looks like a code."""
    assert area_tree().resolve(code, CHANGE) is None
    assert code not in area_tree()
    assert not area_tree().is_within(code, CITY)
    with pytest.raises(UnknownArea, match="never existed"):
        area_tree().path(code)


def test_path_leads_from_the_city_down() -> None:
    """The path of a community names city, district, township and itself; the parent is the step before."""
    tree = area_tree()
    assert tree.path(OLD_COMMUNITY) == (CITY, OLD_DISTRICT, OLD_TOWNSHIP, OLD_COMMUNITY)
    assert [tree.parent(lower) == upper for upper, lower in pairwise(tree.path(OLD_COMMUNITY))] == [True] * 3
    assert (tree.path(CITY), tree.parent(CITY)) == ((CITY,), None)


def test_is_within_follows_the_successor() -> None:
    """A retired township lies within its old district, within the new one and within the city."""
    tree = area_tree()
    assert [
        tree.is_within(OLD_COMMUNITY, ancestor)
        for ancestor in (OLD_COMMUNITY, OLD_TOWNSHIP, OLD_DISTRICT, NEW_DISTRICT, CITY)
    ] == [True] * 5
    assert tree.is_within(OLD_DISTRICT, NEW_DISTRICT)


def test_is_within_crosses_no_border() -> None:
    """A neighbour's place, and the successor seen from the retired district, lie outside."""
    tree = area_tree()
    assert not tree.is_within(TUSHAN, NEW_DISTRICT)
    assert not tree.is_within(NEW_DISTRICT, OLD_DISTRICT)
    assert not tree.is_within(NANAN, TUSHAN)
    assert not tree.is_within(OLD_TOWNSHIP, "500109")
    assert not tree.is_within(NANAN, "500999")


def test_children_are_those_in_force() -> None:
    """The city's children are the districts of the day; a retired district has none, the new one neither."""
    tree = area_tree()
    assert [tree.children(CITY, on) for on in BOTH_SIDES] == [tree.districts(on) for on in BOTH_SIDES]
    assert [len(tree.children("500105", on)) for on in BOTH_SIDES] == [12, 0]
    assert [tree.children(NEW_DISTRICT, on) for on in BOTH_SIDES] == [(), ()]


def test_names() -> None:
    """A name is the area's own; the full name has everything above it."""
    tree = area_tree()
    assert (tree.name_zh(TUSHAN), tree.full_name_zh(TUSHAN)) == ("涂山镇", "重庆市南岸区涂山镇")
    assert tree.full_name_zh(NEW_DISTRICT) == "重庆市两江新区"


def test_tier_of_a_place_is_its_townships() -> None:
    """A community is no tier of command, so the tier that commands there is the township."""
    codes = (CITY, NANAN, TUSHAN, OLD_COMMUNITY)
    assert [area_tree().tier_of(code) for code in codes] == [*Tier, Tier.TOWNSHIP]


def test_a_chain_of_successors_is_followed_to_its_end() -> None:
    """A code that was replaced twice means whatever stands on the day, one step or two steps on."""
    tree = AreaTree(
        [
            area("1", AreaKind.CITY, None),
            area("11", AreaKind.DISTRICT, "1", date(2020, 1, 1), "12"),
            area("12", AreaKind.DISTRICT, "1", date(2024, 1, 1), "13"),
            area("13", AreaKind.DISTRICT, "1"),
        ]
    )
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2024, 1, 1))
    resolved = [tree.resolve("11", on) for on in days]
    assert [r.code for r in resolved if r is not None] == ["11", "12", "13"]
    assert tree.is_within("11", "13")


def test_contradictions_are_listed_all_at_once() -> None:
    """A lost parent, a lost successor, an end without successor and a stranded township are all named."""
    change = date(2025, 1, 1)
    broken = [
        area("1", AreaKind.CITY, None),
        area("11", AreaKind.DISTRICT, "9"),
        area("12", AreaKind.DISTRICT, "1", change, "99"),
        area("13", AreaKind.DISTRICT, "1", change),
        area("14", AreaKind.DISTRICT, None),
        area("121", AreaKind.TOWNSHIP, "12"),
    ]
    with pytest.raises(BrokenAreaTree) as refused:
        AreaTree(broken)
    named = [fault.split(":")[0] for fault in str(refused.value).split("; ")]
    assert named == ["11", "12", "13", "14", "121"]


def test_a_code_listed_twice_is_refused() -> None:
    """Two rows for one code would hide one of them, so the tree is refused."""
    twice = area("11", AreaKind.DISTRICT, "1"), area("11", AreaKind.DISTRICT, "1")
    with pytest.raises(BrokenAreaTree, match="11: listed twice"):
        AreaTree([area("1", AreaKind.CITY, None), *twice])


def test_a_circle_of_successors_is_refused() -> None:
    """Two districts that succeed each other on one day would never resolve, so the tree is refused."""
    change = date(2025, 1, 1)
    circle = [
        area("1", AreaKind.CITY, None),
        area("11", AreaKind.DISTRICT, "1", change, "12"),
        area("12", AreaKind.DISTRICT, "1", change, "11"),
    ]
    with pytest.raises(BrokenAreaTree, match="not in force"):
        AreaTree(circle)
