"""Signing in, staying in, and what a cookie alone cannot do."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from models.access import Role, Someone
from models.identifiers import AreaCode
from streams.access.accounts import keep_account
from streams.access.sessions import SESSION_LASTS, new_link
from streams.gateway.security import SESSION_COOKIE
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import Gateway, client_of

WANG = Someone(person_id="wang", name="王值班", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
PASSWORD = "correct horse battery"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def browser(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A client without the token, on an installation with one account."""
    async with gateway.services.database.write() as connection:
        await keep_account(connection, WANG, PASSWORD, gateway.clock.now())
    async with client_of(gateway.services, token=None) as client:
        yield client


async def sign_in(browser: httpx.AsyncClient, **changes: str) -> httpx.Response:
    return await browser.post("/api/session", json={"person_id": "wang", "password": PASSWORD} | changes)


async def test_who_signs_in_is_known_until_signing_out(browser: httpx.AsyncClient) -> None:
    """The answer and every later one say who it is; after signing out the cookie is nobody's."""
    answer = await sign_in(browser)
    assert answer.json()["someone"]["name"] == "王值班"
    cookie = browser.cookies[SESSION_COOKIE]
    assert (await browser.get("/api/session")).json()["someone"]["area_code"] == "500108"
    assert (await browser.delete("/api/session", headers=SAME_ORIGIN)).status_code == 204
    again = await browser.get("/api/session", headers={"Cookie": f"{SESSION_COOKIE}={cookie}"})
    assert again.status_code == 401


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: httpx.AsyncClient) -> None:
    """HttpOnly and SameSite=Strict, always."""
    said = (await sign_in(browser)).headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"person_id": "nobody"}])
async def test_wrong_names_and_passwords_are_answered_alike(
    browser: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    """401, no cookie, and not a word about which of the two was wrong."""
    answer = await sign_in(browser, **changes)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "wrong name or password"
    assert "set-cookie" not in answer.headers


async def test_a_body_that_is_no_sign_in_is_refused_with_its_field(browser: httpx.AsyncClient) -> None:
    """422 that names what is missing."""
    answer = await browser.post("/api/session", json={"person_id": "wang"})
    assert (answer.status_code, answer.json()["field"]) == (422, "password")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (SAME_ORIGIN, 202),
        ({"Origin": "http://gateway"}, 202),
        ({"Sec-Fetch-Site": "cross-site"}, 401),
        ({"Sec-Fetch-Site": "same-site"}, 401),
        ({"Origin": "http://elsewhere"}, 401),
        ({}, 401),
    ],
)
async def test_another_sites_page_cannot_act_with_the_cookie(
    browser: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    """What changes something must come from our own pages; who does not say where from is turned away."""
    await sign_in(browser)
    answer = await browser.post("/api/reports", json=report(area_code="500108001"), headers=headers)
    assert answer.status_code == status


async def test_a_session_ends_by_real_time(gateway: Gateway, browser: httpx.AsyncClient) -> None:
    """Twelve hours later the cookie opens nothing."""
    await sign_in(browser)
    gateway.clock.move(SESSION_LASTS.total_seconds() - timedelta(seconds=1).total_seconds())
    assert (await browser.get("/api/session")).status_code == 200
    gateway.clock.move(1)
    assert (await browser.get("/api/session")).status_code == 401


async def test_a_link_opens_a_session_once(gateway: Gateway, browser: httpx.AsyncClient) -> None:
    """It leads to the screen and signs in; the second time it leads to the sign-in page."""
    async with gateway.services.database.write() as connection:
        link = await new_link(connection, "wang", gateway.clock.now())
    first = await browser.get("/enter", params={"link": link})
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert (await browser.get("/api/session")).json()["someone"]["person_id"] == "wang"
    second = await browser.get("/enter", params={"link": link})
    assert second.headers["location"].startswith("/sign-in")
    assert "set-cookie" not in second.headers


async def test_a_browser_that_has_not_signed_in_is_led_there(browser: httpx.AsyncClient) -> None:
    """A page leads to the sign-in; the API answers a program with 401."""
    page = await browser.get("/", headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    assert (await browser.get("/api/incidents", headers={"Accept": "text/html"})).status_code == 401
