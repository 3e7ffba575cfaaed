"""The programs of the guide, built once a run, and what they speak to."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.program import Program
from tests.brokers.kafka import KafkaBroker, delete_topics
from tests.integrators.guide import FOLDER, built
from tests.servers import skip_unless_ci

# What a language needs on the machine, and Debian's name of it.
_TOOLS: Mapping[str, Mapping[str, str]] = {
    "python": {},
    "java": {"javac": "default-jdk-headless", "mvn": "maven"},
    "go": {"go": "golang-go"},
}
_COMMANDS: Mapping[str, Mapping[str, list[str]]] = {
    "python": {"unit": [sys.executable, "unit.py"], "reporter": [sys.executable, "reporter.py"]},
    "java": {
        "unit": ["java", "-cp", "lib/*:classes", "Unit"],
        "reporter": ["java", "-cp", "lib/*:classes", "Reporter"],
    },
    "go": {"unit": ["bin/unit"], "reporter": ["bin/reporter"]},
}
Folders = dict[str, Path]


def require(**packages: str) -> None:
    """Skip, or fail in CI, where one of these programs (name=Debian's package) is missing."""
    for name, package in packages.items():
        if shutil.which(name) is None:
            skip_unless_ci(f"there is no {name} here: apt-get install {package}")


@pytest.fixture(scope="session")
def folders() -> Folders:
    """Where each language was built; filled by `built_in`."""
    return {}


@pytest.fixture
def built_in(
    language: str, folders: Folders, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of this language's programs, ready to run."""
    require(**_TOOLS[language])
    if language not in folders:
        folder = tmp_path_factory.mktemp(language)
        if language == "python":
            folders[language] = Path(shutil.copytree(FOLDER / language, folder / language))
        else:
            folders[language] = built(language, folder, {"GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"})
    return folders[language]


@pytest.fixture
def unit(language: str, built_in: Path) -> list[str]:
    """How the unit's program is started, in its folder."""
    return _COMMANDS[language]["unit"]


@pytest.fixture
def reporter(language: str, built_in: Path) -> list[str]:
    """How the reporter's program is started, in its folder."""
    return _COMMANDS[language]["reporter"]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The whole program with its traffic, as the guide's first step starts it."""
    with _running(Program(tmp_path_factory.mktemp("integrators"), speed=200)) as program:
        yield program


@contextmanager
def _running(program: Program) -> Iterator[Program]:
    try:
        program.start()
        program.await_ready(within_seconds=120)
        yield program
    finally:
        program.close()


@pytest.fixture
def path() -> str:
    """A PATH on which `fenghuo` and `python` are ours."""
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
async def empty_kafka(engines_kafka: KafkaBroker) -> str:
    """host:port of a real Kafka on which nobody lives, without a topic."""
    await delete_topics(engines_kafka.bootstrap_servers)
    return engines_kafka.bootstrap_servers


@pytest.fixture
def kafka_of_an_engine(empty_kafka: str, tmp_path: Path) -> Iterator[str]:
    """host:port of a real Kafka, beside which the whole program stands and waits for reports."""
    with _running(Program(tmp_path / "engine", broker_url=f"kafka://{empty_kafka}", simulate="false")):
        yield empty_kafka
