"""Planted mutants still apply: each finds its text once, and the test that must see it is still there."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.mutants.catalogue import CANARY, MUTANTS
from tests.mutants.mutant import Mutant, StaleMutant

ALL = (CANARY, *MUTANTS)


def test_there_are_twelve_with_names_of_their_own() -> None:
    """The figure of `make mutants` counts twelve different bugs in twelve different ways."""
    assert len({mutant.name for mutant in MUTANTS}) == len({mutant.bug for mutant in MUTANTS}) == 12


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_each_applies_and_can_be_read(mutant: Mutant) -> None:
    """Its text stands once in its file, and what comes of it is other code that Python can read."""
    sound = (ROOT / mutant.file).read_text("utf-8")
    planted = mutant.planted_in(sound)
    assert ast.dump(ast.parse(planted)) != ast.dump(ast.parse(sound))


def test_each_names_a_test_that_there_is() -> None:
    """Pytest finds every one of the node ids, parameters and all."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    tests = sorted({mutant.test for mutant in ALL})
    collected = subprocess.run(
        [*command, *tests], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    assert [test for test in tests if test not in collected] == []


@pytest.mark.parametrize("text", ["", "x = 1\nx = 1\n"])
def test_a_stale_mutant_fails_loudly(text: str) -> None:
    """Text that is gone, or stands there twice, is no mutant at all."""
    stale = Mutant(
        "stale", "none", str(Path("streams/x.py")), "x = 1\n", "x = 2\n", "tests/unit/x.py::test_x"
    )
    with pytest.raises(StaleMutant, match="stale: its text stands"):
        stale.planted_in(text)
