"""Fields: a shape's fields as rows of a Markdown table, read from its JSON Schema so that no limit is told twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from streams.documents.schemas import Schema

_REFERENCE = "#/$defs/"
_ELSEWHERE = {"EventData": "events.md"}  # too many to stand beside the messages
_SHOWN_WORDS = 12
_LIMITS = {
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "minLength": "≥ {} characters",
    "maxLength": "≤ {} characters",
    "maxItems": "≤ {} items",
    "pattern": "`{}`",
}


@dataclass(frozen=True, slots=True)
class Shapes:
    """The schemas of some shapes and of every part that they are made of, by name."""

    by_name: dict[str, Schema]

    @classmethod
    def of(cls, shapes: Iterable[type[BaseModel]]) -> "Shapes":
        """These shapes with their parts."""
        _, described = models_json_schema([(shape, "validation") for shape in shapes])
        return cls(described["$defs"])

    def is_object(self, name: str) -> bool:
        """It has fields of its own, so it has a table of its own."""
        return "properties" in self.by_name[name]

    def parts_of(self, name: str) -> Iterator[str]:
        """Names of the objects that the fields of this shape are made of, in order."""
        for found in dict.fromkeys(_references(self.by_name[name].get("properties", {}))):
            if self.is_object(found):
                yield found

    def table(self, name: str) -> list[str]:
        """The lines of the table of one shape's fields."""
        schema = self.by_name[name]
        fields = schema.get("properties", {})
        if not fields:
            return ["No fields."]
        required = schema.get("required", [])
        rows = [self._row(field, fields[field], is_required=field in required) for field in fields]
        return ["| field | type | limits | meaning |", "|---|---|---|---|", *rows]

    def _row(self, field: str, schema: Schema, *, is_required: bool) -> str:
        limits = [*_limits(schema)]
        if schema.get("default") is not None:
            limits.append(f"default {_plain(schema['default'])}")
        mark = "\\*" if is_required else ""
        cells = (f"`{field}`{mark}", self._type(schema), ", ".join(limits), schema.get("description", ""))
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    def _type(self, schema: Schema) -> str:
        if "$ref" in schema:
            return self._named(schema["$ref"].removeprefix(_REFERENCE))
        if "anyOf" in schema:
            return " or ".join(self._type(one) for one in schema["anyOf"])
        if "enum" in schema:
            return _words(schema["enum"])
        if schema.get("type") == "array":
            return f"list of {self._type(schema.get('items', {}))}"
        if schema.get("type") == "object":
            return f"map of name to {self._type(schema.get('additionalProperties', {}))}"
        return "time" if schema.get("format") == "date-time" else str(schema.get("type", "anything"))

    def _named(self, name: str) -> str:
        if name in _ELSEWHERE:
            return f"[{name}]({_ELSEWHERE[name]})"
        return (
            f"[{name}](#{name.lower()})" if self.is_object(name) else _words(self.by_name[name]["enum"], name)
        )


def _words(words: list[str], name: str | None = None) -> str:
    if len(words) > _SHOWN_WORDS:
        return f"one of {len(words)} words{f' ({name})' if name else ''}"
    return ", ".join(f"`{word}`" for word in words)


def _limits(schema: Schema) -> Iterator[str]:
    for one in (schema, *schema.get("anyOf", ())):
        yield from (told.format(one[key]) for key, told in _LIMITS.items() if key in one)


def _plain(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict() | list():
            return "empty"
    return f"`{value}`"


def _references(value: object) -> Iterator[str]:
    match value:
        case dict():
            if isinstance(reference := value.get("$ref"), str):
                yield reference.removeprefix(_REFERENCE)
            for item in value.values():
                yield from _references(item)
        case list():
            for item in value:
                yield from _references(item)
