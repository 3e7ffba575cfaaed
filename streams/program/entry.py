"""Entry: the way to the screen of an installation on one's own machine, printed at each start and good for one use."""

from datetime import datetime

from models.access import Role, Someone
from models.areas import city_code
from streams.access.accounts import keep_account
from streams.access.sessions import new_link
from streams.store.database import Database

LOCAL_PERSON = "local-commander"


async def local_link(database: Database, now: datetime) -> str:
    """The word of a one-time link for the city's commander on this machine; there is no password for it."""
    person = Someone(person_id=LOCAL_PERSON, name="本机指挥长", role=Role.COMMANDER, area_code=city_code())
    async with database.write() as connection:
        await keep_account(connection, person, None, now)
        return await new_link(connection, person.person_id, now)
