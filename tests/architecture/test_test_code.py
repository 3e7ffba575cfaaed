"""Tests speak: each says in words the behaviour that it holds, and those of the core use fakes, not mocks or sleeps."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Source, called_name, functions, planted, sources

FEWEST_WORDS = 4
PURE_LAYERS = ("tests/unit", "tests/property")


def silent_tests(source: Source) -> Iterator[str]:
    """`file::name` of every test function that does not say in words what it holds."""
    for name, node in functions(source):
        words = (ast.get_docstring(node) or "").split()
        if node.name.startswith("test_") and len(words) < FEWEST_WORDS:
            yield f"{source.path}::{name}"


def mocks_and_sleeps(source: Source) -> Iterator[str]:
    """Every import of a mock library, use of its fixture, and call of a sleep."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names) if any(_is_mock(alias.name) for alias in names):
                yield f"{source.path}:{node.lineno}: mock"
            case ast.ImportFrom(module=str(module), names=names) if any(
                _is_mock(f"{module}.{alias.name}") for alias in names
            ):
                yield f"{source.path}:{node.lineno}: mock"
            case ast.arg(arg="mocker"):
                yield f"{source.path}:{node.lineno}: mock"
            case ast.Call() if called_name(node) == "sleep":
                yield f"{source.path}:{node.lineno}: sleep"


def _is_mock(dotted: str) -> bool:
    return bool({"mock", "pytest_mock"} & set(dotted.split(".")))


def test_every_test_says_what_it_holds() -> None:
    """Each test has a docstring of a few words at least: the behaviour, not the mechanism."""
    assert [line for source in sources("tests") for line in silent_tests(source)] == []


def test_tests_of_the_core_use_fakes_and_move_the_clock() -> None:
    """No unit or property test mocks or sleeps."""
    assert [line for source in sources(*PURE_LAYERS) for line in mocks_and_sleeps(source)] == []


def test_a_silent_test_is_seen() -> None:
    """A test without words or with its name for a docstring is found, in a class too; a speaking one is not."""
    code = '''
def test_bare(): ...
class TestGrade:
    def test_named(self):
        """Test named."""
async def test_speaking():
    """A silent city raises a red alarm."""
def factory(): ...
'''
    found = list(silent_tests(planted(code, "tests/unit/test_planted.py")))
    assert found == [
        "tests/unit/test_planted.py::test_bare",
        "tests/unit/test_planted.py::TestGrade.test_named",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "import unittest.mock",
        "from unittest import mock",
        "from unittest.mock import Mock",
        "from pytest_mock import MockerFixture",
        "def test_x(mocker): ...",
        "import time\ntime.sleep(1)",
        "async def test_x():\n    await asyncio.sleep(0)",
    ],
)
def test_mocks_and_sleeps_are_seen(code: str) -> None:
    """Each way to a mock or a sleep is found once."""
    assert len(list(mocks_and_sleeps(planted(code)))) == 1
