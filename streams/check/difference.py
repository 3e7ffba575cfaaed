"""Difference: the first field in which a stored state is not the state that the log folds to."""

from collections.abc import Iterator
from typing import Any

import orjson
from pydantic import ValidationError

from workflows.incident import Incident

_LONGEST = 120


def first_difference(stored: bytes, folded: Incident) -> str | None:
    """`field: stored ..., the fold says ...`, with a dotted path; None when they are equal."""
    try:
        state = Incident.model_validate_json(stored)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: cannot be read: {first['msg']}"
    if state == folded:
        return None
    found = next(_differences(_plain(state), _plain(folded), ""), None)
    return "fields equal, types differ" if found is None else found


def _plain(state: Incident) -> Any:  # noqa: ANN401 - JSON of any shape
    return orjson.loads(state.model_dump_json())


def _differences(stored: object, folded: object, path: str) -> Iterator[str]:
    if isinstance(stored, dict) and isinstance(folded, dict):
        for name in dict.fromkeys([*folded, *stored]):
            yield from _differences(
                stored.get(name), folded.get(name), f"{path}.{name}" if path else str(name)
            )
    elif isinstance(stored, list) and isinstance(folded, list) and len(stored) == len(folded):
        for position, (one, other) in enumerate(zip(stored, folded, strict=True)):
            yield from _differences(one, other, f"{path}.{position}")
    elif stored != folded:
        yield f"{path}: stored {_short(stored)}, the fold says {_short(folded)}"


def _short(value: object) -> str:
    told = orjson.dumps(value).decode()
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"
