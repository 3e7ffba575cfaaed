"""Which files belong to the project, and their syntax trees: the ground that every architecture test stands on.

Never in here: an opinion about what a file may contain.
"""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "workflows", "streams")


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root of the project, and its syntax tree."""

    path: str
    tree: ast.Module


def planted(code: str, path: str = "workflows/planted.py") -> Source:
    """A source that stands in no file: a violation for a checker to find."""
    return Source(path, ast.parse(code))


@cache
def project_files() -> tuple[str, ...]:
    """Paths of all files that git knows or would add, from the root; what .gitignore names is not ours."""
    # safe.directory: a clone that somebody else owns is read all the same, e.g. by root in CI
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(path for path in set(listed.split("\0")) if (ROOT / path).is_file()))


def sources(*folders: str) -> list[Source]:
    """All Python files under the folders."""
    return [
        _parsed(path)
        for path in project_files()
        if path.endswith(".py") and path.startswith(_inside(folders))
    ]


def functions(source: Source) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of the source with its dotted name, methods and inner functions too."""
    for name, node in definitions(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, node


def definitions(source: Source) -> Iterator[tuple[str, ast.stmt]]:
    """Every class and function of the source with its dotted name."""
    return _definitions(source.tree, "")


def called_name(call: ast.Call) -> str:
    """The last word of what is called: `now` for `datetime.now()`, empty for a call of a call."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.stmt]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + child.name, child
            yield from _definitions(child, f"{prefix}{child.name}.")
        else:
            yield from _definitions(child, prefix)


def _inside(folders: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{folder}/" for folder in folders)


@cache
def _parsed(path: str) -> Source:
    return Source(path, ast.parse((ROOT / path).read_bytes(), filename=path))
