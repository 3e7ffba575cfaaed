"""Units: which stand at which tier, who takes over, and who answers for what."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from models.areas import AreaKind, UnknownArea, area_tree
from models.categories import Category
from models.identifiers import UnitCode
from models.units import (
    Department,
    Unit,
    UnknownUnit,
    departments,
    parse_unit,
    responsibilities,
    responsible,
    superior,
    unit_code,
    unit_for,
)
from models.vocabulary import Tier

DAY_BEFORE = date(2025, 11, 5)
CHANGE = date(2025, 11, 6)
TUSHAN = "500108102"
OLD_TOWNSHIP = "500112129"


def ladder(code: str, on: date) -> list[str]:
    """The unit and everybody above it who takes over in turn."""
    steps = [code]
    while (above := superior(steps[-1], on)) is not None:
        steps.append(above)
    return steps


def test_every_department_has_a_row() -> None:
    """Enum and file agree, in order."""
    assert list(departments()) == list(Department)


def test_city_and_district_have_every_department_but_the_township() -> None:
    """All thirteen departments stand at the city and at each district; only a township is its own unit."""
    at = {tier: {d for d in Department if tier in departments()[d].offices_zh} for tier in Tier}
    assert at[Tier.CITY] == at[Tier.DISTRICT] == set(Department) - {Department.TOWNSHIP}
    assert at[Tier.TOWNSHIP] == {
        Department.TOWNSHIP,
        Department.EMERGENCY,
        Department.FIRE,
        Department.POLICE,
        Department.HEALTH,
        Department.MARKET_SUPERVISION,
    }


def test_code_and_unit_are_one() -> None:
    """What `unit_code` writes `parse_unit` reads, with the names of the area and the office."""
    code = unit_code("500108", Department.FIRE)
    assert code == "500108:fire"
    assert parse_unit(code) == Unit(
        code=UnitCode("500108:fire"),
        area_code=area_tree().area("500108").code,
        department=Department.FIRE,
        tier=Tier.DISTRICT,
        name_zh="重庆市南岸区消防救援支队",
        name_en="Fire and rescue, 重庆市南岸区",
    )


def test_unit_of_a_retired_area_can_still_be_read() -> None:
    """A command written to a unit of an abolished district keeps its meaning."""
    assert parse_unit("500112:police").name_zh == "重庆市渝北区公安局"


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("500108", "area:department"),
        ("500108:", "area:department"),
        ("500108:army", "area:department"),
        ("500108:FIRE", "area:department"),
        ("500108:fire:fire", "area:department"),
        (":fire", "no city"),
        ("500999:fire", "no city"),
        ("５００１０８:fire", "no city"),
        ("500108102001:police", "no city"),
        ("500108:township", "district tier"),
        ("500000:township", "city tier"),
        ("500108102:meteorology", "township tier"),
    ],
)
def test_unit_that_never_existed_is_refused(code: str, wrong: str) -> None:
    """An unknown area or department, a place below the tiers, a department absent at its tier: no unit."""
    with pytest.raises(UnknownUnit, match=wrong):
        parse_unit(code)


def test_unit_at_each_tier() -> None:
    """The same department answers at the township, the district and the city of a place."""
    assert [unit_for(TUSHAN, Department.FIRE, tier, CHANGE) for tier in Tier] == [
        "500000:fire",
        "500108:fire",
        "500108102:fire",
    ]


def test_community_is_answered_for_by_its_township() -> None:
    """A place below the tiers has no units of its own."""
    community = area_tree().children(TUSHAN, CHANGE)[0]
    assert unit_for(community, Department.TOWNSHIP, Tier.TOWNSHIP, CHANGE) == "500108102:township"


def test_department_without_a_township_unit_is_the_districts() -> None:
    """No township has a meteorological office, so the district's answers there."""
    assert unit_for(TUSHAN, Department.METEOROLOGY, Tier.TOWNSHIP, CHANGE) == "500108:meteorology"


def test_emergency_management_answers_for_the_township_above_it() -> None:
    """At district and city there is no `township`, so emergency management of that tier answers."""
    assert [unit_for(TUSHAN, Department.TOWNSHIP, tier, CHANGE) for tier in Tier] == [
        "500000:emergency",
        "500108:emergency",
        "500108102:township",
    ]


def test_place_known_only_by_its_upper_tier_is_answered_for_there() -> None:
    """A report that names only a district, or only the city, gets the lowest unit that its place has."""
    assert unit_for("500108", Department.FIRE, Tier.TOWNSHIP, CHANGE) == "500108:fire"
    assert unit_for("500000", Department.FIRE, Tier.TOWNSHIP, CHANGE) == "500000:fire"
    assert unit_for("500000", Department.TOWNSHIP, Tier.TOWNSHIP, CHANGE) == "500000:emergency"


