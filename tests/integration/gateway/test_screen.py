"""What a screen begins with and what follows: its own area, at a position from which nothing is missed."""

import asyncio
from typing import Any

import orjson
import pytest

from models.access import Role, Someone
from models.areas import area_tree
from models.identifiers import AreaCode
from models.topics import Topic
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.broker.reading import Read
from streams.cockpit.feed import Feed, changes_in, is_shown_in
from streams.cockpit.live import rated_in
from streams.gateway.areas import beijing_day
from streams.gateway.security import SESSION_COOKIE
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import Gateway, client_of

ON_BOTH_DATABASES = True

Shown = dict[str, Any]


async def told(gateway: Gateway, *areas: str) -> None:
    """An incident in each of these areas."""
    for number, area in enumerate(areas):
        await gateway.client.post("/api/reports", json=report(report_id=f"r-{number}", area_code=area))
    await gateway.engine.settle()


async def snapshot(gateway: Gateway, **asked: str) -> Shown:
    answer = await gateway.client.get("/api/screen/snapshot", params=asked)
    assert answer.status_code == 200, answer.text
    shown: Shown = answer.json()
    return shown


def incidents(shown: Shown, column: str) -> list[object]:
    return sorted(row[shown["columns"].index(column)] for row in shown["rows"])


async def test_a_snapshot_has_the_open_incidents_of_its_area(gateway: Gateway) -> None:
    """The city sees all, a district its own, a township its own."""
    await told(gateway, "500108001", "500108002", "500101001")
    for area, townships in (
        ("500000", ["500101001", "500108001", "500108002"]),
        ("500108", ["500108001", "500108002"]),
        ("500108002", ["500108002"]),
    ):
        assert incidents(await snapshot(gateway, area=area), "township_code") == townships
    assert (await snapshot(gateway))["area_code"] == "500000"


