"""Versions: how a body of an older version of the contract becomes one of this version. The one place for it.

Whatever is read, off a topic or out of the database, is read through `model_validate_json` of its shape, and so comes
here first. A shape says in `upgrades` how its older versions become it, one step a version; nothing that was written
is written anew. Never in here: a newer version (`streams.processing.codec` parks it until the upgrade).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import orjson
from pydantic import BaseModel

SCHEMA_VERSION = 1
_FIRST = 1  # of a body that does not say it

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


class Versioned(BaseModel):
    """A message or fact that says of which version it is."""

    # From which version -> the body of the next version; a version that changed nothing of this shape is left out.
    upgrades: ClassVar[Mapping[int, Upgrade]] = MappingProxyType({})

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **kwargs: Any) -> Self:
        """As pydantic's, of a body of any version up to this one. Costs nothing while no version is older."""
        return super().model_validate_json(_upgraded(json_data, cls.upgrades), **kwargs)


def _upgraded(given: str | bytes | bytearray, upgrades: Mapping[int, Upgrade]) -> str | bytes | bytearray:
    if not upgrades:
        return given
    try:
        body = orjson.loads(given)
    except orjson.JSONDecodeError:
        return given  # pydantic says what is wrong with it
    version = body.get("schema_version", _FIRST) if isinstance(body, dict) else None
    if type(version) is not int or version >= SCHEMA_VERSION:
        return given
    try:
        for older in range(version, SCHEMA_VERSION):
            body = upgrades.get(older, _unchanged)(body)
    except (KeyError, TypeError, ValueError, AttributeError):
        return given  # it only says that it is of that version
    return orjson.dumps({**body, "schema_version": SCHEMA_VERSION})


def _unchanged(body: dict[str, Any]) -> dict[str, Any]:
    return body
