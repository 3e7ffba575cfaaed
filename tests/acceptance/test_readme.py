"""What the README says is done, word for word, beside the program that its first command starts.

Only three things are changed: the data folder and the port, so that nobody's own program is touched, and the recipe
of `make run` is run without make around it, which could not be ended with the test. `make test` is what runs this.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.acceptance.program import Program
from tests.architecture.sources import ROOT
from tests.servers import skip_unless_ci

pytestmark = pytest.mark.timeout(180)
README = (ROOT / "README.md").read_text()
BLOCKS = [block.strip().splitlines() for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL)]
LOOKS = next(block for block in BLOCKS if any("curl" in line for line in block))
README_PORT = "8600"
_MADE_BY = re.compile(r"`FENGHUO_DATA_DIR=(\S+) make run ARGS=\"([^\"]+)\"`")


def recipe(arguments: str) -> str:
    """What `make run` does once its environment stands: that is the one in which the tests run."""
    told = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "--assume-old=.venv/.run", "run", f"ARGS={arguments}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program as `make run` starts it, in a folder where the README's relative paths lead somewhere."""
    command = recipe("--speed 200")
    if shutil.which("curl") is None:
        skip_unless_ci("the README's second shell needs curl")
    folder = tmp_path_factory.mktemp("readme")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    program = Program(folder, data_dir=folder / ".fenghuo", token="")
    program.start_with(["bash", "-c", command], ROOT)
    program.await_ready()
    program.use_token((folder / ".fenghuo" / "token").read_text())
    query = "/api/incidents?status=closed"
    program.await_that(lambda: program.http.get(query).json()["incidents"] != [], "an incident is closed", 60)
    yield program
    program.close()


def said(program: Program, script: str) -> str:
    """What a shell in the folder answers; every command in it must succeed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(README_PORT, str(program.port))],
        cwd=program.folder,
        env=program.environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_make_starts_prints_its_url_and_token(program: Program) -> None:
    """The person at the terminal learns where it is and how to be let in."""
    told = program.log.read_text()
    assert program.url in told
    assert (program.folder / ".fenghuo" / "token").read_text() in told


def test_the_second_shell_sees_what_the_readme_says(program: Program) -> None:
    """Each line of the block succeeds; the curl lines show closed incidents and heat."""
    token, *looks = LOOKS
    answers = [said(program, f"{token}\n{line}") for line in looks]
    incidents, heat, *_ = map(orjson.loads, answers[:2])
    assert {one["status"] for one in incidents["incidents"]} == {"closed"}
    assert "entries" in heat
    assert answers[2].strip()


def test_the_commands_named_beside_it_work(program: Program) -> None:
    """Everything after "also:" can be typed as it stands, with an id and a topic filled in."""
    (line,) = [line for line in LOOKS if "also:" in line]
    command, _, others = line.partition("#")
    incident_id = orjson.loads(program.http.get("/api/incidents", params={"limit": 1}).content)["incidents"][
        0
    ]
    for other in others.replace("also:", "").split(","):
        filled = other.replace("ID", incident_id["incident_id"]).replace("TOPIC", "disposal-commands")
        assert said(program, command.replace("incidents", filled)).strip()


def test_the_other_way_to_start_is_one(tmp_path: Path) -> None:
    """Started as the README says, in a folder of its own at wall time, it becomes ready and stops."""
    ((folder, arguments),) = _MADE_BY.findall(README)
    other = Program(tmp_path, data_dir=tmp_path / folder, token="")
    other.start_with(["bash", "-c", recipe(arguments)], ROOT)
    try:
        other.await_ready()
    finally:
        other.close()


def test_every_path_that_it_names_is_there() -> None:
    """Links lead somewhere, and so do the tests that prove the promises."""
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    named = re.findall(r"\btests/[\w/]+(?:\.\w+)?", README)
    made_later = {"tests/bench/results.csv"} if os.environ.get("CI") is None else set()
    assert {path for path in {*links, *named} if not (ROOT / Path(path)).exists()} - made_later == set()
