"""Expectations: what a field wants, in words and with an example, read from the message's own JSON Schema.

For people who write messages. Never in here: a limit, those are the models'.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.documents.catalogue import Documented, Json
from streams.documents.schemas import Schema, schema_of

_REFERENCE = "#/$defs/"
_A_TIME = "a time with its offset, such as 2026-11-22T08:03:00+08:00"
_PLAIN = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "{} characters or more",
    "maxLength": "at most {} characters",
    "maxItems": "at most {} items",
    "pattern": "matching {}",
}
_MOST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Expectations:
    """What one message expects of its fields."""

    schema: Schema
    example: Json

    @classmethod
    def of(cls, message: Documented) -> "Expectations":
        """Those of this message."""
        return cls(schema_of(message), message.example)

    def told(self, path: Sequence[str]) -> str:
        """`write ...` for the field at this dotted path; empty where the contract has no such field."""
        found = self._at(path)
        if found is None:
            return ""
        words = self.words(path)
        if words:
            return f"write one of {', '.join(words[:_MOST_WORDS])}"
        if found.get("format") == "date-time":
            return f"write {_A_TIME}"
        limits = ", ".join(told.format(found[key]) for key, told in _LIMITS.items() if key in found)
        what = _PLAIN.get(str(found.get("type")), "a value")
        return f"write {what}{f' ({limits})' if limits else ''}{self._such_as(path)}"

    def words(self, path: Sequence[str]) -> list[str]:
        """The closed set of words of the field at this path; empty for a field that has none."""
        found = self._at(path) or {}
        return [str(word) for word in found.get("enum", ())]

    def _such_as(self, path: Sequence[str]) -> str:
        value: object = self.example
        for part in path:
            match value:
                case dict() if part in value:
                    value = value[part]
                case list() if part.isdigit() and int(part) < len(value):
                    value = value[int(part)]
                case _:
                    return ""
        return f", such as {json.dumps(value, ensure_ascii=False)}"

    def _at(self, path: Sequence[str]) -> Schema | None:
        found: Schema | None = self.schema
        for part in path:
            found = next(self._below(found, part), None) if found is not None else None
        return None if found is None or not path else self._whole(found)

    def _below(self, schema: Schema, part: str) -> Iterator[Schema]:
        whole = self._whole(schema)
        if part in whole.get("properties", {}):
            yield whole["properties"][part]
        elif part.isdigit() and isinstance(whole.get("items"), dict):
            yield whole["items"]

    def _whole(self, schema: Schema) -> Schema:
        """Without references, and without the null that most fields may be."""
        if "$ref" in schema:
            return self._whole(self.schema["$defs"][schema["$ref"].removeprefix(_REFERENCE)])
        others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        return self._whole(others[0]) if len(others) == 1 else schema
