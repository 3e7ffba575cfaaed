"""The guides of operators and integrators: their commands are commands, their paths are there, what can be is run."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.messages.command import Command
from streams.check.violation import Invariant
from tests.architecture.sources import ROOT
from tests.deploy.held import DEPLOY, missing, routes, unknown_settings, why_no_command
from tests.deploy.test_systemd import UNITS

GUIDES = {name: (DEPLOY / "docs" / name).read_text() for name in ("operators.md", "integrators/README.md")}
PAGES = [ROOT / "README.md", *sorted((DEPLOY / "docs").rglob("*.md"))]
NAMED = {name: re.findall(r"`([^`\n]+)`", text) for name, text in GUIDES.items()}


def commands(text: str) -> Iterator[list[str]]:
    """Every line of the shell blocks, as words."""
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            yield shlex.split(line)


def ours(text: str) -> Iterator[list[str]]:
    """The words after `fenghuo`, wherever a command of ours stands: in blocks, in containers, in the text."""
    for words in [*commands(text), *map(str.split, re.findall(r"`(fenghuo [a-z][^`]*)`", text))]:
        if words[0] == "fenghuo" or words[:2] == ["docker", "compose"]:
            yield from [words[words.index("fenghuo") + 1 :]] if "fenghuo" in words else []


@pytest.mark.parametrize("guide", GUIDES)
def test_its_commands_are_ours(guide: str) -> None:
    """Each `fenghuo ...` would be understood as it stands."""
    told = [why_no_command(words) for words in ours(GUIDES[guide])]
    assert len(told) > 5
    assert [one for one in told if one] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_what_it_names_is_there(guide: str) -> None:
    """Paths of the source tree, links, settings and routes are real."""
    links = re.findall(r"\]\(([^)#:]+)\)", GUIDES[guide])
    assert missing(links, (DEPLOY / "docs" / guide).parent) == []
    brought = ("deploy/compose/.env", "deploy/compose/secrets", "deploy/compose/")
    paths = {
        one
        for one in re.findall(r"(?<![\w/.])deploy/[\w./@-]+", GUIDES[guide])
        if not one.startswith(brought[:2])
    }
    assert paths or guide != "operators.md"
    assert missing(sorted(one.rstrip(".") for one in paths)) == []
    assert unknown_settings(re.findall(r"\bFENGHUO_[A-Z_]+[A-Z]\b", GUIDES[guide])) == []
    asked = re.findall(r"`(?:(?:GET|POST) )?(/[a-z/]+)`", GUIDES[guide])
    assert [
        path
        for path in asked
        if path not in routes() and not path.startswith(("/opt", "/etc", "/var", "/usr"))
    ] == []


def test_the_units_that_it_installs_are_all() -> None:
    """Nobody is left with a unit that is started and was never installed."""
    started = {
        word.replace("@1", "@")
        for words in commands(GUIDES["operators.md"])
        if words[0] == "systemctl"
        for word in words
    }
    assert {unit.name for unit in UNITS} == {word for word in started if word.endswith(".service")}
    installed = {
        Path(word).name for words in commands(GUIDES["operators.md"]) for word in words if "systemd/" in word
    }
    assert {unit.name for unit in UNITS} <= installed


def test_the_fields_that_units_are_told_of_are_fields() -> None:
    """What the integrator's guide says of a command is said in the words of the contract."""
    fields = {"command_id", "acknowledge_by", "retracts", "exercise"}
    assert fields <= set(Command.model_fields)
    assert all(field in GUIDES["integrators/README.md"] for field in fields)


def test_the_secrets_are_made_as_it_says(tmp_path: Path) -> None:
    """Its first block runs: a random secret, a key that may do what a gateway must, and the list without the secret."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    block = re.findall(r"^```sh\n(.*?)^```", GUIDES["operators.md"], re.DOTALL | re.MULTILINE)[0]
    path = f"{ROOT / '.venv/bin'}:/usr/bin:/bin"
    done = subprocess.run(
        ["sh", "-ec", block], cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "gateway-1" in done.stdout
    assert (tmp_path / "signing-keys.toml").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_a_section_find_it(page: Path) -> None:
    """A link with an anchor, here or on another page, leads to a heading that is there."""
    lost = [
        f"{path}#{anchor}"
        for path, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", page.read_text())
        if anchor not in anchors((page.parent / path).resolve() if path else page)
    ]
    assert lost == []


def anchors(page: Path) -> set[str]:
    """What leads to each heading of a page: its words in lower case, joined by hyphens, without punctuation."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_what_must_always_hold_is_told() -> None:
    """Each invariant that `fenghuo check` names is explained to whoever reads its answer."""
    told = dict(
        re.findall(r"^\| (I\d+) \| (.+) \|$", (DEPLOY / "docs/architecture.md").read_text(), re.MULTILINE)
    )
    assert told.keys() == set(Invariant)
    assert min(map(len, told.values())) > 20


def test_every_room_of_the_program_is_placed() -> None:
    """The architecture names each package of the world and each folder of the tests."""
    text = (DEPLOY / "docs/architecture.md").read_text()
    rooms = {
        path.parent.name for room in ("streams", "tests") for path in (ROOT / room).glob("*/__init__.py")
    }
    assert {room for room in rooms if not re.search(rf"\b{room}\b", text)} == set()
