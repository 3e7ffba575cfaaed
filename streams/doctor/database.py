"""Database: does it answer, is its schema of this version, does its clock agree with ours, what waits there?"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.engine import make_url

from streams.doctor.finding import Finding
from streams.errors import Transient
from streams.settings import Profile, Settings
from streams.store import outbox
from streams.store.database import Database
from streams.store.revision import is_current

_ANSWER_WITHIN_SECONDS = 10.0
# Clocks and deadlines are stamped by several machines; the shortest limit of the rulebook is a minute.
_CLOCKS_DIFFER_SECONDS = 2.0
_SET_THE_CLOCK = "timedatectl set-ntp true, on the machine whose clock is wrong"


async def findings(settings: Settings) -> list[Finding]:
    """What keeps the program from its database."""
    database = Database(settings.database)
    shown = make_url(settings.database).render_as_string(hide_password=True)
    if database.file is not None and not database.file.exists():
        await database.close()
        return []  # the embedded program makes it
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
            return await _looked_at(database)
    except (Transient, TimeoutError) as away:
        reason = str(away) or f"no answer within {_ANSWER_WITHIN_SECONDS:g} s"
        return [Finding(f"{shown} cannot be had: {reason}", "start it, or set FENGHUO_DATABASE_URL")]
    finally:
        await database.close()


def anchor_findings(settings: Settings) -> Iterator[Finding]:
    """Whether a cut-off end of log or audit would be found out."""
    if settings.profile is Profile.PRODUCTION and settings.anchor_file is None:
        yield Finding(
            "nothing is anchored: an end of log or audit that the database's keepers cut off is found by nobody",
            "set FENGHUO_ANCHOR_FILE to a place that they do not reach (deploy/docs/recovery.md)",
        )


async def _looked_at(database: Database) -> list[Finding]:
    found = []
    if not await is_current(database):
        found.append(Finding("the schema is not of this version", "fenghuo db upgrade"))
    else:
        async with database.read() as connection:
            count, since = await outbox.waiting(connection)
        found += waiting_findings(count, since, datetime.now(UTC))
    if not database.is_sqlite:
        async with database.read() as connection:
            before = datetime.now(UTC)
            theirs = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
            ours = before + (datetime.now(UTC) - before) / 2
        found += clock_findings(ours, theirs)
    return found


def waiting_findings(count: int, since: datetime | None, now: datetime) -> list[Finding]:
    """What to say of so many messages that are not on Kafka yet, the oldest written then."""
    seconds = 0.0 if since is None else (now - since).total_seconds()
    if seconds <= outbox.WAITS_TOO_LONG_SECONDS:
        return []
    fix = "start an engine or a gateway; where they run, see FenghuoOutboxOld in deploy/docs/runbook.md"
    return [Finding(f"{count} messages wait to be published, the oldest for {seconds:.0f} s", fix)]


def clock_findings(ours: datetime, theirs: datetime) -> list[Finding]:
    """What to say of two clocks that were read at the same moment."""
    apart = abs((theirs - ours).total_seconds())
    if apart < _CLOCKS_DIFFER_SECONDS:
        return []
    way = "behind" if theirs > ours else "ahead of"
    return [Finding(f"this machine's clock is {apart:.1f} s {way} the database's", _SET_THE_CLOCK)]
