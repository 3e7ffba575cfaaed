"""The document for those who connect: its commands and programs run as they stand there."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from shutil import which

import pytest

from models.identifiers import AreaCode, SourceId
from models.producers import Producer
from models.vocabulary import Channel
from streams.access.api_keys import keep_key
from streams.clock import WallClock
from streams.gateway.api import create_app
from streams.program.server import Server
from tests.architecture.sources import ROOT
from tests.integration.gateway.conftest import Gateway
from tests.servers import skip_unless_ci

TEXT = (ROOT / "deploy/docs/access.md").read_text()
NANAN = Producer(
    producer_id="grid-500108",
    source_ids=(SourceId("grid-nanan"),),
    area_code=AreaCode("500108"),
    channels=(Channel.GRID,),
    per_minute=600,
)


def block(language: str, beginning: str) -> str:
    """The one block of that language that begins so."""
    found = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    (only,) = [one for one in found if one.startswith(beginning)]
    return str(only)


@dataclass(frozen=True)
class Shell:
    """A shell on another machine, with a gateway's address and keys in its environment."""

    environment: dict[str, str]

    async def run(self, *command: str) -> tuple[int, str]:
        """The exit code, and all that was said."""
        process = await asyncio.create_subprocess_exec(
            *command,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()


@pytest.fixture
async def gateway_port(gateway: Gateway) -> AsyncIterator[int]:
    """A gateway on a port of this machine, which lives by real time as those who call it do."""
    services = replace(gateway.services, clock=WallClock(), wall=WallClock())
    server = Server(create_app(services), "127.0.0.1", 0)
    running = asyncio.create_task(server.run())
    yield server.port
    server.stop()
    await running


@pytest.fixture
async def shell(gateway: Gateway, gateway_port: int) -> Shell:
    now = WallClock().now()
    async with gateway.services.database.write() as connection:
        plain = await keep_key(connection, NANAN, now + timedelta(days=1), now, is_signed=False)
        signing = await keep_key(connection, NANAN, now + timedelta(days=1), now, is_signed=True)
    assert signing.signing_key is not None
    environment = {
        "PATH": os.environ["PATH"],
        "GATEWAY_URL": f"http://127.0.0.1:{gateway_port}",
        "PRODUCER_KEY": plain.word,
        "SIGNED_KEY": signing.word,
        "PRODUCER_SIGNING_KEY": signing.signing_key,
    }
    return Shell(environment)


async def test_a_report_with_curl_is_accepted(shell: Shell) -> None:
    """As the document has it, from a shell; its topic is the answer's."""
    if which("curl") is None:
        skip_unless_ci("curl is not installed")
    script = block("sh", "reported_at=") + block("sh", "curl ")
    code, said = await shell.run("sh", "-c", script)
    assert code == 0, said
    assert '"topic":"reports' in said


async def test_the_curl_of_the_document_run_again_later_counts_once(shell: Shell) -> None:
    """The same report again is accepted under the same name; a clock read anew each time would make it a conflict."""
    if which("curl") is None:
        skip_unless_ci("curl is not installed")
    another_moment_each_time = "date() { command date -u +%Y-%m-%dT%H:%M:%S.%NZ; }\n"
    twice = block("sh", "reported_at=") + 2 * block("sh", "curl ")
    code, said = await shell.run("sh", "-ec", another_moment_each_time + twice)
    assert code == 0, said
    names = re.findall(r'"message_id":"([^"]+)"', said)
    assert len(names) == 2
    assert len(set(names)) == 1


async def test_the_account_of_the_document_has_a_way_in(shell: Shell) -> None:
    """Whoever is made without a password is given a link, in the same block; the commands and options exist."""
    made, linked = (line.split() for line in block("sh", "fenghuo accounts").splitlines())
    assert made[:3] == ["fenghuo", "accounts", "keep"]
    assert linked == ["fenghuo", "accounts", "link", made[3]]
    program = str(Path(sys.executable).with_name("fenghuo"))
    for line in (made, linked):
        code, told = await shell.run(program, *line[1:3], "--help")
        assert code == 0, told
        assert [word for word in line if word.startswith("--") and word not in told] == []


async def test_a_signed_report_from_a_program_is_accepted(shell: Shell) -> None:
    """With the key that demands it, from Python's own library; without its signing key the same is refused."""
    environment = shell.environment | {"PRODUCER_KEY": shell.environment["SIGNED_KEY"]}
    code, said = await Shell(environment).run(sys.executable, "-c", block("python", "import "))
    assert code == 0, said
    assert said.startswith("202 ")
    wrong = Shell(environment | {"PRODUCER_SIGNING_KEY": "another"})
    code, said = await wrong.run(sys.executable, "-c", block("python", "import "))
    assert code != 0
    assert "401" in said


def test_the_settings_that_the_document_names_are_settings() -> None:
    """Every FENGHUO_ word of it is in .env.example."""
    named = set(re.findall(r"FENGHUO_[A-Z_]+", TEXT))
    assert named - set(re.findall(r"FENGHUO_[A-Z_]+", (ROOT / ".env.example").read_text())) == set()
    assert len(named) > 5
