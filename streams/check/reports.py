"""I1: every accepted report belongs to exactly one incident, and that one reaches an end."""

from collections.abc import AsyncIterator, Iterator

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import INBOX, INCIDENTS, REPORTS
from models.topics import Topic
from models.vocabulary import Status
from streams.check.dossier import Dossier
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick

_INTAKES = (Topic.REPORTS.value, Topic.REPORTS_URGENT.value)
_ACCEPTED_WITHOUT_ROW = select(INBOX.c.message_id).where(
    INBOX.c.topic.in_(_INTAKES),
    INBOX.c.refusal_code.is_(None),
    ~exists().where(REPORTS.c.message_id == INBOX.c.message_id),
)
_MERGED = select(INCIDENTS.c.incident_id, INCIDENTS.c.merged_into).where(
    INCIDENTS.c.status == Status.MERGED.value
)
_STANDING = select(INCIDENTS.c.incident_id).where(INCIDENTS.c.status != Status.MERGED.value)


def reports_are_counted_once(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I1 every accepted report belongs to exactly one incident: its rows are as many as its log says.

    What was merged has handed its reports on; rows of an incident that does not exist belong to nothing.
    """
    if dossier.row is None:
        if dossier.reports:
            detail = f"{dossier.reports} reports belong to an incident that does not exist"
            yield Violation(Invariant.I1, f"reports incident_id={dossier.incident_id}", detail)
        return
    if dossier.state is None:
        return
    wanted = 0 if dossier.state.status is Status.MERGED else dossier.state.reports
    if dossier.reports != wanted:
        detail = f"{dossier.reports} reports belong to it, its log says {wanted}"
        yield Violation(Invariant.I1, f"incidents incident_id={dossier.incident_id}", detail)


def incidents_come_to_an_end(dossier: Dossier, yardstick: Yardstick) -> Iterator[Violation]:
    """I1 every accepted report reaches an end: its incident has ended, or somebody owes it something.

    Owed is an open step, a running clock, a standing red alarm, or a stage that was called upon and has not looked.
    """
    state = dossier.state
    if state is None or not state.is_open:
        return
    if not (
        state.open_steps or state.deadlines or state.red_alarm or dossier.incident_id in yardstick.called
    ):
        detail = f"open at stage {state.stage} with no open step, clock, alarm or hand-over: nobody will look at it"
        yield Violation(Invariant.I1, f"incidents incident_id={dossier.incident_id}", detail)


async def accepted_reports_are_kept(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I1 every accepted report is there: what the inbox accepted is a row of `reports`."""
    for (message_id,) in await connection.execute(_ACCEPTED_WITHOUT_ROW):
        detail = "the report was accepted and is not in reports"
        yield Violation(Invariant.I1, f"inbox message_id={message_id}", detail)


async def merges_lead_somewhere(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I1 ... or one merge: following `merged_into` ends at an incident that was not merged itself."""
    into = {row.incident_id: row.merged_into for row in await connection.execute(_MERGED)}
    if not into:
        return
    standing = set((await connection.execute(_STANDING)).scalars())
    for incident_id in sorted(into):
        path = [incident_id]
        while (target := into.get(path[-1])) is not None and target not in path:
            path.append(target)
        if path[-1] not in standing:
            detail = (
                f"merged into {' -> '.join(map(str, path[1:])) or 'nothing'}, which is no standing incident"
            )
            yield Violation(Invariant.I1, f"incidents incident_id={incident_id}", detail)
