"""SQL is written by us: what comes from outside is bound to it, never made a part of it."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Source, called_name, planted, sources

# What takes SQL as text: a literal, or two of them chosen between, and nothing that is put together while it runs.
TAKES_SQL = {
    "text",
    "literal_column",
    "DDL",
    "exec_driver_sql",
    "execute",
    "executescript",
    "executemany",
    "fetch",
}

# (file, call) -> why it stands there all the same
EXEMPT: dict[tuple[str, str], str] = {
    ("streams/store/sqlite.py", "execute"): "a pragma takes no parameters; they are a list in that file",
}


def composed(source: Source) -> Iterator[tuple[str, str]]:
    """(call, where) for every call that takes SQL and is given a text that is put together."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and (name := called_name(node)) in TAKES_SQL:
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg in ("sql", "text"))]
            if any(_is_composed(one) for one in given):
                yield name, f"{source.path}:{node.lineno}: {name}() is given SQL that is put together"


def _is_composed(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr():
            return any(isinstance(part, ast.FormattedValue) for part in node.values)
        case ast.BinOp(left=left, right=right):
            return any(_is_text(one) or _is_composed(one) for one in (left, right))
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return attr in ("format", "join", "replace", "format_map") and _is_text(value)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_composed(body) or _is_composed(orelse)
    return False


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def texts_of_names(source: Source) -> Iterator[str]:
    """Where SQL's own text() is given a name and not a literal: the name could stand for anything."""
    if not any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("sqlalchemy")
        and any(alias.name == "text" for alias in node.names)
        for node in ast.walk(source.tree)
    ):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and called_name(node) == "text" and not _is_text(node.args[0]):
            yield f"{source.path}:{node.lineno}: text() of something that is no literal"


def test_no_sql_is_put_together() -> None:
    """No statement is formatted, joined or added to; outside values are bound parameters."""
    found = {(s.path, name): line for s in sources("models", "streams") for name, line in composed(s)}
    assert [line for place, line in found.items() if place not in EXEMPT] == []
    assert [place for place in EXEMPT if place not in found] == [], "remove the exemptions that nothing needs"
    assert [line for s in sources("models", "streams") for line in texts_of_names(s)] == []


@pytest.mark.parametrize(
    "code",
    [
        "connection.execute(text(f'SELECT * FROM incidents WHERE title = {title}'))",
        "connection.execute(text('SELECT * FROM incidents WHERE title = ' + title))",
        "text('SELECT %s' % name)",
        "text('SELECT {}'.format(name))",
        "text(' '.join(parts))",
        "connection.exec_driver_sql(f'DROP TABLE {name}')",
        "query.order_by(literal_column(f'{column} DESC'))",
    ],
)
def test_sql_that_is_put_together_is_seen(code: str) -> None:
    """Each way of putting it together is found once."""
    assert len(list(composed(planted(code, "streams/planted.py")))) == 1


def test_a_name_in_place_of_sql_is_seen() -> None:
    """What a variable holds nobody can read off the call."""
    code = "from sqlalchemy import text\ntext(sort_by)"
    assert len(list(texts_of_names(planted(code, "streams/planted.py")))) == 1
