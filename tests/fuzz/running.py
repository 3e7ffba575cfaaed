"""A gateway in a thread of its own, on a real port, with a city in it that the requests can speak about.

The requests are made by Hypothesis, which knows no event loop. Never in here: what is asked or held against it.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models.access import Role, Someone
from models.identifiers import AreaCode
from streams.access.accounts import keep_account
from streams.access.sessions import open_session
from streams.gateway.api import create_app
from streams.gateway.rates import Limits
from streams.gateway.security import SESSION_COOKIE
from streams.program.readiness import Component
from streams.program.server import Server
from streams.store.database import Database
from streams.store.migrations import upgrade
from tests import pictures
from tests.fakes.clock import NOON
from tests.integration.gateway.bodies import decision, report
from tests.integration.gateway.conftest import TOKEN, Gateway, gateway_over

_UNLIMITED = Limits(requests=1_000_000, sign_ins=1_000_000)
Headers = dict[str, str]


@dataclass
class Running:
    """Where it answers, what it says of itself, who may ask, and ids that are there, by their names in paths."""

    url: str = ""
    document: dict[str, Any] = field(default_factory=dict)
    callers: Mapping[str, Headers] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def gateway_in_a_thread(folder: Path) -> Iterator[Running]:
    """It answers until the end of the block; what fails in it fails the block."""
    running, is_up, stop = Running(), threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(_serve(folder, running, is_up, stop))
        except BaseException as fault:  # noqa: BLE001 - handed to the thread that waits
            failed.append(fault)
            is_up.set()

    thread = threading.Thread(target=work)
    thread.start()
    is_up.wait()
    try:
        if not failed:
            yield running
    finally:
        stop.set()
        thread.join()
    if failed:
        raise failed[0]


async def _serve(folder: Path, running: Running, is_up: threading.Event, stop: threading.Event) -> None:
    database = Database(f"sqlite+aiosqlite:///{folder / 'fuzz.db'}")
    await upgrade(database)
    async with gateway_over(database) as gateway:
        running.ids = await _a_city(gateway)
        for component in (Component.DATABASE, Component.BROKER):
            gateway.readiness.ready(component)
        running.callers = {
            "token": {"Authorization": f"Bearer {TOKEN}"},
            "session": {"Cookie": await _cookie(gateway), "Sec-Fetch-Site": "same-origin"},
        }
        app = create_app(replace(gateway.services, limits=_UNLIMITED))
        running.document = app.openapi()
        server = Server(app, "127.0.0.1", 0)
        running.url = f"http://127.0.0.1:{server.port}"
        task = asyncio.create_task(server.run())
        is_up.set()
        await asyncio.to_thread(stop.wait)
        server.stop()
        await task
    await database.close()


async def _a_city(gateway: Gateway) -> Mapping[str, str]:
    client = gateway.client
    picture = await client.post(
        "/api/attachments", content=pictures.jpeg(), headers={"Content-Type": "image/jpeg"}
    )
    digest = str(picture.json()["digest"])
    named = [{"digest": digest, "media_type": "image/jpeg", "name": "现场.jpg"}]
    await client.post("/api/reports", json=report(urgent=True, attachments=named))
    await gateway.engine.settle()
    incident_id = (await client.get("/api/incidents")).json()["incidents"][0]["incident_id"]
    commands = (await client.get(f"/api/incidents/{incident_id}/commands")).json()["commands"]
    decided = await client.post(f"/api/incidents/{incident_id}/decisions", json=decision())
    await gateway.engine.settle()
    return {
        "incident_id": incident_id,
        "command_id": commands[0]["command"]["command_id"],
        "unit_code": commands[0]["command"]["unit_code"],
        "message_id": decided.json()["message_id"],
        "digest": digest,
        "source_id": "grid-1",
        "report_id": "r-1",
    }


async def _cookie(gateway: Gateway) -> str:
    commander = Someone(person_id="commander", name="王", role=Role.COMMANDER, area_code=AreaCode("500108"))
    async with gateway.services.database.write() as connection:
        await keep_account(connection, commander, None, NOON)
        return f"{SESSION_COOKIE}={await open_session(connection, commander.person_id, gateway.clock.now())}"
