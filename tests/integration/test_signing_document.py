"""The document for those who sign: its command and its program run as they stand there."""

import asyncio
import os
import re
import sys
from pathlib import Path

from streams.access.keyring import read_keyring
from streams.store.database import Database
from tests.architecture.sources import ROOT
from tests.integration.test_engine import brokers, engine_on, until
from tests.integration.test_signed_bus import dead, heard, incident_of

__all__ = ["brokers"]

TEXT = (ROOT / "deploy/docs/signing.md").read_text()


def block(language: str) -> str:
    """The one block of that language."""
    (only,) = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    return str(only)


async def ran(folder: Path, *command: str, **variables: str) -> str:
    """What a command said that ended well."""
    beside = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=os.environ | beside | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_a_system_signs_as_the_document_says(database: Database, brokers: str, tmp_path: Path) -> None:
    """The key that its command makes, in the program that stands there: production's engine applies the decision."""
    await ran(tmp_path, "sh", "-ec", block("sh"))
    keyring = read_keyring(tmp_path / "keys.toml")
    (key,) = keyring.keys
    assert f'id = "{key.key_id}"' in block("toml")
    async with engine_on(database, brokers, tmp_path, keyring, trust_unsigned=False) as running:
        incident_id = await incident_of(running)
        named = {"BROKERS": brokers, "KEY_ID": key.key_id, "SECRET": key.secret.hex()}
        await ran(tmp_path, sys.executable, "-c", block("python"), INCIDENT_ID=incident_id, **named)

        async def is_heard() -> bool:
            return await heard(running, incident_id) == [None]

        await until(is_heard)
        assert await dead(running) == []


def test_the_entry_that_is_shown_is_one(tmp_path: Path) -> None:
    """Its fields are those that the program reads; only the secret is left out."""
    file = tmp_path / "keys.toml"
    file.write_text(block("toml").replace('"..."', f'"{os.urandom(32).hex()}"'))
    (key,) = read_keyring(file).keys
    assert key.not_before is not None
    assert key.not_after is not None
