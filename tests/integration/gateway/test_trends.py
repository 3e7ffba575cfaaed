"""Trends: each past window is the rating that its own outcomes give."""

from datetime import timedelta
from typing import Any

from models.identifiers import AreaCode, UnitCode
from models.tables import OUTCOMES
from streams.store.projections import DISTRICT, UNIT, figures
from streams.store.statements import upsert
from tests.integration.gateway.conftest import Gateway
from workflows.appraisal.rating import Window, area_subject, rate, unit_subject
from workflows.rulebook_file import default_rulebook

ON_BOTH_DATABASES = True

RULES = default_rulebook()
WINDOW = timedelta(seconds=RULES.rating.window_seconds)
FIRE = "500108:fire"
MEASURES = list(RULES.rating.weights)


async def measure(gateway: Gateway) -> None:
    """Outcomes of a district and its fire brigade over four windows, getting worse, some exactly on an edge."""
    now = gateway.clock.now()
    rows: list[dict[str, object]] = [
        {
            "outcome_id": f"o-{number}",
            "measure": MEASURES[number % len(MEASURES)],
            "district_code": "500108",
            "township_code": "500108001",
            "unit_code": FIRE if number % 2 else None,
            "incident_id": f"i-{number}",
            "happened_at": now - number * WINDOW / 28,
            "good": number % 11 > 2 + 4 * (number < 28),
        }
        for number in range(112)
    ]
    async with gateway.services.database.write() as connection:
        await upsert(connection, OUTCOMES, rows)


async def trends(gateway: Gateway, area: str) -> dict[str, Any]:
    answer = await gateway.client.get("/api/screen/trends", params={"area": area})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_every_window_is_rated_from_its_own_outcomes(gateway: Gateway) -> None:
    """Fourteen windows, a seventh of a window apart, as the ratings themselves would have been made then."""
    await measure(gateway)
    told = await trends(gateway, "500108")
    now = gateway.clock.now()
    expected: dict[str, list[list[object]]] = {"500108": [], FIRE: []}
    async with gateway.services.database.read() as connection:
        for before in reversed(range(14)):
            end = now - before * WINDOW / 7
            window = Window(end - WINDOW, end)
            for column, subject in (
                (DISTRICT, area_subject(AreaCode("500108"))),
                (UNIT, unit_subject(UnitCode(FIRE))),
            ):
                tallies = (await figures(connection, column, window))[subject.code]
                rating = rate(subject, tallies, window, RULES, end)
                expected[subject.code].append([rating.score, rating.colour, rating.sample])
    assert {code: told["subjects"][code] for code in expected} == expected
    assert len({str(point) for point in expected["500108"]}) > 5
    assert told["ends"][-1] == now.isoformat()


async def test_only_what_the_screen_rates_is_told(gateway: Gateway) -> None:
    """A district's screen has the district, its townships and its units; another district's has none of them."""
    await measure(gateway)
    assert set((await trends(gateway, "500108"))["subjects"]) == {"500108", "500108001", FIRE}
    assert (await trends(gateway, "500101"))["subjects"] == {}
    assert set((await trends(gateway, "500000"))["subjects"]) == {"500108", FIRE}
