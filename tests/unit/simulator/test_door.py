"""The door over HTTP: what passes is tried again with the same bytes, what is refused is not, a wrong token stops."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from models.identifiers import IncidentId
from streams.gateway.views import CommandList, IncidentPage, ReportPage
from streams.simulator import door as room
from streams.simulator.door import HttpDoor, NotLetIn, Outcome
from tests.unit.simulator.city import BEGAN, City, at_work
from tests.unit.simulator.test_city import PACE

TOKEN = "a-token-of-this-test"
Answer = Callable[[web.Request], Awaitable[web.Response]]


@asynccontextmanager
async def gateway(answer: Answer) -> AsyncIterator[HttpDoor]:
    """A door whose gateway gives these answers."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with HttpDoor(f"http://127.0.0.1:{runner.addresses[0][1]}", TOKEN) as door:
            yield door
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two tries."""
    monkeypatch.setattr(room, "_FIRST_PAUSE_SECONDS", 0.0)


async def test_a_report_is_sent_again_until_it_is_in() -> None:
    """After 503 and a broken connection the same bytes are sent again, with the token, until they are accepted."""
    seen: list[tuple[str, str | None, bytes]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.path, request.headers.get("Authorization"), await request.read()))
        if len(seen) == 2:
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=503 if len(seen) < 3 else 202)

    async with gateway(answer) as door:
        assert await door.report(b'{"report_id": "r-1"}') is Outcome.PENDING
    assert seen == [("/api/reports", f"Bearer {TOKEN}", b'{"report_id": "r-1"}')] * 3


@pytest.mark.parametrize(
    ("status", "outcome"), [(200, Outcome.APPLIED), (202, Outcome.PENDING), (409, Outcome.REFUSED)]
)
async def test_what_the_gateway_says_is_taken_at_its_word(status: int, outcome: Outcome) -> None:
    """In, in but not handled yet, or refused for good: each is one request."""
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=status)

    async with gateway(answer) as door:
        assert await door.report(b"{}") is outcome
    assert len(asked) == 1


async def test_a_wrong_token_stops_everything() -> None:
    """401 is not tried again: nobody will ever be let in with this token."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=401)

    async with gateway(answer) as door:
        with pytest.raises(NotLetIn, match="FENGHUO_TOKEN"):
            await door.incident(IncidentId("i-1"))


async def test_what_the_gateway_shows_is_read_page_by_page() -> None:
    """Open incidents come over all pages; incident, commands and reports are read back as they were shown."""
    city = City()
    await city.play(*at_work(city, PACE), until=BEGAN)
    (first, second, *_) = [summary async for summary in city.open_incidents()] * 2
    view, reports = await city.incident(first.incident_id), await city.reports_of(first.incident_id)
    assert view is not None
    shown = {
        "/api/incidents": IncidentPage(incidents=(first,), next_cursor="more"),
        "/api/incidents more": IncidentPage(incidents=(second,)),
        f"/api/incidents/{first.incident_id}": view,
        f"/api/incidents/{first.incident_id}/reports": ReportPage(reports=reports),
        f"/api/incidents/{first.incident_id}/commands": CommandList(as_of=BEGAN, commands=()),
    }

    async def answer(request: web.Request) -> web.Response:
        asked = " ".join([request.path, *request.query.getall("cursor", [])])
        if asked not in shown:
            return web.Response(status=404)
        return web.Response(text=shown[asked].model_dump_json(), content_type="application/json")

    async with gateway(answer) as door:
        assert [summary async for summary in door.open_incidents()] == [first, second]
        assert await door.incident(first.incident_id) == view
        assert await door.reports_of(first.incident_id) == reports
        assert await door.commands_of(first.incident_id) == ()
        assert await door.incident(IncidentId("nobody")) is None
        assert await door.reports_of(IncidentId("nobody")) == ()
