"""Boards: what was last published of heat and ratings, and the area tree of a day."""

from typing import Any

import pytest

from models.messages.heat_ranking import HeatEntry, HeatRanking
from models.messages.rating import Rating
from models.tables import PROJECTIONS
from models.topics import Topic
from models.vocabulary import Level, RatingColour, SubjectKind, Tier
from streams.store.statements import upsert
from tests.fakes.clock import NOON
from tests.integration.gateway.conftest import Gateway
from workflows.rulebook_file import default_rulebook

ON_BOTH_DATABASES = True

DIGEST = default_rulebook().digest


def ranking(scope: str) -> HeatRanking:
    """A ranking with one entry."""
    entry = HeatEntry.model_validate(
        {
            "rank": 1,
            "incident_id": "i-1",
            "title": "某处起火",
            "category": None,
            "level": Level.IV,
            "area_code": scope,
            "score": -3.25,
            "heat": 1.5,
            "reports": 2,
            "sources": 2,
        }
    )
    return HeatRanking.model_validate(
        {"scope_code": scope, "epoch": 1, "half_life_seconds": 3_600, "as_of": NOON, "entries": (entry,)}
    )


def rating(subject: str) -> Rating:
    """A green rating without components."""
    return Rating(
        subject_code=subject,
        subject_kind=SubjectKind.UNIT if ":" in subject else SubjectKind.AREA,
        tier=Tier.DISTRICT,
        window_start=NOON,
        window_end=NOON,
        colour=RatingColour.GREEN,
        score=99.5,
        few_data=False,
        sample=12,
        components=(),
        rulebook=DIGEST,
        as_of=NOON,
    )


async def publish(gateway: Gateway, topic: Topic, values: dict[str, HeatRanking | Rating]) -> None:
    """Keep these as what was last published."""
    rows: list[dict[str, Any]] = [
        {"topic": topic.value, "key": key, "value": value.model_dump_json().encode(), "updated_at": NOON}
        for key, value in values.items()
    ]
    async with gateway.services.database.write() as connection:
        await upsert(connection, PROJECTIONS, rows)


async def test_heat_is_what_was_last_published(gateway: Gateway) -> None:
    """Each scope has its own ranking; no scope is the city."""
    await publish(gateway, Topic.HEAT_RANKINGS, {code: ranking(code) for code in ("500000", "500108")})
    city = await gateway.client.get("/api/heat")
    district = await gateway.client.get("/api/heat", params={"scope": "500108"})
    assert HeatRanking.model_validate_json(city.content) == ranking("500000")
    assert HeatRanking.model_validate_json(district.content) == ranking("500108")


async def test_a_scope_without_incidents_is_empty_and_not_missing(gateway: Gateway) -> None:
    """Where nothing was ever hot, the ranking has no entries and the half-life in force."""
    shown = (await gateway.client.get("/api/heat", params={"scope": "500101"})).json()
    heat = default_rulebook().heat
    assert (shown["scope_code"], shown["entries"]) == ("500101", [])
    assert (shown["epoch"], shown["half_life_seconds"]) == (heat.epoch, heat.half_life_seconds)


@pytest.mark.parametrize(
    ("area", "subjects"),
    [
        (None, ["500101", "500108"]),
        ("500000", ["500101", "500108"]),
        ("500108", ["500108", "500108001", "500108:fire"]),
        ("500108001", ["500108001", "500108001:township"]),
        ("500103", []),
    ],
)
async def test_ratings_of_an_area_its_departments_and_the_areas_below(
    gateway: Gateway, area: str | None, subjects: list[str]
) -> None:
    """One call fills one board: the area, who works there, and one tier below."""
    rated = ("500101", "500108", "500108001", "500108:fire", "500108001:township", "500101:fire")
    await publish(gateway, Topic.RATINGS, {code: rating(code) for code in rated})
    answer = await gateway.client.get("/api/ratings", params={} if area is None else {"area": area})
    shown = [Rating.model_validate(one, strict=False) for one in answer.json()["ratings"]]
    assert shown == [rating(subject) for subject in sorted(subjects)]


async def test_areas_are_those_of_the_day(gateway: Gateway) -> None:
    """Two districts gave way to a new one on 2025-11-06; it has no townships of its own."""

    async def below(parent: str, on: str) -> set[str]:
        answer = await gateway.client.get("/api/areas", params={"parent": parent, "on": on})
        return {area["code"] for area in answer.json()["areas"]}

    before, after = await below("500000", "2025-11-05"), await below("500000", "2025-11-06")
    assert (before - after, after - before) == ({"500105", "500112"}, {"500157"})
    assert await below("500157", "2025-11-06") == set()
    assert "500108001" in await below("500108", "2025-11-06")


async def test_an_area_tells_its_name_and_place_in_the_tree(gateway: Gateway) -> None:
    """Without parent the city is shown; today is the day in Beijing of the program's clock."""
    answer = await gateway.client.get("/api/areas")
    assert answer.json() == {
        "parent_code": None,
        "on": "2026-11-22",
        "areas": [
            {
                "code": "500000",
                "name_zh": "重庆市",
                "full_name_zh": "重庆市",
                "kind": "city",
                "tier": "city",
                "parent_code": None,
                "valid_from": None,
                "valid_to": None,
                "successor": None,
            }
        ],
    }
    gateway.clock.move(4 * 3_600)  # 16:00 UTC is midnight in Beijing
    assert (await gateway.client.get("/api/areas")).json()["on"] == "2026-11-23"
