"""I12: what people changed through the gateway is in the audit, and the audit is as it was written."""

from collections.abc import AsyncIterator

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import AUDIT, INTAKE, PROPOSALS
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
_OF_PROPOSAL = and_(AUDIT.c.subject == PROPOSALS.c.message_id, AUDIT.c.outcome == AuditOutcome.ALLOWED.value)
# Each of the two wrote an entry of their own. A decline goes into no intake, and of what was countersigned the
# intake's row is content with the first person's.
_BY_SECOND = AUDIT.c.person_id == PROPOSALS.c.second_id
_BY_FIRST = or_(PROPOSALS.c.second_id.is_(None), AUDIT.c.person_id != PROPOSALS.c.second_id)


async def accepted_is_audited(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I12 audited mutations = mutating 2xx: each decision and feedback that the gateway accepted has its entry."""
    for row in await rows(connection, _UNAUDITED):
        where = f"intake message_id={row['message_id']}"
        yield Violation(
            Invariant.I12, where, f"accepted for {row['topic']}, and nobody stands in the audit for it"
        )


async def proposals_are_audited(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I12 ... so has what waited for a second person: an entry of who proposed it, and one of who answered it."""
    for told, found in (
        ("proposed", _unnamed(_BY_FIRST)),
        ("answered", _unnamed(_BY_SECOND).where(PROPOSALS.c.second_id.is_not(None))),
    ):
        for row in await rows(connection, found):
            where = f"proposals message_id={row['message_id']}"
            yield Violation(Invariant.I12, where, f"{told}, and nobody stands in the audit for it")


def _unnamed(by: ColumnElement[bool]) -> Select[tuple[str]]:
    return (
        select(PROPOSALS.c.message_id)
        .join(AUDIT, and_(_OF_PROPOSAL, by), isouter=True)
        .where(AUDIT.c.seq.is_(None))
        .order_by(PROPOSALS.c.message_id)
    )


async def audit_is_whole(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I12 ... and the audit's chain verifies."""
    report = await audit.verify(connection)
    if report.broken_at is not None:
        detail = f"it does not follow the {report.entries} entries before it"
        yield Violation(Invariant.I12, f"audit seq={report.broken_at}", detail)
