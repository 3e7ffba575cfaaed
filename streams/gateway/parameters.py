"""Parameters: the query parameters that routes share, and the refusal of those that a route does not know.

A misspelled filter that is silently ignored answers another question than the one that was asked.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from models.areas import Area, area_tree
from models.identifiers import AREA_CODE_PATTERN
from streams.gateway.cursors import LONGEST_CURSOR
from streams.gateway.problems import bad_filter

MOST_ROWS = 200

Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="rows of one page")]
Cursor = Annotated[
    str | None,
    Query(max_length=LONGEST_CURSOR, description="`next_cursor` of the last page of the same query"),
]
Code = Annotated[str | None, Query(pattern=AREA_CODE_PATTERN)]


def area_named(code: str, field: str) -> Area:
    """The area of this code, standing or retired. Raises Problem (400) when it never existed."""
    if code not in area_tree():
        raise bad_filter(field, f"no area ever had the code {code}")
    return area_tree().area(code)


def _refuse_others(request: Request) -> None:
    route = request.scope["route"]
    known = set(_names(route.dependant)) if isinstance(route, APIRoute) else set()
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known:
            raise bad_filter(name[:64], f"known here: {', '.join(sorted(known)) or 'no parameter'}")
        if given.count(name) > 1:
            raise bad_filter(name, "the parameter stands there more than once")


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for needed in dependant.dependencies:
        yield from _names(needed)


KnownParametersOnly = Depends(_refuse_others)
