"""The second wall: a request reads no row of another area on PostgreSQL, whatever its statement forgets to ask for."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Table, func, select, text
from sqlalchemy.exc import DBAPIError

from models.access import Role, Someone
from models.identifiers import AreaCode
from models.tables import COMMANDS, EVENTS, INCIDENTS, OUTCOMES, REPORTS, metadata
from streams.gateway.callers import INSTALLATION, Caller
from streams.gateway.reading import areas_of, reading_for
from streams.store.database import Database
from tests.integration.gateway.conftest import Gateway, gateway_over

pytestmark = pytest.mark.postgres

# What a request may read at all, and so needs a wall; everything else is refused to it as a whole.
WALLED = {
    "archived_logs",
    "attachment_links",
    "attachments",
    "commands",
    "events",
    "incidents",
    "outcomes",
    "projections",
    "proposals",
    "reports",
}
HOME, ELSEWHERE = "500108", "500106"


@pytest.fixture
async def gateway(played_postgres_url: str) -> AsyncIterator[Gateway]:
    """A gateway over a played database: incidents of three districts with all that belongs to them."""
    database = Database(played_postgres_url)
    async with gateway_over(database) as opened:
        yield opened
    await database.close()


def desk(area_code: str) -> Caller:
    """A duty officer of that area."""
    who = Someone(person_id="wang", name="王", role=Role.DUTY_OFFICER, area_code=AreaCode(area_code))
    return Caller(who)


async def seen(gateway: Gateway, caller: Caller, table: Table) -> int:
    """How many rows of a table are there for this caller, asked for without any condition."""
    async with reading_for(caller, gateway.services) as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def there(gateway: Gateway, table: Table) -> int:
    async with gateway.services.database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_a_desk_sees_the_rows_of_its_own_area_alone(gateway: Gateway) -> None:
    """With no predicate at all: its incidents, and of log, reports and commands what belongs to these."""
    async with reading_for(desk(HOME), gateway.services) as connection:
        districts = set(await connection.scalars(select(INCIDENTS.c.district_code)))
        mine = set(await connection.scalars(select(INCIDENTS.c.incident_id)))
        for table in (EVENTS, REPORTS, COMMANDS):
            owners = set(await connection.scalars(select(table.c.incident_id)))
            assert owners
            assert owners <= mine
        assert set(await connection.scalars(select(OUTCOMES.c.district_code))) == {HOME}
    assert districts == {HOME}
    assert 0 < len(mine) < await there(gateway, INCIDENTS)


async def test_a_township_sees_less_than_its_district(gateway: Gateway) -> None:
    """The wall follows the tree down to the township."""
    async with reading_for(desk("500108002"), gateway.services) as connection:
        assert set(await connection.scalars(select(INCIDENTS.c.township_code))) == {"500108002"}


@pytest.mark.parametrize("caller", [desk("500000"), Caller(INSTALLATION)], ids=["city", "installation"])
async def test_the_city_sees_all(gateway: Gateway, caller: Caller) -> None:
    """Whoever sees the whole city meets no wall."""
    for table in (INCIDENTS, EVENTS, REPORTS, COMMANDS, OUTCOMES):
        assert await seen(gateway, caller, table) == await there(gateway, table) > 0


async def test_every_table_has_a_wall_or_is_closed(gateway: Gateway) -> None:
    """A new table is either walled and listed here, or the role of requests has no right to it at all."""
    may = text("SELECT has_table_privilege('fenghuo_gateway', :name, 'SELECT')")
    async with gateway.services.database.read() as connection:
        open_to_requests = {name for name in metadata.tables if await connection.scalar(may, {"name": name})}
    for name in open_to_requests:
        assert await seen(gateway, desk("500101"), metadata.tables[name]) == 0
    assert open_to_requests == WALLED


async def test_months_of_the_log_are_no_way_round(gateway: Gateway) -> None:
    """A partition asked for by its own name is closed, today's and one that is made later."""
    async with gateway.services.database.write() as connection:
        await connection.execute(text("SELECT fenghuo_open_month('2031-05')"))
        query = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass")
        parts = list(await connection.scalars(query))
    assert "events_2031_05" in parts
    for part in parts:
        async with gateway.services.database.read() as connection:
            for role in ("fenghuo_gateway", "fenghuo_engine"):
                may = text("SELECT has_table_privilege(:role, :part, 'SELECT, INSERT, UPDATE, DELETE')")
                assert not await connection.scalar(may, {"role": role, "part": part})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents SET level = 'I'",
        "DELETE FROM events",
        "INSERT INTO leases VALUES ('a', 'b', now())",
        "SELECT fenghuo_open_month('2031-05')",
    ],
)
async def test_a_request_s_reading_changes_nothing(gateway: Gateway, statement: str) -> None:
    """The role of the reading door has no right to write, whoever logged in."""
    with pytest.raises(DBAPIError, match="permission denied"):
        async with reading_for(desk(HOME), gateway.services) as connection:
            await connection.exec_driver_sql(statement)


async def test_without_areas_nothing_is_seen(gateway: Gateway) -> None:
    """Who forgets to say for whom reads nothing; and what one transaction was told is forgotten by the next."""
    assert await seen(gateway, desk("500000"), INCIDENTS) > 0
    async with gateway.services.database.read() as connection:
        await connection.execute(text("SET LOCAL ROLE fenghuo_gateway"))
        assert (await connection.execute(select(INCIDENTS))).first() is None
    assert await there(gateway, INCIDENTS) > 0


async def test_the_engine_s_role_sees_and_does_its_work(gateway: Gateway) -> None:
    """All areas, and every table that the program writes, but it changes neither the log nor the audit."""
    async with gateway.services.database.write() as connection:
        await connection.execute(text("SET LOCAL ROLE fenghuo_engine"))
        kept = await connection.scalar(select(func.count()).select_from(INCIDENTS))
        await connection.execute(text("UPDATE incidents SET seq = seq"))
        await connection.execute(text("SELECT fenghuo_open_month('2032-01')"))
        rights = text(
            "SELECT relname, has_table_privilege('fenghuo_engine', oid, 'INSERT') AS adds,"
            " has_table_privilege('fenghuo_engine', oid, 'UPDATE') AS changes"
            " FROM pg_class WHERE relname = ANY(:names) AND relnamespace = current_schema()::regnamespace"
        )
        found = {
            row.relname: (row.adds, row.changes)
            for row in await connection.execute(rights, {"names": list(metadata.tables)})
        }
    assert kept == await there(gateway, INCIDENTS)
    grows = dict.fromkeys(("archived_logs", "archives", "audit", "events"), (True, False))
    assert found == dict.fromkeys(metadata.tables, (True, True)) | grows


@pytest.mark.parametrize("statement", ["UPDATE audit SET role = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_audit_only_grows(gateway: Gateway, statement: str) -> None:
    """Not even the owner of the tables changes an entry without taking the guard away first, which is seen."""
    await gateway.client.get("/api/audit")
    assert await there(gateway, metadata.tables["audit"]) > 0
    with pytest.raises(DBAPIError, match="the audit only grows"):
        async with gateway.services.database.write() as connection:
            await connection.exec_driver_sql(statement)


async def test_an_area_that_nobody_knows_sees_nothing() -> None:
    """The areas of a desk are its own and those within it, never more."""
    assert areas_of(AreaCode("999999")) == ""
    assert "500108002" in areas_of(AreaCode(HOME)).split(",")
    assert ELSEWHERE not in areas_of(AreaCode(HOME)).split(",")
