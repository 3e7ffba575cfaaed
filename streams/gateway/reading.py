"""Reading: the door through which a request reads what it shows, no further than the caller's own areas.

Each route names the areas in its query; this is the second wall, of the database itself, for the query that forgets.
What only finds out whether somebody may see a thing reads without it, and is listed in tests/architecture.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncConnection

from models.areas import AreaKind, area_tree, city_code
from models.identifiers import AreaCode
from streams.gateway.callers import Caller
from streams.gateway.services import Services

_EVERYWHERE = "*"


@asynccontextmanager
async def reading_for(caller: Caller, services: Services) -> AsyncIterator[AsyncConnection]:
    """A reading transaction in which rows of areas that are not this caller's are not there. Raises TransientFault."""
    async with services.database.read_within(areas_of(caller.home)) as connection:
        yield connection


@lru_cache(maxsize=2_000)
def areas_of(home: AreaCode) -> str:
    """The area and everything within it, as `Database.read_within` takes it; all of the city is everything.

    A community's code begins with its township's, which is looked at alone; a retired area lies at its successor.
    """
    if home == city_code():
        return _EVERYWHERE
    tree = area_tree()
    listed = (area.code for area in tree if area.kind is not AreaKind.COMMUNITY)
    return ",".join(code for code in listed if code == home or tree.is_within(code, home))
