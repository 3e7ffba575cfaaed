"""Agreement: does the database know what went out? Asked before an engine reads or decides anything.

A fact is committed before it is published, so whatever `incident-events` has the database has too, unless it was put
back to an earlier day. The last facts of each partition are looked up, not the last one alone: a sweeper may have sent
an older fact once more behind newer ones.
"""

from models.topics import Topic
from streams.reconcile.facts import facts_in, unknown
from streams.reconcile.holdings import Holdings
from streams.store.database import Database

LOOKED_AT = 500  # of each partition: as many records as a sweep sends again at once


class DatabaseIsOlder(Exception):
    """Kafka has facts that the database does not know: it was restored from an older backup. Run `fenghuo reconcile`.

    Nothing was read or decided. Starting again does not help.
    """


async def require_agreement(database: Database, holdings: Holdings) -> None:
    """Raise DatabaseIsOlder unless the log has what was published last. Raises KafkaError, Transient: ask again."""
    # Kafka first: an engine beside us may publish meanwhile, and then its facts are in the database.
    newest = list(facts_in(await holdings.newest(Topic.INCIDENT_EVENTS, LOOKED_AT)))
    async with database.read() as connection:
        missing = await unknown(connection, newest)
    if missing:
        last = max(missing, key=lambda fact: fact.recorded_at)
        raise DatabaseIsOlder(
            f"the database does not know {len(missing)} of the {len(newest)} newest facts on Kafka, "
            f"the last one {last.type} {last.event_id} of {last.recorded_at.isoformat(timespec='seconds')} "
            f"({last.where}): it was restored from an older backup; run `fenghuo reconcile`"
        )
