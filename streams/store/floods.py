"""Floods: how many reports each reporter has told lately, counted over what is stored and over the batch at hand.

Of two workers that hear one reporter at the same time each counts what the other has committed, so that a flood over
several partitions is noticed a few reports later, never the less.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.messages.report import Report
from models.tables import REPORTS
from workflows.judgement.flood import most_of
from workflows.rulebook import Rulebook

_TOLD = (
    select(REPORTS.c.reporter_key, func.count().label("told"))
    .where(
        REPORTS.c.reporter_key.in_(bindparam("reporters", expanding=True)),
        REPORTS.c.received_at > bindparam("since"),
    )
    .group_by(REPORTS.c.reporter_key)
)


class Told:
    """A running count by reporter; ask once for each report, in the order in which they will be handled."""

    def __init__(self, stored: Mapping[str, int]) -> None:
        self._counts = dict(stored)

    def one_more(self, report: Report) -> int:
        """How many its reporter had told before this one, which counts from here on."""
        before = self._counts.get(report.reporter_key, 0)
        self._counts[report.reporter_key] = before + 1
        return before


async def load(
    connection: AsyncConnection, reports: Iterable[Report], rules: Rulebook, now: datetime
) -> Told:
    """What the reporters of these have told until `now`; nobody is asked about whose reports are never too many."""
    reporters = sorted({one.reporter_key for one in reports if most_of(one, rules) is not None})
    if not reporters:
        return Told({})
    since = now - timedelta(seconds=rules.flood.within_seconds)
    rows = await connection.execute(_TOLD, {"reporters": reporters, "since": since})
    return Told({row.reporter_key: row.told for row in rows})
