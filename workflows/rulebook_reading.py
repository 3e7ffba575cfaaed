"""Reading: one TOML file of a rulebook laid beside its layout, with everything that the layout refuses.

For: what the main file and a pack have in common. Must never enter: any law of either, and figures.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from models.messages.fields import Value
from workflows.rulebook_lines import key_lines
from workflows.rulebook_problems import Finding, Problem, RulebookInvalid, findings_of, problem_of

Shape = TypeVar("Shape", bound=Value)
_LINE_IN_MESSAGE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Reading(Generic[Shape]):
    """A file as read. `whole` is None where the layout refuses a part; `accepted` has only the keys in `tables`."""

    name: str
    toml: str
    data: Mapping[str, Any]
    whole: Shape | None
    refused: tuple[Finding, ...]
    accepted: Shape
    tables: frozenset[str]

    def problems(self, found: Iterable[Finding]) -> Iterator[Problem]:
        """What the layout refuses and what else was found, in the words of the person who edits the file."""
        every = [*self.refused, *found]
        lines = key_lines(self.toml) if every else {}
        return (problem_of(finding, self.data, lines, self.name) for finding in every)


def read(name: str, text: bytes, shape: type[Shape]) -> Reading[Shape]:
    """Lay a file beside its layout. Raises RulebookInvalid with one problem when it is no TOML at all."""
    toml = _decoded(name, text)
    data = _data(name, toml)
    try:
        whole, refused = shape.model_validate_json(_json(data)), []
    except ValidationError as error:
        whole, refused = None, list(findings_of(error, data))
    at_fault = {finding.path[0] for finding in refused}
    given = {
        key: adapter.validate_json(_json(data[key]), strict=True)
        for key, adapter in _adapters(shape).items()
        if key not in at_fault and key in data
    }
    absent = {key for key in shape.model_fields if key not in at_fault and key not in data}
    return Reading(
        name=name,
        toml=toml,
        data=data,
        whole=whole,
        refused=tuple(refused),
        accepted=cast("Shape", shape.model_construct(None, **given)),
        tables=frozenset(given) | absent,
    )


def rows(table: object, shape: type[Shape]) -> Iterator[tuple[str | int, Shape]]:
    """The rows of a table by key (by position in an array) that have this shape; others are refused already."""
    each = table.items() if isinstance(table, dict) else enumerate(table if isinstance(table, list) else [])
    for key, row in each:
        with suppress(ValidationError):
            yield key, shape.model_validate_json(_json(row))


def rows_by_name(table: object, shape: type[Shape]) -> dict[str, Shape]:
    """The same for a table of named rows."""
    return {str(key): row for key, row in rows(table, shape)}


@cache
def _adapters(shape: type[Value]) -> Mapping[str, TypeAdapter[Any]]:
    return {name: TypeAdapter(field.rebuild_annotation()) for name, field in shape.model_fields.items()}


def _decoded(name: str, text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{text[error.start]:02x}"
        raise RulebookInvalid([Problem("", line, found, "UTF-8", name)]) from error


def _data(name: str, toml: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        place = _LINE_IN_MESSAGE.search(str(error))
        line = int(place[1]) if place and place[1] else toml.count("\n") + 1
        message = _LINE_IN_MESSAGE.sub("", str(error))
        raise RulebookInvalid([Problem("", line, message, "TOML", name)]) from error


def _json(value: object) -> str:
    """As JSON, where strictness takes a word for a member of a closed set. A date becomes what no key allows."""
    return json.dumps(value, default=lambda moment: {"date": str(moment)})
