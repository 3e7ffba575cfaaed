"""What a database can do to us, in two families, and how the errors of both drivers fall into them.

What is in neither family is our own defect (a wrong statement, a missing table) and passes through unchanged.
"""

import asyncpg
from sqlalchemy.exc import DBAPIError

from streams.errors import Transient


class TransientFault(Transient):
    """The database cannot be had now, or two transactions met. Run the whole transaction again; nothing was kept."""


class DataRefused(Exception):
    """A row breaks the database's own rules. Run the batch again one message at a time; the one to blame is poison."""


class EngineAlreadyRuns(Exception):
    """Another engine has this SQLite file. Stop it, or use PostgreSQL, where several engines share the work."""


# Errors that leave drivers before SQLAlchemy sees them: a server that is away, values no column could hold.
UNWRAPPED = (
    DBAPIError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    OverflowError,
    UnicodeEncodeError,
)

# SQLite's primary result codes: BUSY, LOCKED, NOMEM, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL.
_SQLITE_TRANSIENT = frozenset({5, 6, 7, 9, 10, 13, 14, 15})
# TOOBIG, CONSTRAINT, MISMATCH.
_SQLITE_REFUSED = frozenset({18, 19, 20})
# Classes of SQLSTATE: connection, rollback (serialisation, deadlock), resources, operator, system, lock not available.
_POSTGRES_TRANSIENT = ("08", "40", "53", "55", "57", "58")
# Classes of SQLSTATE: data exception (NUL, out of range), integrity; 54 is a value beyond a limit.
_POSTGRES_REFUSED = ("22", "23", "54")


def family_of(error: BaseException) -> type[TransientFault] | type[DataRefused] | None:
    """The family that a driver's error belongs to; None for a defect of ours."""
    if isinstance(error, OverflowError | UnicodeEncodeError):
        return DataRefused
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return TransientFault
        return family_of(error.orig) if error.orig is not None else None
    return _by_code(error)


def _by_code(error: BaseException) -> type[TransientFault] | type[DataRefused] | None:
    sqlstate = getattr(error, "sqlstate", None)
    if isinstance(sqlstate, str):
        if sqlstate.startswith(_POSTGRES_TRANSIENT):
            return TransientFault
        return DataRefused if sqlstate.startswith(_POSTGRES_REFUSED) else None
    sqlite_code = getattr(error, "sqlite_errorcode", None)
    if isinstance(sqlite_code, int):
        primary = sqlite_code & 0xFF
        if primary in _SQLITE_TRANSIENT:
            return TransientFault
        return DataRefused if primary in _SQLITE_REFUSED else None
    return _without_code(error)


def _without_code(error: BaseException) -> type[TransientFault] | type[DataRefused] | None:
    cause = error.__cause__
    # asyncpg refuses a value before it is sent (DataError), or finds its connection gone (InterfaceError).
    if isinstance(error, asyncpg.DataError) or isinstance(cause, asyncpg.DataError):
        return DataRefused
    if isinstance(error, OSError | asyncpg.InterfaceError) or isinstance(
        cause, asyncpg.InterfaceError | OSError
    ):
        return TransientFault
    return None
