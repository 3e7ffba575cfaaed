"""Every command of ours that README and documents name is typed as it stands there, on a played installation.

What stands in capitals, and what its reader brings along, is filled in. The integrators' guide runs in
`tests/integrators`; what cannot run here is listed with where it does.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from sqlalchemy import select
from typer.core import TyperGroup

from models.tables import DEAD_LETTERS, INCIDENTS
from streams.access.api_keys import KEY_PREFIX
from streams.cli import app_of
from streams.store.database import Database
from tests.architecture.sources import ROOT
from tests.brokers.tansu import Tansu
from tests.integration.cli.conftest import Fenghuo, asked

DOCUMENTS = ROOT / "deploy" / "docs"
ELSEWHERE = {
    "conformance": "tests/integration/conformance",
    "docs build": "tests/architecture/test_generated.py",
    "topics acls": "tests/contract/kafka",
    "db archive": "tests/integration/archive",
    "accounts link": "tests/integration/cli/test_accounts.py",
    "audit verify --anchors": "tests/integration/anchors",
}
BEFORE = {
    "accounts disable wang": "accounts keep wang --name 王值班 --role duty_officer --area 500108",
    "keys list": "keys new desk-1 --area 500000 --role duty_officer --into signing-keys.toml",
    "producers disable": "producers keep grid-500108 --source grid-nanan --area 500108 --channel grid",
    "restore": "backup backups/2026-11-23",
}


def documented() -> Iterator[str]:
    """Each command as it stands, without `fenghuo` and without remarks; names of commands alone are none."""
    for page in (ROOT / "README.md", *sorted(DOCUMENTS.rglob("*.md"))):
        if page.parent.name == "integrators":
            continue
        text = page.read_text()
        blocks = "".join(re.findall(r"^```(?:sh|bash)\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
        lines = re.findall(r"^(?:\.venv/bin/)?fenghuo ([^#\n]+)", blocks, re.MULTILINE)
        yield from (one.strip() for one in [*lines, *re.findall(r"`fenghuo ([a-z][^`\n]*)`", text)])


def is_whole(line: str) -> bool:
    """It has what it needs, and would not only print how it is used."""
    words = shlex.split(line)
    found = typer.main.get_command(app_of(words[0]))
    while isinstance(found, TyperGroup):
        if not words:
            return False
        found = found.commands[words.pop(0)]
    return any(not word.startswith("-") for word in words) or not any(one.required for one in found.params)


LINES = sorted({line for line in documented() if is_whole(line) and not line.startswith(tuple(ELSEWHERE))})


async def first_ids(database: Database) -> tuple[str, str]:
    """An incident, and where a dead letter lay."""
    dead = select(
        DEAD_LETTERS.c.cluster_id, DEAD_LETTERS.c.topic, DEAD_LETTERS.c.partition, DEAD_LETTERS.c.offset
    )
    async with database.read() as connection:
        incident_id = (await connection.execute(select(INCIDENTS.c.incident_id).limit(1))).scalar_one()
        lies = (await connection.execute(dead.limit(1))).one()
    return incident_id, "/".join(str(part) for part in lies)


@pytest.fixture
def installation(fenghuo: Fenghuo, broker: Tansu, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Fenghuo:
    """Topics, a folder for files beside the data, and a report that lies in it."""
    del broker
    monkeypatch.setenv("FENGHUO_ANCHOR_FILE", str(data_dir.parent / "anchors.jsonl"))
    data_dir.chmod(0o700)
    (data_dir.parent / "deploy").symlink_to(ROOT / "deploy")
    (data_dir.parent / "backups").mkdir()
    assert fenghuo("topics", "apply").code == 0
    return fenghuo


@pytest.mark.parametrize("line", LINES)
def test_a_documented_command_does_what_it_says(line: str, installation: Fenghuo, data_dir: Path) -> None:
    """It ends well; what it needs was made by other commands of the same documents."""
    incident_id, letter = asked(data_dir, first_ids)
    stands_for = {
        "INCIDENT_ID": incident_id,
        "CLUSTER/TOPIC/PARTITION/OFFSET": letter,
        "/backups/": "backups/",
        "FOLDER": "backups/2026-11-23",
        "validate FILE": "validate deploy/schemas/examples/report.json",
        "FILE": "signing-keys.toml",
    }
    for begins, needed in BEFORE.items():
        if line.startswith(begins):
            made = installation(*shlex.split(needed))
            assert made.code == 0, (needed, made)
            if (key := re.search(rf"{KEY_PREFIX}(\w{{16}})_", made.answer)) is not None:
                stands_for["--key OLD"] = f"--key {key[1]}"
    if line.startswith("restore") and "--dry-run" not in line:
        (data_dir / "fenghuo.db").unlink()  # an empty database, as the guide wants it
    for word, meant in stands_for.items():
        line = line.replace(word, meant)
    said = installation(*shlex.split(line))
    assert said.code == 0, (line, said)
