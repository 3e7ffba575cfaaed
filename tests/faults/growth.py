"""Growth: which tables grew in a long life, and why each may.

Never in here: a figure that makes growth look small; a table that nobody named counts as one that grows for no reason.
"""

from collections.abc import Mapping

from tests.faults.books import Books, number
from tests.faults.outcome import Figure

_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
    " AND relnamespace = 'public'::regnamespace"
)
# What grows, and with what.
GROWS_WITH: Mapping[str, str] = {
    "intake": "accepted messages",
    "inbox": "handled messages",
    "reports": "accepted reports, which stay",
    "incidents": "incidents, which stay",
    "events": "facts of incidents; months are put away by `fenghuo archive`",
    "commands": "commands, which stay",
    "deadlines": "clocks of incidents, which stay",
    "outcomes": "measured goods and bads of incidents",
    "outbox": "publications; pruned after FENGHUO_OUTBOX_KEPT_DAYS",
    "audit": "changes and refusals, which stay",
    "projections": "areas and units that were ever rated, and no more",
    "dead_letters": "messages that could not be handled, until somebody retries them",
    "disagreements": "times that Kafka said something else than the database",
    "progress": "partitions of a cluster, and no more",
}


async def rows(books: Books) -> dict[str, int]:
    """How many rows each table has, on PostgreSQL."""
    names = [str(name) for (name,) in await books.rows(_TABLES)]
    counted = 'SELECT count(*) FROM "%s"'  # the names are the database's own
    return {name: await number(books, counted % name) for name in names}


def figures(before: Mapping[str, int], after: Mapping[str, int]) -> list[Figure]:
    """What grew since, for each incident where it grows with them."""
    grown = {name: count - before.get(name, 0) for name, count in after.items()}
    unexplained = [name for name, more in grown.items() if more > 0 and name not in GROWS_WITH]
    incidents = max(1, grown.get("incidents", 0))
    return [
        Figure("rows of the log for an incident", grown.get("events", 0) / incidents),
        Figure("rows of the outbox for an incident", grown.get("outbox", 0) / incidents),
        Figure("tables that grew for no reason", len(unexplained), at_most=0),
    ]
