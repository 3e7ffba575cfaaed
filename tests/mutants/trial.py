"""A trial: the source tree in a copy of its own, one bug in it at a time, and the tests that run on that copy.

The working tree is never written. A test that fails for a wrong reason convicts nobody: the mutated module must have
been imported from the copy, the test itself must have failed and not its preparation, and not for a bug that no test
needs to find (a name that is missing, a module that cannot be read).
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.architecture.sources import ROOT, project_files
from tests.mutants.mutant import Mutant
from tests.mutants.witness import TESTIMONY

WITHIN_SECONDS = 300  # 80 were seen, with the machine loaded
_NO_FINDINGS = {"SyntaxError", "IndentationError", "ImportError", "ModuleNotFoundError", "NameError"}


class NoVerdict(Exception):
    """The run says nothing about the tests: the copy was not what ran, or something else broke."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """What a run did: (test, phase) -> (outcome, error), and the file of every module that it imported."""

    __test__ = False  # for pytest: not a test, whatever its name begins with

    phases: dict[tuple[str, str], tuple[str, str]]
    imported: dict[str, str]
    seconds: float

    def has_passed(self, test: str) -> bool:
        """Whether the test ran to its end without a failure."""
        return all(
            self.phases.get((test, phase), ("", ""))[0] == "passed" for phase in ("setup", "call", "teardown")
        )

    def told(self, test: str) -> str:
        """How the phases of the test ended, in words."""
        ended = [
            f"{phase} {outcome} {error}".rstrip()
            for (name, phase), (outcome, error) in self.phases.items()
            if name == test
        ]
        return ", ".join(ended) or "not run"


@contextmanager
def copied_tree() -> Iterator[Path]:
    """A copy of what belongs to the project, as it stands now; it goes when the block ends."""
    with tempfile.TemporaryDirectory(prefix="fenghuo-mutants-") as folder:
        root = Path(folder).resolve()
        for path in project_files():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, root / path)
        yield root


def try_unchanged(root: Path, tests: Sequence[str]) -> Testimony:
    """Run the tests on the copy as it is. Raises NoVerdict when one does not pass: its failing would prove nothing."""
    seen = _run(root, tests)
    _require_copy(root, seen)
    if failing := [f"{test} ({seen.told(test)})" for test in tests if not seen.has_passed(test)]:
        raise NoVerdict("these do not pass without any mutant: " + ", ".join(failing))
    return seen


def is_killed(root: Path, mutant: Mutant) -> tuple[bool, float, str]:
    """Plant the mutant in the copy, run its test, take it out: whether it was seen, in how long, by which error.

    Raises StaleMutant when it does not apply, NoVerdict when the run proves nothing either way.
    """
    file = root / mutant.file
    sound = file.read_bytes()
    file.write_text(mutant.planted_in(sound.decode()), "utf-8")
    try:
        seen = _run(root, [mutant.test])
    finally:
        file.write_bytes(sound)
    _require_copy(root, seen)
    if seen.imported.get(mutant.module) != str(file):
        raise NoVerdict(f"{mutant.name}: its test does not import {mutant.module}")
    outcome, error = seen.phases.get((mutant.test, "call"), ("not run", ""))
    if outcome == "passed":
        return False, seen.seconds, ""
    if outcome != "failed" or error in _NO_FINDINGS:
        raise NoVerdict(f"{mutant.name}: its test did not fail by itself ({outcome} {error})")
    return True, seen.seconds, error


def _require_copy(root: Path, seen: Testimony) -> None:
    ours = ("models", "workflows", "streams", "tests")
    strays = {
        name: path for name, path in seen.imported.items() if name.split(".")[0] in ours and path != "None"
    }
    outside = sorted(name for name, path in strays.items() if not Path(path).is_relative_to(root))
    if outside:
        raise NoVerdict("not imported from the copy: " + ", ".join(outside[:5]))


def _run(root: Path, tests: Sequence[str]) -> Testimony:
    began = monotonic()
    testimony = root / "testimony.json"
    testimony.unlink(missing_ok=True)
    # Nothing compiled is kept: a mutant as long as what it replaces, written in the same second, would not be seen.
    surroundings = {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", TESTIMONY: str(testimony)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.mutants.witness", "-p", "no:cacheprovider"]
    said = _finish([*command, "--hypothesis-profile=quick", *tests], root, {**os.environ, **surroundings})
    if not testimony.exists():
        raise NoVerdict(f"pytest ended early:\n{said[-2000:]}")
    told = json.loads(testimony.read_text("utf-8"))
    phases = {(one["test"], one["phase"]): (one["outcome"], one["error"]) for one in told["phases"]}
    if not phases:
        raise NoVerdict(f"no test ran:\n{said[-2000:]}")
    return Testimony(phases, told["imported"], monotonic() - began)


def _finish(command: Sequence[str], root: Path, environment: dict[str, str]) -> str:
    running = subprocess.Popen(
        command,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        return running.communicate(timeout=WITHIN_SECONDS)[0]
    except subprocess.TimeoutExpired as hung:
        raise NoVerdict(f"the run took more than {WITHIN_SECONDS} s") from hung
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
