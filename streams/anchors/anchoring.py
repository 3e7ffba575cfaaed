"""Anchoring: once a minute the heads of the audit and of the logs that moved are written down at the second place."""

import asyncio
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import and_, bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import EVENTS, INCIDENTS
from streams.access import audit
from streams.access.signing import Keyring
from streams.anchors.anchor import Anchor, Head, line_of
from streams.anchors.file import AnchorFile, Taken
from streams.clock import Clock
from streams.errors import Transient
from streams.metrics import Metrics
from streams.store.database import Database

ANCHORED_EVERY_SECONDS = 60.0
HEADS_AT_MOST = 2_000
# A transaction that began before the last anchor may have ended after it: what moved lately is looked at once more.
_LOOKED_BACK = timedelta(seconds=120)
_EARLIEST = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
# Heads come with the bytes of their fact; of one that was put away meanwhile there are none, and it stays anchored.
_MOVED = (
    select(INCIDENTS.c.incident_id, INCIDENTS.c.seq, INCIDENTS.c.updated_at, EVENTS.c.event_id, EVENTS.c.body)
    .join(
        EVENTS,
        and_(
            EVENTS.c.incident_id == INCIDENTS.c.incident_id,
            EVENTS.c.seq == INCIDENTS.c.seq,
            EVENTS.c.opened_month == INCIDENTS.c.opened_month,
        ),
    )
    .where(
        tuple_(INCIDENTS.c.updated_at, INCIDENTS.c.incident_id)
        > tuple_(bindparam("since", type_=INCIDENTS.c.updated_at.type), bindparam("in_incident"))
    )
    .order_by(INCIDENTS.c.updated_at, INCIDENTS.c.incident_id)
    .limit(bindparam("most"))
)


class Anchoring:
    """The work of one process; of several that were given the same file the first does it, the others wait.

    `wall` is real time; `speed` is how much faster the program's time runs.
    """

    def __init__(
        self,
        database: Database,
        file: AnchorFile,
        keyring: Keyring,
        wall: Clock,
        metrics: Metrics,
        speed: float = 1,
    ) -> None:
        self._database = database
        self._file = file
        self._keyring = keyring
        self._wall = wall
        self._metrics = metrics
        self._looked_back = _LOOKED_BACK * speed
        self._taken: Taken | None = None
        self._last_at = wall.now()
        self._after: tuple[datetime, str] = (_EARLIEST, "")
        self._recent: dict[str, tuple[int, datetime]] = {}

    async def __call__(self) -> int:
        """Add one anchor. Returns how many heads are known to be left for the next, 0 when none.

        Raises Transient when database or file cannot be had; the age of the last anchor is shown either way.
        """
        try:
            if self._taken is None:
                self._taken = await self._take()
            more = 0 if self._taken is None else await self._anchored(self._taken)
        except OSError as away:
            raise Transient(f"no anchor can be written to {self._file.path}: {away}") from away
        finally:
            self._metrics.anchors.age.set(max(0.0, (self._wall.now() - self._last_at).total_seconds()))
        return more

    def close(self) -> None:
        """Leave the file to another process."""
        if self._taken is not None:
            self._taken.release()
            self._taken = None

    async def _take(self) -> Taken | None:
        taken = await asyncio.to_thread(self._file.take)
        if taken is None:
            self._last_at = self._wall.now()  # whose file it is shows its age
        elif taken.last is not None:
            self._last_at = taken.last.at
            self._look_again_before(taken.last.until)
        return taken

    async def _anchored(self, taken: Taken) -> int:
        async with self._database.snapshot() as connection:
            entries, digest = await audit.head(connection)
            rows = await _moved(connection, self._after)
        before = [] if taken.last is None or taken.last.until is None else [taken.last.until]
        anchor = Anchor(
            at=self._wall.now(),
            previous=taken.digest,
            audit_entries=entries,
            audit_digest=digest,
            until=max([*before, *(at for _, at in rows)], default=None),
            heads=tuple(head for head, at in rows if self._recent.get(head.incident_id) != (head.seq, at)),
        )
        await asyncio.to_thread(taken.add, line_of(anchor, self._keyring), anchor)
        self._last_at = anchor.at
        self._recent |= {head.incident_id: (head.seq, at) for head, at in rows}
        if len(rows) < HEADS_AT_MOST:
            self._look_again_before(anchor.until)
            return 0
        self._after = (rows[-1][1], rows[-1][0].incident_id)
        return len(rows)

    def _look_again_before(self, until: datetime | None) -> None:
        if until is not None:
            self._after = (until - self._looked_back, "")
            self._recent = {one: (seq, at) for one, (seq, at) in self._recent.items() if at >= self._after[0]}


async def _moved(connection: AsyncConnection, after: tuple[datetime, str]) -> list[tuple[Head, datetime]]:
    rows = await connection.execute(
        _MOVED, {"since": after[0], "in_incident": after[1], "most": HEADS_AT_MOST}
    )
    return [
        (
            Head(
                incident_id=row.incident_id,
                seq=row.seq,
                event_id=row.event_id,
                digest=sha256(row.body).hexdigest(),
            ),
            row.updated_at,
        )
        for row in rows
    ]
