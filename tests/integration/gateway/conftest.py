"""A gateway over a real SQLite database, a client that knows its token, and an engine that works when told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
from obstore.store import MemoryStore

from streams.access.signing import Signer
from streams.attachments.store import AttachmentStore
from streams.attachments.taking_in import AttachmentDesk
from streams.cockpit.hub import Hubs
from streams.cockpit.map import Maps
from streams.gateway.api import create_app
from streams.gateway.services import Services
from streams.program.readiness import Component, Readiness
from streams.store.database import Database
from tests.fakes.clock import ManualClock
from tests.fakes.signing import KEYRING
from tests.integration.gateway.engine import Engine
from workflows.rulebook_file import default_rulebook

TOKEN = "a-token-for-tests-only"


class Nudges:
    """Counts how often the outbox was to be published at once."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@dataclass(frozen=True)
class Gateway:
    """The gateway's app and client, and the rooms around it that a test looks into."""

    services: Services
    client: httpx.AsyncClient
    engine: Engine
    clock: ManualClock
    nudges: Nudges
    readiness: Readiness


@pytest.fixture
async def gateway(database: Database) -> AsyncIterator[Gateway]:
    async with gateway_over(database) as opened:
        yield opened


@asynccontextmanager
async def gateway_over(database: Database) -> AsyncIterator[Gateway]:
    """A gateway over this database that waits for no outcome: what it has not got at once is pending."""
    clock, nudges, readiness = ManualClock(), Nudges(), Readiness([Component.DATABASE, Component.BROKER])
    services = Services(
        database=database,
        clock=clock,
        wall=clock,
        readiness=readiness,
        rules=default_rulebook,
        nudge=nudges,
        token=TOKEN,
        hubs=Hubs(lambda: "e1"),
        maps=Maps(None),
        attachments=AttachmentDesk(AttachmentStore(MemoryStore())),
        signer=Signer(KEYRING, clock),
        outcome_within_seconds=0.0,
    )
    async with client_of(services) as client:
        yield Gateway(services, client, Engine(database, clock), clock, nudges, readiness)


def client_of(
    services: Services, token: str | None = TOKEN, peer: str = "127.0.0.1", *, raises: bool = False
) -> httpx.AsyncClient:
    """A client of a gateway over these services; `peer` is the address that it seems to come from.

    With `raises`, what the server would log as an error is raised.
    """
    transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=raises, client=(peer, 5_000))
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=headers)
