"""Catching everything hides bugs; it is right only where a process or the one loop ends, and each place is listed."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import PACKAGES, Source, called_name, planted, sources

BROAD = {"Exception", "BaseException"}
MOST_PLACES = 5

# file -> why everything is caught there, and what becomes of it
LISTED: dict[str, str] = {
    "streams/processing/loop.py": "what no family of faults answers: logged; the process ends, nothing acknowledged",
    "streams/processing/desk.py": "a defect of the core on one message: CoreFailed, tried alone, then a dead letter",
}


def broad_excepts(source: Source) -> Iterator[str]:
    """The lines of the source that catch or suppress everything."""
    for node in ast.walk(source.tree):
        match node:
            case ast.ExceptHandler(type=caught) if caught is None or _is_broad(caught):
                yield f"{source.path}:{node.lineno}"
            case ast.Call(args=args) if called_name(node) == "suppress" and any(map(_is_broad, args)):
                yield f"{source.path}:{node.lineno}"


def _is_broad(caught: ast.expr) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(name, ast.Name) and name.id in BROAD for name in names)


def test_everything_is_caught_only_where_listed() -> None:
    """Every broad except stands in a listed file, there are few of them, and no listed file is without one."""
    found = {source.path: list(broad_excepts(source)) for source in sources(*PACKAGES, "deploy")}
    assert [line for path, lines in found.items() if path not in LISTED for line in lines] == []
    assert sum(map(len, found.values())) <= MOST_PLACES
    assert [path for path in LISTED if not found.get(path)] == [], "remove the entries that nothing needs"


@pytest.mark.parametrize(
    "code",
    [
        "try: ...\nexcept: ...",
        "try: ...\nexcept Exception: ...",
        "try: ...\nexcept (ValueError, BaseException) as error: raise",
        "with contextlib.suppress(Exception): ...",
    ],
)
def test_a_broad_except_is_seen(code: str) -> None:
    """Each way of catching everything is found, raised again or not."""
    assert len(list(broad_excepts(planted(code)))) == 1


def test_a_named_except_is_let_through() -> None:
    """Catching what one can answer is not broad."""
    assert list(broad_excepts(planted("try: ...\nexcept (OSError, ValueError): ..."))) == []
