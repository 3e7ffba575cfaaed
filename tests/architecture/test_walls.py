"""Requests read through one door, behind which the database itself shows the caller's own areas alone."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Source, called_name, functions, planted, sources

ROOMS = ("streams/gateway", "streams/cockpit")

# file::function -> why it reads without the wall; none of them shows anybody what it found
LISTED: dict[str, str] = {
    "streams/gateway/attachments.py::_require_seen": "finds out where a picture is named, to ask who may see it",
    "streams/gateway/audit.py::get_audit": "the audit has its own predicate, and no request's role has a right to it",
    "streams/gateway/audit.py::get_chain": "follows every entry and tells only whether the chain is whole",
    "streams/gateway/bearers.py::_of_key": "whose key this is",
    "streams/gateway/bearers.py::_require_open": "whether an account was closed",
    "streams/gateway/known.py::require_command": "finds out whose a command is, to ask whether it may be seen",
    "streams/gateway/known.py::require_incident": "finds out where an incident lies, to ask whether it may be seen",
    "streams/gateway/outcomes.py::_settled": "what became of the caller's own message",
    "streams/gateway/outcomes.py::outcome_of": "what became of a message, for who may know; the inbox has no areas",
    "streams/gateway/proposals.py::outcome_before": "what became of the caller's own decision",
    "streams/gateway/proposals.py::proposed": "whether a decision takes two persons, as the core says",
    "streams/gateway/proposals.py::_found": "finds out where a proposal lies, to ask whether it may be seen",
    "streams/gateway/report_outcomes.py::_incident_now": "what became of the caller's own report, wherever it lives on",
    "streams/gateway/sessions.py::sign_in": "who somebody is",
    "streams/gateway/sessions.py::whose_session": "who somebody is",
    "streams/gateway/unit_commands.py::get_commands": "a unit answers for its orders wherever their incidents lie",
    "streams/cockpit/feed.py::tell": "one feed for the screens of all areas; each hub takes its own",
    "streams/cockpit/waiting.py::look": "how many wait in each area, told to the screens of each",
}


def open_reads(source: Source) -> Iterator[str]:
    """`file::function` of every call of `database.read()`, by the innermost function."""
    inner = {
        id(node): name.rpartition(".")[2]
        for name, function in functions(source)
        for node in ast.walk(function)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and called_name(node) == "read" and _is_of_a_database(node.func):
            yield f"{source.path}::{inner.get(id(node), '')}"


def _is_of_a_database(function: ast.expr) -> bool:
    match function:
        case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.strip("_") == "database"
    return False


def test_requests_read_behind_the_wall() -> None:
    """Whatever reads without it is listed here with its reason, and no entry is left over."""
    found = {place for source in sources(*ROOMS) for place in open_reads(source)}
    assert found - LISTED.keys() == set()
    assert LISTED.keys() - found == set(), "remove the entries that nothing needs"


@pytest.mark.parametrize("call", ["services.database.read()", "self._database.read()", "database.read()"])
def test_a_read_without_the_wall_is_seen(call: str) -> None:
    """However the database is called."""
    code = f"async def shown():\n    async with {call} as connection: ..."
    assert list(open_reads(planted(code, "streams/gateway/planted.py"))) == [
        "streams/gateway/planted.py::shown"
    ]