def test_new_district_is_the_lowest_tier() -> None:
    """In 500157 every department answers at the district, also for places that had a township before."""
    for given in ("500157", OLD_TOWNSHIP, "500112129001", "500105"):
        lowest = {unit_for(given, department, Tier.TOWNSHIP, CHANGE) for department in Department}
        assert lowest == {f"500157:{d}" for d in Department if d is not Department.TOWNSHIP}


def test_old_district_answered_until_the_change() -> None:
    """The day before, the township and the district of the old tree answered."""
    assert [unit_for(OLD_TOWNSHIP, Department.POLICE, tier, DAY_BEFORE) for tier in Tier] == [
        "500000:police",
        "500112:police",
        "500112129:police",
    ]


def test_unit_for_unknown_area_is_refused() -> None:
    """No unit answers for a place that never existed."""
    with pytest.raises(UnknownArea, match="500999"):
        unit_for("500999", Department.FIRE, Tier.CITY, CHANGE)


@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("500108102:fire", CHANGE, ["500108102:fire", "500108:fire", "500000:fire"]),
        ("500108102:township", CHANGE, ["500108102:township", "500108:emergency", "500000:emergency"]),
        ("500108:water", CHANGE, ["500108:water", "500000:water"]),
        ("500157:fire", CHANGE, ["500157:fire", "500000:fire"]),
        ("500112129:fire", DAY_BEFORE, ["500112129:fire", "500112:fire", "500000:fire"]),
        ("500112129:fire", CHANGE, ["500112129:fire", "500157:fire", "500000:fire"]),
        ("500112129:township", CHANGE, ["500112129:township", "500157:emergency", "500000:emergency"]),
        ("500112:fire", CHANGE, ["500112:fire", "500000:fire"]),
        ("500000:fire", CHANGE, ["500000:fire"]),
    ],
)
def test_the_way_up(code: str, on: date, expected: list[str]) -> None:
    """A silent unit's work goes one tier up at a time, by way of the district that stands on the day."""
    assert ladder(code, on) == expected


def all_units(on: date) -> Iterator[Unit]:
    """Every unit that stands on that Beijing day: city, districts, townships."""
    tree = area_tree()
    city = (area.code for area in tree if area.kind is AreaKind.CITY)
    for area_code in (*city, *tree.districts(on), *tree.townships(on)):
        tier = tree.tier_of(area_code)
        for facts in departments().values():
            if tier in facts.offices_zh:
                yield parse_unit(unit_code(area_code, facts.department))


@pytest.mark.parametrize("on", [DAY_BEFORE, CHANGE])
def test_every_way_up_ends_at_the_city(on: date) -> None:
    """From every unit that stands, the ladder climbs one tier a step and ends at the city."""
    tiers = {Tier.TOWNSHIP: 3, Tier.DISTRICT: 2, Tier.CITY: 1}
    for unit in all_units(on):
        steps = ladder(unit.code, on)
        assert len(steps) == tiers[unit.tier]
        assert steps[-1].startswith("500000:")


@pytest.mark.parametrize(("on", "districts", "townships"), [(DAY_BEFORE, 38, 1031), (CHANGE, 37, 989)])
def test_all_units_are_those_that_stand(on: date, districts: int, townships: int) -> None:
    """13 units at city and district, 6 at each township, none of them twice, none of a retired area."""
    units = list(all_units(on))
    counts = Counter(unit.tier for unit in units)
    assert counts == {Tier.CITY: 13, Tier.DISTRICT: 13 * districts, Tier.TOWNSHIP: 6 * townships}
    assert len({unit.code for unit in units}) == len(units)
    assert all(area_tree().area(unit.area_code).is_in_force(on) for unit in units)


def test_every_category_has_a_responsibility() -> None:
    """Somebody leads whatever happens, and leader and supporters are different departments."""
    assert list(responsibilities()) == list(Category)
    for category in Category:
        duty = responsible(category)
        assert duty.lead not in duty.supports
        assert len(set(duty.supports)) == len(duty.supports) > 0
        assert duty.source


def test_who_leads_what_the_corpus_holds() -> None:
    """Each of the five kinds of the corpus is led by the department that one would ask first."""
    leads = {
        Category.ROAD_TRAFFIC: Department.POLICE,
        Category.TERRORIST_ATTACK: Department.POLICE,
        Category.FIRE: Department.FIRE,
        Category.FOOD_POISONING: Department.MARKET_SUPERVISION,
        Category.EARTHQUAKE: Department.EMERGENCY,
    }
    assert {category: responsible(category).lead for category in leads} == leads


def test_lead_has_a_unit_at_city_and_district() -> None:
    """Whoever leads a category stands at the tiers that levels I to III belong to."""
    for duty in responsibilities().values():
        assert {Tier.CITY, Tier.DISTRICT} <= set(departments()[duty.lead].offices_zh)
