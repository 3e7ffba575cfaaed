"""Schemas: one JSON Schema (2020-12) per message, with an example, formatted so that a change reads as a change.

What Fenghuo sends is open here as well: a later version may add a field, and readers ignore what they do not know.
"""

import json
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from models.events import EVENT_TYPES
from models.messages.event import Event
from streams.documents.catalogue import MESSAGES, Documented

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LOCAL = "#/$defs/{model}"
Schema = dict[str, Any]  # JSON of a shape that only JSON Schema itself could describe


def file_name(message: Documented) -> str:
    """`PublicWarning` stands in `public-warning.schema.json`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", message.name).lower() + ".schema.json"


def texts() -> dict[str, str]:
    """File name -> the schema as JSON text."""
    return {
        file_name(message): json.dumps(schema_of(message), ensure_ascii=False, indent=2) + "\n"
        for message in MESSAGES
    }


def schema_of(message: Documented) -> Schema:
    """The schema of one message as a plain value."""
    schema = _by_type() if message.shape is Event else message.shape.model_json_schema()
    described = {
        "$schema": _DIALECT,
        "title": message.name,
        "description": schema.pop("description"),
        "x-topics": [topic.value for topic in message.topics],
        "x-key": message.key,
        **_opened(schema),
    }
    return {**described, "examples": [dict(message.example)]}


def _by_type() -> Schema:
    """The event's schema, in which `type` decides what `data` holds."""
    every: tuple[type[BaseModel], ...] = (Event, *EVENT_TYPES.values())
    _, all_of_them = models_json_schema([(shape, "validation") for shape in every], ref_template=_LOCAL)
    shapes = all_of_them["$defs"]
    event: Schema = shapes.pop("Event")
    event["allOf"] = [
        {
            "if": {"properties": {"type": {"const": name}}},
            "then": {"properties": {"data": {"$ref": _LOCAL.format(model=shape.__name__)}}},
        }
        for name, shape in sorted(EVENT_TYPES.items())
    ]
    return {**event, "$defs": shapes}


def _opened(value: Any) -> Any:  # noqa: ANN401 - walks JSON of any shape
    """Without the closing of objects."""
    if isinstance(value, list):
        return [_opened(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _opened(item)
        for key, item in value.items()
        if not (key == "additionalProperties" and isinstance(item, bool))
    }
