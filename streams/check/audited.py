"""I12: what people changed through the gateway is in the audit, and the audit is as it was written."""

from collections.abc import AsyncIterator

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import AUDIT, INTAKE
from models.topics import Topic
from streams.access import audit
from streams.access.audit import AuditOutcome
from streams.check.rows import rows
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick

# Reports under the installation's token share an entry (`streams.gateway.auditing`), so that theirs are not looked for.
_ONE_BY_ONE = (Topic.DECISIONS.value, Topic.DISPOSAL_FEEDBACK.value)
_NAMED = and_(AUDIT.c.subject == INTAKE.c.message_id, AUDIT.c.outcome == AuditOutcome.ALLOWED.value)
# A join and not a search for each row: subjects have no index, since nothing else looks for them.
_UNAUDITED = (
    select(INTAKE.c.message_id, INTAKE.c.topic)
    .join(AUDIT, _NAMED, isouter=True)
    .where(INTAKE.c.topic.in_(_ONE_BY_ONE), AUDIT.c.seq.is_(None))
    .order_by(INTAKE.c.message_id)
)


async def accepted_is_audited(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I12 audited mutations = mutating 2xx: each decision and feedback that the gateway accepted has its entry."""
    for row in await rows(connection, _UNAUDITED):
        where = f"intake message_id={row['message_id']}"
        yield Violation(
            Invariant.I12, where, f"accepted for {row['topic']}, and nobody stands in the audit for it"
        )


async def audit_is_whole(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I12 ... and the audit's chain verifies."""
    report = await audit.verify(connection)
    if report.broken_at is not None:
        detail = f"it does not follow the {report.entries} entries before it"
        yield Violation(Invariant.I12, f"audit seq={report.broken_at}", detail)
