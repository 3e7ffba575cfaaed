"""PostgreSQL: its own pg_dump and pg_restore, which know every kind of thing that a database can hold.

The dump is of the very snapshot that was counted. Passwords go to the programs in a file that ends with the call:
a command line and an environment can be read by others.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from streams.backup.contents import contents_of
from streams.backup.files import Watch, on_disk
from streams.backup.manifest import Contents
from streams.store.database import Database

_LOOKED_AT_EVERY_SECONDS = 0.5
_DEBIAN = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) ([0-9]+)")
_SSL_MODES = {"true": "require", "1": "require", "false": "disable", "0": "disable"}
_Words: TypeAlias = tuple[str, ...]
# What rights are given to must be there before; whoever restores must be able to take them on, as after an upgrade.
_ROLES = text("""
DO $$ DECLARE wanted text; BEGIN
    FOREACH wanted IN ARRAY ARRAY['fenghuo_engine', 'fenghuo_gateway'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'USAGE') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        END IF;
    END LOOP;
END $$
""")
# pg_restore cannot clean a database whose log lies in months, nor put one aside in the transaction of its own.
_ASIDE = text("""
DO $$ DECLARE here text := current_schema(); BEGIN
    EXECUTE format('ALTER SCHEMA %I RENAME TO fenghuo_before', here);
    EXECUTE format('CREATE SCHEMA %I', here);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO PUBLIC', here);
END $$
""")
_BACK = text("""
DO $$ DECLARE here text := current_schema(); BEGIN
    EXECUTE format('DROP SCHEMA %I CASCADE', here);
    EXECUTE format('ALTER SCHEMA fenghuo_before RENAME TO %I', here);
END $$
""")
_GIVEN_UP = text("DROP SCHEMA fenghuo_before CASCADE")
_WAS_BROKEN_OFF = text("SELECT count(*) FROM pg_namespace WHERE nspname = 'fenghuo_before'")
_WHO_ELSE = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


class ProgramsMissing(Exception):
    """pg_dump or pg_restore is not there, is older than the server, or refused. The message says what to do."""


async def dump(database: Database, url: str, file: Path, watch: Watch) -> Contents:
    """Write a dump of one moment, in pg_dump's custom format, and say what was in it. Raises ProgramsMissing."""
    async with database.snapshot() as connection:
        program = await _program("pg_dump", connection)
        snapshot = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
        size = (await connection.execute(text("SELECT pg_database_size(current_database())"))).scalar_one()
        contents = await contents_of(connection)
        words = ("--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={file}")
        async with _watched(file, int(size), watch):
            await _run(program, url, words)
    on_disk(file)
    return contents


async def readable(database: Database, file: Path) -> str:
    """The program that can restore this dump here. Raises ProgramsMissing: it cannot be had, or cannot read it."""
    async with database.read() as connection:
        program = await _program("pg_restore", connection)
    await _said(program, "--list", str(file))
    return program


async def put_back(program: str, database: Database, url: str, file: Path) -> None:
    """Restore the dump in one transaction, with what is there put aside until it is done.

    Raises ProgramsMissing: the database is what it was. Killed, what was there is in the schema `fenghuo_before`.
    """
    async with database.write() as connection:
        await connection.execute(_ROLES)
        await connection.execute(_ASIDE)
    last = _BACK
    try:
        await _run(program, url, ("--no-owner", "--exit-on-error", "--single-transaction"), str(file))
        last = _GIVEN_UP
    finally:
        async with database.write() as connection:
            await connection.execute(last)


async def was_broken_off(connection: AsyncConnection) -> bool:
    """Whether a restore was killed here: what was there before it is in the schema `fenghuo_before`."""
    return bool((await connection.execute(_WAS_BROKEN_OFF)).scalar_one())


async def others_connected(connection: AsyncConnection) -> int:
    """How many connections to this database there are beside this one."""
    return int((await connection.execute(_WHO_ELSE)).scalar_one())


async def _program(name: str, connection: AsyncConnection) -> str:
    number = (await connection.execute(text("SELECT current_setting('server_version_num')"))).scalar_one()
    server = int(number) // 10_000
    for place in (None, str(_DEBIAN / str(server) / "bin")):  # None: PATH
        found = shutil.which(name, path=place)
        version = None if found is None else _VERSION.search(await _said(found, "--version"))
        if found is not None and version is not None and int(version[1]) >= server:
            return found
    raise ProgramsMissing(
        f"{name} of PostgreSQL {server} or newer is not here; install postgresql-client-{server} "
        "(Debian and Ubuntu, if need be from apt.postgresql.org) or put its folder on PATH"
    )


async def _run(program: str, url: str, words: _Words, *last: str) -> None:
    with _line(make_url(url)) as line:
        await _said(program, *words, "--no-password", f"--dbname={line}", *last)


async def _said(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if process.returncode:
        told = err.decode(errors="replace").strip().splitlines()
        raise ProgramsMissing(
            f"{Path(command[0]).name} refused: " + (" ".join(told[:3]) or "it said nothing")
        )
    return out.decode(errors="replace")


@contextmanager
def _line(url: URL) -> Iterator[str]:
    """The connection as libpq is told of it."""
    asked = {name: value if isinstance(value, str) else value[0] for name, value in url.query.items()}
    words = {
        "host": url.host or asked.get("host"),
        "port": str(url.port or asked.get("port") or ""),
        "user": url.username,
        "dbname": url.database,
        "sslmode": _SSL_MODES.get(asked.get("ssl", ""), asked.get("ssl")),
    }
    with TemporaryDirectory(prefix="fenghuo-") as folder:
        if url.password is not None:
            secrets = Path(folder) / "pgpass"
            secrets.touch(mode=0o600)
            escaped = re.sub(r"([\\:])", r"\\\1", url.password)
            secrets.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
            words["passfile"] = str(secrets)
        yield " ".join(f"{name}='{_quoted(value)}'" for name, value in words.items() if value)


def _size_bytes(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _quoted(value: str) -> str:
    return re.sub(r"([\\'])", r"\\\1", value)


@asynccontextmanager
async def _watched(file: Path, most: int, watch: Watch) -> AsyncIterator[None]:
    """Tell how the file grows; a dump is smaller than its database, so it may end early."""

    async def look() -> None:
        while True:
            await asyncio.sleep(_LOOKED_AT_EVERY_SECONDS)
            watch("dumping the database", min(_size_bytes(file), most), most)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