@pytest.mark.parametrize("area", ["500000", "500101", "500101001", "500999", "500108001001"])
async def test_a_person_sees_no_other_area_and_cannot_tell_it_from_none(gateway: Gateway, area: str) -> None:
    """Above, across, unknown and too small are answered alike: there is no such area."""
    wang = Someone(person_id="wang", name="王", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
    async with gateway.services.database.write() as connection:
        await keep_account(connection, wang, None, NOON)
        cookie = await open_session(connection, "wang", gateway.clock.now())
    async with client_of(gateway.services, token=None) as client:
        client.cookies.set(SESSION_COOKIE, cookie)
        for path in ("/api/screen/snapshot", "/api/screen/stream"):
            answer = await client.get(path, params={"area": area})
            assert (answer.status_code, answer.json()["detail"]) == (404, f"no area '{area}'")
        assert (await client.get("/api/screen/snapshot")).json()["area_code"] == "500108"


def events_of(gateway: Gateway, ids: list[str]) -> list[Read]:
    return [
        Read(Topic.INCIDENT_EVENTS, 0, offset, gateway.clock.now(), one.encode(), b"{}")
        for offset, one in enumerate(ids)
    ]


async def test_deltas_go_on_where_the_snapshot_was_taken(gateway: Gateway) -> None:
    """What changes after it comes on the stream of its area, as rows of the same columns, and of no other area."""
    await told(gateway, "500108001", "500101001")
    shown = await snapshot(gateway, area="500108")
    [mine] = incidents(shown, "incident_id")
    everything = incidents(await snapshot(gateway), "incident_id")
    feed = Feed("", gateway.services.database, gateway.clock, gateway.services.hubs)
    await feed.tell(changes_in(events_of(gateway, [str(one) for one in everything])))
    viewer = gateway.services.hubs.of("500108").join(shown["position"])
    frame = await asyncio.wait_for(anext(viewer.frames()), 5)
    assert frame.startswith(b"id: e1:1\nevent: delta\ndata: ")
    delta = orjson.loads(frame.split(b"data: ", 1)[1])
    assert incidents(delta | {"columns": shown["columns"]}, "incident_id") == [mine]


async def test_heat_and_ratings_reach_the_screens_that_show_them(gateway: Gateway) -> None:
    """A ranking goes to its scope; a rating to its area, its area's screen and the one right above."""
    hubs = gateway.services.hubs
    viewers = {area: hubs.of(area).join("e1:0") for area in ("500000", "500108", "500101")}
    records = [
        Read(Topic.HEAT_RANKINGS, 0, 0, NOON, b"500108", b'{"scope_code":"500108"}'),
        Read(Topic.RATINGS, 0, 0, NOON, b"500101", b'{"subject_code":"500101"}'),
        Read(Topic.RATINGS, 0, 1, NOON, b"500101:fire", b'{"subject_code":"500101:fire"}'),
    ]
    await Feed("", gateway.services.database, gateway.clock, hubs).tell(changes_in(records))
    hubs.close()
    heard = {area: b"".join([frame async for frame in one.frames()]) for area, one in viewers.items()}
    assert b'"scope_code":"500108"' in heard["500108"]
    assert b"scope_code" not in heard["500000"] + heard["500101"]
    assert b'"500101"' in heard["500000"]
    assert b"500101:fire" in heard["500101"]
    assert b"500101" not in heard["500108"]


async def test_pages_and_snapshots_are_packed_for_who_can_unpack(gateway: Gateway) -> None:
    """A script of some length comes packed, with the same words; a short answer comes as it is."""
    path = "/static/lib/i18n.js"
    packed = await gateway.client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await gateway.client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    short = await gateway.client.get("/api/session", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in short.headers


async def test_a_snapshot_and_its_stream_show_the_ratings_of_the_same_subjects(gateway: Gateway) -> None:
    """What is read at first is what is told later: itself, the areas right below, and the units of all of these."""
    for area in ("500000", "500108", "500108001"):
        assert all(is_shown_in(subject, area) for subject in rated_in(area, gateway.services))
    at_first = set(rated_in("500108", gateway.services))
    assert {"500108", "500108:fire", "500108001", "500108001:police"} <= at_first
    assert at_first.isdisjoint({"500000", "500101", "500101:fire"})


async def test_the_map_is_sent_once(gateway: Gateway) -> None:
    """Who has it is told so; the tiles are the districts in force."""
    first = await gateway.client.get("/api/screen/map", params={"style": "tiles"})
    again = await gateway.client.get(
        "/api/screen/map", params={"style": "tiles"}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert (first.json()["source"], again.status_code, again.content) == ("tiles", 304, b"")
    assert {"code", "name", "path", "label", "is_schematic", "drawn_from"} == set(first.json()["shapes"][0])


@pytest.mark.parametrize("style", ["boundaries", "tiles"])
async def test_the_map_has_every_district_of_today_and_no_retired_one(gateway: Gateway, style: str) -> None:
    """No incident is without a place on the wall: each district is drawn once, in both styles."""
    answer = (await gateway.client.get("/api/screen/map", params={"style": style})).json()
    today = area_tree().districts(beijing_day(gateway.clock.now()))
    assert [shape["code"] for shape in answer["shapes"]] == sorted(today)
    assert {"500105", "500112"}.isdisjoint(today)


async def test_the_words_say_from_which_score_each_colour_is_given(gateway: Gateway) -> None:
    """By the rulebook in force, so that the map's legend is never another's."""
    answer = (await gateway.client.get("/api/screen/words")).json()
    assert answer["rating_bands"] == gateway.services.rules().rating.bands.model_dump()


async def test_the_words_name_every_source_of_grading_in_chinese(gateway: Gateway) -> None:
    """An officer reads whence a line comes in their language, whatever the log calls it."""
    told = (await gateway.client.get("/api/screen/words")).json()["sources"]
    packs = gateway.services.rules().grading
    of_lines = {line.source for pack in packs for line in pack.lines}
    assert set(told) == of_lines | {line.source for pack in packs for line in pack.expert_lines}
    assert all(any("一" <= sign <= "鿿" for sign in name) for name in told.values())
    assert told["Order 493 of the State Council, art. 3"] == "国务院令第493号第三条"


async def test_pages_come_with_a_policy_that_lets_nothing_else_run(gateway: Gateway) -> None:
    """Every page and script; what is no file of ours is not found, however it is spelled."""
    for path in ("/sign-in", "/static/screen.css"):
        async with client_of(gateway.services, token=None) as client:
            answer = await client.get(path)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    for path in ("/static/../pages.py", "/static/%2e%2e/pages.py", "/static/", "/static/nothing.js"):
        assert (await gateway.client.get(path)).status_code == 404
