"""The Dockerfile, read as Docker reads it and held to the program; in CI its steps are done in a clean folder."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from streams.settings import Settings
from tests.architecture.sources import ROOT
from tests.deploy.held import DEPLOY, missing, routes, run_with, unknown_settings, why_no_command

FROM_THE_START = Path("/opt/fenghuo")
NOBODY = 65_534


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word, and the rest with its lines joined."""

    word: str
    rest: str


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile in order; comments and continued lines are dealt with."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [Instruction(*line.split(None, 1)) for line in joined.splitlines() if line.strip()]


EVERY = instructions((DEPLOY / "Dockerfile").read_text())
_SECOND = [number for number, one in enumerate(EVERY) if one.word == "FROM"][1]
BUILD, FINAL = EVERY[:_SECOND], EVERY[_SECOND:]


def said(stage: list[Instruction], word: str) -> list[str]:
    return [one.rest for one in stage if one.word == word]


def environment(stage: list[Instruction]) -> dict[str, str]:
    pairs = [pair.partition("=") for rest in said(stage, "ENV") for pair in shlex.split(rest)]
    return {name: value for name, _, value in pairs}


def copied(stage: list[Instruction]) -> Iterator[tuple[str, str]]:
    for rest in said(stage, "COPY"):
        if not rest.startswith("--from"):
            source, target = rest.split()
            yield source, target


def test_what_it_copies_is_there_and_let_in() -> None:
    """Every source is in the repository and in .dockerignore's short list, and nothing else is let in."""
    sources = [source for source, _ in copied(BUILD)]
    assert missing(sources) == []
    let_in = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(let_in) == sorted(sources)


def test_every_package_is_pinned() -> None:
    """Each installing step goes by hashes, or fetches nothing; and each stage begins with an image of a version."""
    steps = [step for rest in said(BUILD, "RUN") for step in rest.split("&&")]
    installing = [step for step in steps if re.search(r"pip (install|sync)", step)]
    assert len(installing) == 3
    for step in installing:
        assert "--require-hashes" in step or {"--no-deps", "--offline"} <= set(step.split()), step
    assert said(EVERY, "ARG") == ["PYTHON_IMAGE=python:3.11-slim-bookworm", "LOCK=run"]
    assert [rest.split()[0] for rest in said(EVERY, "FROM")] == ["${PYTHON_IMAGE}"] * 2


def test_it_runs_the_program_and_not_as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """User, port, command, settings and health check are those of the program."""
    assert said(FINAL, "USER") == ["10001:10001"]
    words = FINAL.index(Instruction("USER", "10001:10001"))
    assert words < [one.word for one in FINAL].index("ENTRYPOINT")
    assert json.loads(said(FINAL, "ENTRYPOINT")[0]) == ["fenghuo"]
    assert why_no_command(json.loads(said(FINAL, "CMD")[0])) is None
    assert said(FINAL, "EXPOSE") == [str(Settings.model_fields["http_port"].default)]
    ours = {name: value for name, value in environment(FINAL).items() if name.startswith("FENGHUO_")}
    assert unknown_settings(ours) == []
    assert str(run_with(ours, monkeypatch).data_dir) == said(FINAL, "WORKDIR")[0]
    (asked,) = re.findall(r"http://127\.0\.0\.1:8600(/\w+)", said(FINAL, "HEALTHCHECK")[0])
    assert asked in routes()


def test_a_continued_line_is_one_instruction() -> None:
    """Comments within and backslashes at the end of lines do not cut an instruction in two."""
    assert instructions("RUN a \\\n# why\n  && b\nUSER 1\n") == [
        Instruction("RUN", "a    && b"),
        Instruction("USER", "1"),
    ]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(
    os.environ.get("CI") != "true", reason="takes a minute and fetches every package; CI does it"
)
def test_its_steps_can_be_done() -> None:
    """Done in a clean folder they leave a program that one who is not root, and may write nowhere in it, can use."""
    folder = Path(tempfile.mkdtemp(prefix="fenghuo-image-"))
    try:
        folder.chmod(0o755)
        _build(folder)
        told = _as_nobody(folder, "version")
        assert told.startswith("fenghuo ")
        (folder / "data").mkdir()
        os.chown(folder / "data", NOBODY, NOBODY)
        assert _as_nobody(folder, "db", "upgrade") == "the database is of this version\n"
    finally:
        shutil.rmtree(folder)


def _build(folder: Path) -> None:
    for one in BUILD:
        if one.word == "COPY":
            source, target = one.rest.split()
            _copy(ROOT / source, folder / target)
        elif one.word == "RUN":
            script = one.rest.replace(str(FROM_THE_START), str(folder)).replace(
                "python3 ", f"{sys.executable} "
            )
            variables = {**os.environ, **environment(BUILD), **_index()}
            subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=variables, check=True)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _index() -> dict[str, str]:
    """Where this machine has packages from: uv reads other settings than pip."""
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    mirror = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    certificate = os.environ.get("PIP_CERT", "")
    return {
        **({"UV_DEFAULT_INDEX": mirror} if mirror else {}),
        **({"SSL_CERT_FILE": certificate} if certificate else {}),
        "UV_HTTP_TIMEOUT": "180",
    }


def _as_nobody(folder: Path, *words: str) -> str:
    become = (
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.getuid() == 0 else []
    )
    done = subprocess.run(
        [*become, f"{folder}/venv/bin/fenghuo", *words],
        cwd=folder,
        env={"FENGHUO_DATA_DIR": f"{folder}/data", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
