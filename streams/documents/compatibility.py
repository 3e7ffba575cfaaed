"""Compatibility: which changes of a message's schema break those who write or read it already.

Messages that the engine reads may become wider and never narrower: what was accepted must stay accepted. Messages that
it sends may gain fields and never lose one: what was always there must stay there. A word, a topic or a field that goes
(a renamed one goes, too) breaks both. Pure: two schemas in, sentences out. Never in here: which schemas to compare.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from streams.documents.schemas import Schema

_REFERENCE = "#/$defs/"
# Raising one of these, or lowering one of those, refuses what was accepted.
_LOWER_LIMITS = ("minimum", "minLength", "minItems", "exclusiveMinimum")
_UPPER_LIMITS = ("maximum", "maxLength", "maxItems", "exclusiveMaximum")
_ANY = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


def breaking_changes(before: Schema, after: Schema, *, is_read: bool) -> list[str]:
    """One sentence a change that breaks somebody; `is_read`: the engine reads this message, else it sends it."""
    return [
        *_of_addresses(before, after),
        *_Comparison(before, after, is_read).of("", before, after, frozenset()),
        *_Comparison(before, after, is_read).of_types(),
    ]


def _of_addresses(before: Schema, after: Schema) -> Iterator[str]:
    for topic in before.get("x-topics", ()):
        if topic not in after.get("x-topics", ()):
            yield f"it is no longer on the topic {topic}"
    if before.get("x-key") != after.get("x-key"):
        yield f"its key was {before.get('x-key')} and is {after.get('x-key')}"


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two documents, whose references lead into their own `$defs`."""

    before: Schema
    after: Schema
    is_read: bool

    def of(self, path: str, before: Schema, after: Schema, above: frozenset[str]) -> Iterator[str]:
        """What broke here and below; `above` are the references on the way, so that a circle ends."""
        reference = str(before.get("$ref", ""))
        if reference and reference in above:
            return
        below = above | {reference} if reference else above
        before, after = _whole(self.before, before), _whole(self.after, after)
        where = path or "the message"
        yield from self._of_types(where, before, after)
        yield from _of_words(where, before, after)
        if self.is_read:
            yield from _of_limits(where, before, after)
        yield from self._of_fields(path, before, after, below)
        if isinstance(before.get("items"), dict) and isinstance(after.get("items"), dict):
            yield from self.of(f"{path}[]", before["items"], after["items"], below)

    def of_types(self) -> Iterator[str]:
        """What broke in the data that depends on an event's type."""
        old, new = _data_by_type(self.before), _data_by_type(self.after)
        for name, schema in old.items():
            if name not in new:
                yield f"the type {name} is gone"
            else:
                yield from self.of(f"data ({name})", schema, new[name], frozenset())

    def _of_types(self, where: str, before: Schema, after: Schema) -> Iterator[str]:
        old, new = _types(self.before, before), _types(self.after, after)
        if self.is_read and (refused := old - new):
            yield f"{where} may no longer be {_listed(refused)}"
        if not self.is_read and (surprising := new - old):
            yield f"{where} may now be {_listed(surprising)}, which nobody expects"

    def _of_fields(self, path: str, before: Schema, after: Schema, above: frozenset[str]) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        was, now = set(before.get("required", ())), set(after.get("required", ()))
        for name in old:
            inner = f"{path}.{name}" if path else name
            if name not in new:
                yield f"{inner} is gone"
                continue
            if not self.is_read and name in was - now:
                yield f"{inner} was always there and may be absent now"
            yield from self.of(inner, old[name], new[name], above)
        if self.is_read:
            yield from (f"{path + '.' if path else ''}{name} is required now" for name in sorted(now - was))


def _of_words(where: str, before: Schema, after: Schema) -> Iterator[str]:
    if "enum" in after and (gone := [word for word in before.get("enum", ()) if word not in after["enum"]]):
        yield f"{where} has lost {_listed(map(str, gone))}"
    if "enum" in after and "enum" not in before:
        yield f"{where} took any value and takes {len(after['enum'])} words now"


def _of_limits(where: str, before: Schema, after: Schema) -> Iterator[str]:
    for name in _LOWER_LIMITS:
        if name in after and (name not in before or after[name] > before[name]):
            yield f"{where}: {name} was {before.get(name, 'none')} and is {after[name]}"
    for name in _UPPER_LIMITS:
        if name in after and (name not in before or after[name] < before[name]):
            yield f"{where}: {name} was {before.get(name, 'none')} and is {after[name]}"
    for name in ("pattern", "format"):
        if name in after and before.get(name) != after[name]:
            yield f"{where}: {name} was {before.get(name, 'none')} and is {after[name]}"


def _whole(document: Schema, schema: Schema) -> Schema:
    """The schema without its reference, and without the null that most fields may be."""
    if "$ref" in schema:
        return _whole(document, document["$defs"][schema["$ref"].removeprefix(_REFERENCE)])
    others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(others) == 1:
        return {**_whole(document, others[0]), "x-nullable": len(schema["anyOf"]) > 1}
    return schema


def _types(document: Schema, schema: Schema) -> frozenset[str]:
    """The JSON types that this takes; a number may be whole."""
    if "anyOf" in schema:
        alternatives = [_types(document, _whole(document, one)) for one in schema["anyOf"]]
        return frozenset().union(*alternatives)
    named = schema.get("type", _ANY)
    found = frozenset({named}) if isinstance(named, str) else frozenset(named)
    found |= {"null"} if schema.get("x-nullable") else frozenset()
    return found | {"integer"} if "number" in found else found


def _data_by_type(document: Schema) -> dict[str, Schema]:
    return {
        one["if"]["properties"]["type"]["const"]: one["then"]["properties"]["data"]
        for one in document.get("allOf", ())
        if "if" in one
    }


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
