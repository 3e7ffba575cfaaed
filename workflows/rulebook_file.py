"""Rulebook file: TOML in, `Rulebook` out, or every problem at once with its line.

For: reading a rulebook's text, and the rulebook that is shipped. Must never enter: figures (`rulebooks/*.toml`) and
which rulebook is in force (streams keep that). What is read from disk here is part of the program, like its code.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from models.messages.fields import Value
from workflows.rulebook import ChannelTrust, Rulebook
from workflows.rulebook_checks import Readable, findings
from workflows.rulebook_layout import GradingLines, PlanEntry, RulebookFile, TaskEntry, rulebook_of
from workflows.rulebook_lines import Path, key_lines
from workflows.rulebook_problems import Problem, RulebookInvalid, findings_of, problem_of

__all__ = ["Problem", "RulebookInvalid", "default_rulebook", "default_rulebook_text", "parse_rulebook"]

Row = TypeVar("Row", bound=Value)
_LINE_IN_MESSAGE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_TABLES: Mapping[str, TypeAdapter[Any]] = {
    name: TypeAdapter(field.rebuild_annotation()) for name, field in RulebookFile.model_fields.items()
}


def parse_rulebook(text: bytes) -> Rulebook:
    """The rulebook that these bytes write down; its digest is theirs.

    Raises RulebookInvalid with all problems that can be seen: show them and leave the rulebook in force as it is.
    A text that is no TOML at all has one problem, the first.
    """
    digest = f"sha256:{hashlib.sha256(text).hexdigest()}"
    toml = _decoded(text)
    data = _data(toml)
    try:
        file, refused = RulebookFile.model_validate_json(_json(data)), []
    except ValidationError as error:
        file, refused = None, list(findings_of(error, data))
    found = [*refused, *findings(_readable(data, {finding.path for finding in refused}))]
    if found or file is None:
        lines = key_lines(toml)
        raise RulebookInvalid(problem_of(finding, data, lines) for finding in found)
    return rulebook_of(file, digest)


def default_rulebook_text() -> bytes:
    """The bytes of the rulebook that is shipped (`rulebooks/fenghuo.toml`)."""
    return files("workflows").joinpath("rulebooks", "fenghuo.toml").read_bytes()


@lru_cache(maxsize=1)
def default_rulebook() -> Rulebook:
    """The rulebook that is shipped. Raises RulebookInvalid only if the installation is damaged."""
    return parse_rulebook(default_rulebook_text())


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{text[error.start]:02x}"
        raise RulebookInvalid([Problem("", line, found, "UTF-8")]) from error


def _data(toml: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        place = _LINE_IN_MESSAGE.search(str(error))
        line = int(place[1]) if place and place[1] else toml.count("\n") + 1
        message = _LINE_IN_MESSAGE.sub("", str(error))
        raise RulebookInvalid([Problem("", line, message, "TOML")]) from error


def _json(value: object) -> str:
    """As JSON, where strictness takes a word for a member of a closed set. A date becomes what no key allows."""
    return json.dumps(value, default=lambda moment: {"date": str(moment)})


def _readable(data: dict[str, Any], refused: set[Path]) -> Readable:
    """The tables and rows that the layout accepts, so that a slip in one hides nothing in the others."""
    at_fault = {path[0] for path in refused}
    tables = {
        name: adapter.validate_json(_json(data[name]), strict=True)
        for name, adapter in _TABLES.items()
        if name not in at_fault
    }
    return Readable(
        file=RulebookFile.model_construct(None, **tables),
        tables=frozenset(tables),
        channels={str(key): row for key, row in _rows(data.get("channels"), ChannelTrust)},
        grading={str(key): row for key, row in _rows(data.get("grading"), GradingLines)},
        tasks={str(key): row for key, row in _rows(data.get("tasks"), TaskEntry)},
        plans={key: row for key, row in _rows(data.get("plans"), PlanEntry) if isinstance(key, int)},
        task_ids=frozenset(data["tasks"]) if ("tasks",) not in refused else None,
    )


def _rows(table: object, shape: type[Row]) -> Iterator[tuple[str | int, Row]]:
    """The rows of a table by key (by position in an array) that have this shape; others are refused already."""
    rows = table.items() if isinstance(table, dict) else enumerate(table if isinstance(table, list) else [])
    for key, row in rows:
        with suppress(ValidationError):
            yield key, shape.model_validate_json(_json(row))
