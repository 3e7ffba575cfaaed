"""Desks: people who have signed in at a gateway, each with a client of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from models.access import Role, Someone
from models.identifiers import AreaCode
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.gateway.security import SESSION_COOKIE
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import Body, decision
from tests.integration.gateway.conftest import Gateway, client_of

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Desk:
    """One person at their screen."""

    someone: Someone
    client: httpx.AsyncClient

    async def decides(self, incident_id: str, action: str, **changes: object) -> httpx.Response:
        """Send a decision in one's own name."""
        said = {"decision_id": f"{action}-{self.someone.person_id}", "action": action, "reason": "因"}
        officer = {"id": self.someone.person_id, "name": self.someone.name}
        body: Body = decision(**said | {"officer": officer, "area_code": self.someone.area_code} | changes)
        return await self.client.post(f"/api/incidents/{incident_id}/decisions", json=body)

    async def proposals(self) -> list[dict[str, object]]:
        """What this person's screen lists."""
        listed: list[dict[str, object]] = (await self.client.get("/api/proposals")).json()["proposals"]
        return listed

    async def countersigns(self, message_id: str) -> httpx.Response:
        """Stand behind another's decision."""
        return await self.client.post(f"/api/proposals/{message_id}/countersign", json={})

    async def declines(self, message_id: str, reason: str = "不必") -> httpx.Response:
        """Decline another's decision."""
        return await self.client.post(f"/api/proposals/{message_id}/decline", json={"reason": reason})

    async def sees(self, incident_id: str) -> dict[str, object]:
        """The incident as this person's screen shows it."""
        view: dict[str, object] = (await self.client.get(f"/api/incidents/{incident_id}")).json()
        return view


@asynccontextmanager
async def desks_at(gateway: Gateway, *people: tuple[str, Role, str]) -> AsyncIterator[list[Desk]]:
    """Sign these people in: (id, role, area)."""
    async with AsyncExitStack() as stack:
        yield [await _desk(gateway, stack, *person) for person in people]


async def _desk(gateway: Gateway, stack: AsyncExitStack, person_id: str, role: Role, area_code: str) -> Desk:
    someone = Someone(person_id=person_id, name=f"{person_id}同志", role=role, area_code=AreaCode(area_code))
    async with gateway.services.database.write() as connection:
        await keep_account(connection, someone, None, NOON)
        cookie = await open_session(connection, person_id, gateway.clock.now())
    client = await stack.enter_async_context(client_of(gateway.services, token=None))
    client.cookies.set(SESSION_COOKIE, cookie)
    client.headers.update(SAME_ORIGIN)
    return Desk(someone, client)
