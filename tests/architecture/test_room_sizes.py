"""Rooms stay small enough to be read at once: files, functions and classes have a longest length.

The aim is half of it. Over the limit, split by meaning; if no noun names the new room, list it here and say why.
"""

import ast
from collections.abc import Iterator, Mapping

from tests.architecture.sources import ROOT, Source, definitions, planted, project_files, sources

FILE_LINES = 400
FUNCTION_LINES = 40
CLASS_LINES = 120
COUNTED = (".py", ".js", ".css")

# "file" or "file::dotted name" -> why it is one room all the same
EXEMPT: dict[str, str] = {
    "deploy/migrations/versions/0001_the_first_tables.py": "one line a column of every table",
    "deploy/migrations/versions/0001_the_first_tables.py::_create_incidents": "one line a column",
    "streams/store/incidents.py::row_of": "one line a column",
    "streams/broker/transport/consumer.py::FastLaneConsumer": "the overrides of one class of Faust stand together",
    "streams/settings.py::Settings": "one line a setting: whoever looks for one finds it in one list",
    "streams/app.py::_Program": "the order of starting and stopping, one part a method: cut up, nobody sees the order",
    "streams/processing/desk.py::Desk": "one batch in memory; its methods share the changes that they collect",
    "streams/engine.py::Engine": "the parts of one engine in the order that they start",
    "streams/processing/loop.py::Loop": "one loop and the four families of faults it answers",
    "tests/acceptance/program.py::Program": "one real process seen from outside: started, asked, killed, read",
    "tests/core_world.py::CoreWorld": "one world, everything that can happen in it a method",
    "tests/core_world.py::CoreWorld.decide": "hands on every field of a decision by name",
    "tests/simulation/transport.py::SimulatedTransport": "the counterpart of one class of the transport, in its order",
    "tests/property/test_core_laws.py::CoreMachine": "one state machine: its rules and its laws",
}


def oversized(source: Source) -> Iterator[str]:
    """`file::name` of every function and class over its limit; docstrings and decorators are not counted."""
    for name, node in definitions(source):
        limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
        if _code_lines(node) > limit:
            yield f"{source.path}::{name}"


def _code_lines(node: ast.stmt) -> int:
    assert isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    documented = _lines(docstring) if docstring else 0
    return _lines(node) - documented


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def long_files(lines_by_path: Mapping[str, int]) -> list[str]:
    """The paths of code files over the limit; data and locks are as long as they are."""
    return [path for path, lines in lines_by_path.items() if path.endswith(COUNTED) and lines > FILE_LINES]


def test_rooms_are_small() -> None:
    """No file, function or class is longer than its limit, save those listed with a reason."""
    found = set(long_files({path: len((ROOT / path).read_bytes().splitlines()) for path in project_files()}))
    found.update(
        name
        for source in sources("models", "workflows", "streams", "tests", "deploy")
        for name in oversized(source)
    )
    assert sorted(found - EXEMPT.keys()) == []
    assert sorted(EXEMPT.keys() - found) == [], "remove the exemptions that nothing needs"


def test_a_long_function_is_seen() -> None:
    """One line over the limit is found, in a method too; at the limit all is well."""
    body = "        pass\n"
    long = f"class Unit:\n    def answer(self):\n{body * FUNCTION_LINES}"
    assert list(oversized(planted(long))) == ["workflows/planted.py::Unit.answer"]
    assert list(oversized(planted(long.removesuffix(body)))) == []


def test_a_long_class_is_seen() -> None:
    """One line over the limit is found in a class; a long docstring is not held against it."""
    long = "class Report:\n" + "    field: int\n" * CLASS_LINES
    documented = 'class Report:\n    """' + "word\n    " * CLASS_LINES + '"""\n    field: int\n'
    assert list(oversized(planted(long))) == ["workflows/planted.py::Report"]
    assert list(oversized(planted(documented))) == []


def test_a_long_file_is_seen() -> None:
    """One line over the limit is found in a code file; a lock may be longer than any code."""
    assert long_files({"a.py": FILE_LINES, "b.py": FILE_LINES + 1, "c.lock": 10 * FILE_LINES}) == ["b.py"]
