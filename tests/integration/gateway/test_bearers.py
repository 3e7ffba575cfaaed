"""People with a token of the identity provider: whom the door lets in by it, and what ends that."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from models.access import Role, Someone
from models.identifiers import AreaCode
from models.tables import AUDIT
from streams.access.accounts import disable_account, keep_account
from streams.gateway.rates import Limits
from tests.fakes.provider import IdentityProvider, claims_of
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import TOKEN, Gateway, client_of

WANG = Someone(person_id="wang", name="王值班", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))


@dataclass(frozen=True)
class Door:
    """A gateway that trusts a provider, and a client without any word of its own."""

    gateway: Gateway
    provider: IdentityProvider
    client: httpx.AsyncClient

    async def ask(self, token: str, path: str = "/api/session") -> httpx.Response:
        return await self.client.get(path, headers={"Authorization": f"Bearer {token}"})

    def token(self, **changes: object) -> str:
        return self.provider.issue(claims_of(WANG, self.gateway.clock.now(), **changes))


@pytest.fixture
async def door(gateway: Gateway, tmp_path: Path) -> AsyncIterator[Door]:
    provider = IdentityProvider(tmp_path)
    services = replace(gateway.services, tokens=provider.tokens(), limits=Limits(requests=5))
    async with client_of(services, token=None) as client:
        yield Door(gateway, provider, client)


async def test_a_token_says_who_calls(door: Door) -> None:
    """No account is needed here: the provider's word is enough, and the installation's token still counts."""
    answer = await door.ask(door.token())
    assert answer.json()["someone"] == WANG.model_dump(mode="json")
    assert (await door.ask(TOKEN)).json()["someone"] is None


async def test_what_is_wrong_with_a_token_is_told(door: Door) -> None:
    """401 with the claim that is wrong, and not one of its values."""
    answer = await door.ask(door.token(aud="another-program"))
    assert (answer.status_code, answer.json()["field"]) == (401, "Authorization")
    assert "aud" in answer.json()["detail"]
    assert "another-program" not in answer.text
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_ends_by_real_time(door: Door) -> None:
    """Five minutes and the half that clocks may differ by; then the same token is nobody's."""
    token = door.token()
    door.gateway.clock.move(329)
    assert (await door.ask(token)).status_code == 200
    door.gateway.clock.move(1)
    assert (await door.ask(token)).status_code == 401


async def test_whoever_acts_with_a_token_stands_in_the_audit(door: Door) -> None:
    """By their own id and role, as with a session; no page of another site can send a token along."""
    headers = {"Authorization": f"Bearer {door.token()}", "Sec-Fetch-Site": "cross-site"}
    assert (await door.client.post("/api/reports", json=report(), headers=headers)).status_code == 202
    assert await written(door) == [("wang", "duty_officer", "report", "allowed")]


async def test_a_closed_account_ends_every_token_at_once(door: Door) -> None:
    """Whatever the provider still signs: 401, written down under the person's name; and back with the account."""
    token = door.token()
    async with door.gateway.services.database.write() as connection:
        await keep_account(connection, WANG, None, door.gateway.clock.now())
        await disable_account(connection, "wang")
    assert (await door.ask(token)).status_code == 401
    assert await written(door) == [("wang", "duty_officer", "use_token", "denied")]
    async with door.gateway.services.database.write() as connection:
        await keep_account(connection, WANG, None, door.gateway.clock.now())
    assert (await door.ask(token)).status_code == 200


async def test_who_is_out_cannot_fill_the_audit(door: Door) -> None:
    """Knocking on is answered with 429 after a few times, and that is not written down."""
    async with door.gateway.services.database.write() as connection:
        await keep_account(connection, WANG, None, door.gateway.clock.now())
        await disable_account(connection, "wang")
    statuses = [(await door.ask(door.token())).status_code for _ in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    assert len(await written(door)) == 5


async def test_without_a_provider_a_token_is_nobodys(gateway: Gateway, door: Door) -> None:
    """401 like any other word, however good the token would be elsewhere."""
    async with client_of(gateway.services, token=door.token()) as client:
        assert (await client.get("/api/session")).status_code == 401


async def written(door: Door) -> list[tuple[str, str, str, str]]:
    async with door.gateway.services.database.read() as connection:
        rows = await connection.execute(select(AUDIT).order_by(AUDIT.c.seq))
        return [(row.person_id, row.role, row.act, row.outcome) for row in rows]
