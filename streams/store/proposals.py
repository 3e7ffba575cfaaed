"""Proposals: decisions that wait for a second person. A row is settled once, by whoever comes first at any gateway.

Must never enter: who may countersign (`streams.gateway.proposals`); what takes two persons (`workflows.two_person`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import MessageId
from models.tables import INCIDENTS, PROPOSALS
from models.vocabulary import Action, ProposalState

_MOST_LISTED = 500
_BY_ID = select(PROPOSALS).where(PROPOSALS.c.message_id == bindparam("named"))
_LATE = (
    select(PROPOSALS, INCIDENTS.c.title, INCIDENTS.c.level, INCIDENTS.c.state.label("incident"))
    .join(INCIDENTS, INCIDENTS.c.incident_id == PROPOSALS.c.incident_id)
    .where(PROPOSALS.c.expires_at > bindparam("since"))
    .order_by(PROPOSALS.c.expires_at, PROPOSALS.c.message_id)
    .limit(_MOST_LISTED)
)
_WAITING = select(PROPOSALS.c.message_id, PROPOSALS.c.area_code).where(
    PROPOSALS.c.state == ProposalState.WAITING.value, PROPOSALS.c.expires_at > bindparam("now")
)
_SETTLE = (
    update(PROPOSALS)
    .where(
        PROPOSALS.c.message_id == bindparam("named"),
        PROPOSALS.c.state == ProposalState.WAITING.value,
        PROPOSALS.c.expires_at > bindparam("now"),
    )
    .values(settled_at=bindparam("now"))
)
_NEW = {
    "sqlite": sqlite.insert(PROPOSALS).on_conflict_do_nothing().returning(PROPOSALS.c.message_id),
    "postgresql": postgresql.insert(PROPOSALS).on_conflict_do_nothing().returning(PROPOSALS.c.message_id),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row: what was decided by whom, until when it waits, and who answered how."""

    message_id: MessageId
    incident_id: str
    area_code: str
    officer_id: str
    officer_area_code: str
    action: Action
    orders: int
    digest: str
    body: bytes
    proposed_at: datetime
    expires_at: datetime
    state: ProposalState = ProposalState.WAITING
    second_id: str | None = None
    second_name: str | None = None
    settled_at: datetime | None = None
    declined_because: str | None = None

    def state_at(self, now: datetime) -> ProposalState:
        """How it stands at this moment of the program's time."""
        is_over = self.state is ProposalState.WAITING and self.expires_at <= now
        return ProposalState.EXPIRED if is_over else self.state


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal with what its incident is called, how bad it is, and its state as it is stored."""

    proposal: Proposal
    title: str
    level: str
    incident: bytes


async def propose(connection: AsyncConnection, proposal: Proposal) -> bool:
    """Keep a proposal; False when one of that message is there already."""
    row = asdict(proposal) | {"action": proposal.action.value, "state": proposal.state.value}
    return (await connection.execute(_NEW[connection.dialect.name], [row])).scalar() is not None


async def proposal_of(connection: AsyncConnection, message_id: str) -> Proposal | None:
    """The proposal that this message is, in whatever state."""
    row = (await connection.execute(_BY_ID, {"named": message_id})).first()
    return None if row is None else _proposal(row)


async def countersign(
    connection: AsyncConnection, message_id: str, person: tuple[str, str], body: bytes, now: datetime
) -> bool:
    """Settle it as countersigned by this person (id, name), with the body that goes in; False: it waits no more."""
    return await _settle(connection, message_id, ProposalState.COUNTERSIGNED, person, now, body=body)


async def decline(
    connection: AsyncConnection, message_id: str, person: tuple[str, str], because: str, now: datetime
) -> bool:
    """Settle it as declined by this person (id, name), for this reason; False: it waits no more."""
    return await _settle(
        connection, message_id, ProposalState.DECLINED, person, now, declined_because=because
    )


async def _settle(
    connection: AsyncConnection,
    message_id: str,
    state: ProposalState,
    person: tuple[str, str],
    now: datetime,
    **more: object,
) -> bool:
    second_id, second_name = person
    settled = _SETTLE.values(state=state.value, second_id=second_id, second_name=second_name, **more)
    return (await connection.execute(settled, {"named": message_id, "now": now})).rowcount == 1


async def listed(connection: AsyncConnection, since: datetime) -> list[Listed]:
    """Those that expire after this moment, soonest first, with their incidents; 500 at most."""
    rows = await connection.execute(_LATE, {"since": since})
    return [Listed(_proposal(row), row.title, row.level, row.incident) for row in rows]


async def waiting(connection: AsyncConnection, now: datetime) -> Sequence[tuple[str, str]]:
    """The message and area of each that waits."""
    return [(row.message_id, row.area_code) for row in await connection.execute(_WAITING, {"now": now})]


def _proposal(row: Row[*tuple[object, ...]]) -> Proposal:
    columns = row._mapping  # the row's public mapping; the name only avoids clashes with columns
    held = {name: columns[name] for name in Proposal.__slots__}
    held |= {"action": Action(held["action"]), "state": ProposalState(held["state"])}
    return Proposal(**held)
