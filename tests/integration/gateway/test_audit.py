"""The audit as auditors read it: theirs and below, by page and filter, and reading it is an entry of it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from models.access import Role, Someone
from models.identifiers import AreaCode
from models.tables import AUDIT
from streams.access.accounts import keep_account
from streams.access.audit import Outsider, SessionAct, append, entry_of
from streams.access.sessions import open_session
from streams.gateway.security import SESSION_COOKIE
from tests.databases.meddling import lift_guards
from tests.fakes.clock import NOON
from tests.integration.gateway.conftest import Gateway, client_of

ON_BOTH_DATABASES = True

AREAS = ("500000", "500108", "500108001", "500108001002", "500101", "500112")
Entries = list[dict[str, Any]]


class Auditors:
    """The auditor of each area, signed in."""

    def __init__(self, client: httpx.AsyncClient, cookies: dict[str, str]) -> None:
        self._client = client
        self._cookies = cookies

    async def ask(self, of: str, path: str = "/api/audit", **filters: str) -> httpx.Response:
        headers = {"Cookie": f"{SESSION_COOKIE}={self._cookies[of]}"}
        return await self._client.get(path, params=filters, headers=headers)

    async def read(self, of: str, **filters: str) -> Entries:
        entries: Entries = (await self.ask(of, **filters)).json()["entries"]
        return entries


@pytest.fixture
async def auditors(gateway: Gateway) -> AsyncIterator[Auditors]:
    cookies = {}
    async with gateway.services.database.write() as connection:
        for area in ("500000", "500108", "500108001", "500157"):
            who = Someone(
                person_id=f"auditor-{area}", name="钱审计", role=Role.AUDITOR, area_code=AreaCode(area)
            )
            await keep_account(connection, who, None, NOON)
            cookies[area] = await open_session(connection, who.person_id, gateway.clock.now())
        for number, lies in enumerate((*AREAS, None)):
            is_allowed = number != 4
            asker, act = Outsider.COMMAND_LINE, SessionAct.USE_LINK
            await append(connection, entry_of(asker, act, lies, str(number), allowed=is_allowed, at=NOON))
    async with client_of(gateway.services, token=None) as client:
        yield Auditors(client, cookies)


def subjects(entries: Entries) -> list[int]:
    """The numbers of the fixture's entries among these, in their order."""
    return [int(one["subject"]) for one in entries if one["act"] == "use_link"]


@pytest.mark.parametrize(
    ("area", "seen"),
    [("500000", [6, 5, 4, 3, 2, 1, 0]), ("500108", [3, 2, 1]), ("500108001", [3, 2]), ("500157", [5])],
)
async def test_an_auditor_sees_their_own_area_and_below(
    auditors: Auditors, area: str, seen: list[int]
) -> None:
    """Latest first; communities lie in their township, a retired district where its successor does."""
    assert subjects(await auditors.read(area)) == seen


async def test_a_wider_area_is_not_there(auditors: Auditors) -> None:
    """Up and across there is no audit; a narrower one may be named."""
    assert (await auditors.ask("500108", area="500000")).status_code == 404
    assert (await auditors.ask("500108", area="500101")).status_code == 404
    assert subjects(await auditors.read("500108", area="500108001")) == [3, 2]


async def test_filters_narrow_together(auditors: Auditors) -> None:
    """By who, what, how it ended and when; a word that no filter knows is refused."""
    assert subjects(await auditors.read("500000", outcome="denied", act="use_link")) == [4]
    assert await auditors.read("500000", person="nobody") == []
    assert subjects(await auditors.read("500000", to=NOON.isoformat())) == []
    assert len(subjects(await auditors.read("500000", **{"from": NOON.isoformat()}))) == len(AREAS) + 1
    assert (await auditors.ask("500000", outcome="perhaps")).status_code == 400
    assert (await auditors.ask("500000", role="auditor")).status_code == 400


async def test_pages_hold_every_entry_once_though_reading_adds_more(auditors: Auditors) -> None:
    """Two at a time: each page is written down, above where the next one begins."""
    asked, found = {"act": "use_link", "limit": "2"}, []
    while True:
        page = (await auditors.ask("500000", **asked)).json()
        found += subjects(page["entries"])
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert found == [6, 5, 4, 3, 2, 1, 0]
    reads = [one for one in await auditors.read("500000") if one["act"] == "read_audit"]
    assert [(one["person_id"], one["area_code"]) for one in reads] == [("auditor-500000", "500000")] * 5


async def test_a_cursor_is_good_for_its_own_query_alone(auditors: Auditors) -> None:
    """Neither another filter nor another area goes on from it."""
    cursor = (await auditors.ask("500000", limit="1")).json()["next_cursor"]
    for area, asked in (("500000", {"act": "report"}), ("500108", {})):
        answer = await auditors.ask(area, cursor=cursor, limit="1", **asked)
        assert answer.json()["code"] == "bad_cursor"


async def test_the_chain_is_followed_on_asking(gateway: Gateway, auditors: Auditors) -> None:
    """Whole with its length and head; after a change by hand, the entry that is not as it was written."""
    whole = (await auditors.ask("500108", "/api/audit/chain")).json()
    [latest] = await auditors.read("500000", limit="1")
    assert (whole["is_whole"], whole["entries"], whole["head"]) == (True, 8, latest["previous"])
    async with gateway.services.database.write() as connection:
        await lift_guards(connection)
        await connection.execute(update(AUDIT).where(AUDIT.c.seq == 3).values(outcome="denied"))
    broken = (await auditors.ask("500108", "/api/audit/chain")).json()
    assert (broken["is_whole"], broken["entries"], broken["broken_at"]) == (False, 2, 3)
