"""Comparing: is what was anchored still in the database? Each anchored entry of the audit is looked up, and of each log
the youngest anchored fact; that nothing is missing before it is the log's own affair (I5).
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from itertools import islice

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import ARCHIVED_LOGS, AUDIT, EVENTS
from streams.access.signing import Keyring
from streams.anchors.anchor import BEGINNING, Anchor, Head, Line
from streams.store import disagreements

_PAGE = 500
_FACTS = select(EVENTS.c.event_id, EVENTS.c.body).where(
    EVENTS.c.event_id.in_(bindparam("event_ids", expanding=True))
)
_ARCHIVED = select(ARCHIVED_LOGS.c.incident_id, ARCHIVED_LOGS.c.first_seq, ARCHIVED_LOGS.c.last_seq).where(
    ARCHIVED_LOGS.c.incident_id.in_(bindparam("incident_ids", expanding=True))
)
_LAST_FACTS = (
    select(EVENTS.c.incident_id, func.max(EVENTS.c.seq).label("seq"))
    .where(EVENTS.c.incident_id.in_(bindparam("incident_ids", expanding=True)))
    .group_by(EVENTS.c.incident_id)
)
_ENTRIES = select(AUDIT.c.seq, AUDIT.c.digest).where(AUDIT.c.seq.in_(bindparam("seqs", expanding=True)))
_LAST_ENTRY = select(func.max(AUDIT.c.seq))


class Where(StrEnum):
    """What does not bear an anchor out."""

    AUDIT = "audit"
    LOG = "log"
    ANCHORS = "anchors"  # the file itself was changed


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that was anchored and is not there, or not as it was. `row` names it, `detail` says what is wrong."""

    where: Where
    row: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Anchored:
    """Where and when something was anchored."""

    number: int
    at: datetime

    def __str__(self) -> str:
        return f"anchored at {self.at.isoformat(timespec='seconds')} (line {self.number})"


@dataclass(slots=True)
class _Book:
    """What the file says as a whole: the audit's entries and the youngest head of each log, and where they stand."""

    entries: dict[int, tuple[str, _Anchored]] = field(default_factory=dict)
    heads: dict[str, tuple[Head, _Anchored]] = field(default_factory=dict)

    def take(self, number: int, anchor: Anchor) -> None:
        where = _Anchored(number, anchor.at)
        if anchor.audit_entries:
            self.entries.setdefault(anchor.audit_entries, (anchor.audit_digest, where))
        self.heads |= {head.incident_id: (head, where) for head in anchor.heads}


async def compare(
    connection: AsyncConnection, lines: Iterable[tuple[int, Line]], keyring: Keyring
) -> AsyncIterator[Missing]:
    """Everything that was anchored and is not there: what was done to the file, to the audit, and to each log.

    Give the lines up to where the file ended before the database was looked at. Raises OSError as the lines do.
    """
    book = _Book()
    for missing in _read(lines, keyring, book):
        yield missing
    async for missing in _of_audit(connection, book):
        yield missing
    settled = await disagreements.settled_events(connection)
    waiting = iter(book.heads.values())
    while page := list(islice(waiting, _PAGE)):
        async for missing in _of_logs(connection, page, settled):
            yield missing


def _read(lines: Iterable[tuple[int, Line]], keyring: Keyring, book: _Book) -> Iterator[Missing]:
    """Every anchor into the book; told is a line that is not bound to the one before, or that its key did not sign."""
    previous = BEGINNING
    for number, line in lines:
        anchor = line.anchor
        if anchor is None:
            continue  # torn by a power cut; had it been an anchor, the next one would name it
        if anchor.previous != previous:
            yield Missing(Where.ANCHORS, f"anchors line={number}", "does not follow the anchor before it")
        doubt = line.doubt(keyring)
        if doubt is not None:
            yield Missing(Where.ANCHORS, f"anchors line={number}", doubt)
        previous = line.digest
        book.take(number, anchor)


async def _of_audit(connection: AsyncConnection, book: _Book) -> AsyncIterator[Missing]:
    """The first anchored entry that is not there, or is another one: what follows it is as good as gone, too."""
    last = (await connection.execute(_LAST_ENTRY)).scalar_one() or 0
    waiting = iter(sorted(book.entries))
    while page := list(islice(waiting, _PAGE)):
        rows = await connection.execute(_ENTRIES, {"seqs": page})
        found = {row.seq: row.digest for row in rows}
        for seq in page:
            digest, where = book.entries[seq]
            if found.get(seq) != digest:
                is_another = f"is another entry than the one {where}"
                is_gone = f"is gone, {where}; the audit ends at {last}"
                yield Missing(Where.AUDIT, f"audit seq={seq}", is_another if seq in found else is_gone)
                return


async def _of_logs(
    connection: AsyncConnection,
    page: list[tuple[Head, _Anchored]],
    settled: frozenset[tuple[str, str]],
) -> AsyncIterator[Missing]:
    rows = await connection.execute(_FACTS, {"event_ids": [head.event_id for head, _ in page]})
    found = {row.event_id: sha256(row.body).hexdigest() for row in rows}
    wrong = {
        head.incident_id: (head, where)
        for head, where in page
        if found.get(head.event_id) != head.digest and (head.event_id, head.digest) not in settled
    }
    if not wrong:
        return
    archived = await connection.execute(_ARCHIVED, {"incident_ids": list(wrong)})
    put_away = {
        (row.incident_id, seq)
        for row in archived
        for seq in (wrong[row.incident_id][0].seq,)
        if row.first_seq <= seq <= row.last_seq
    }
    last = {
        row.incident_id: row.seq
        for row in await connection.execute(_LAST_FACTS, {"incident_ids": list(wrong)})
    }
    for incident_id, (head, where) in wrong.items():
        if (incident_id, head.seq) not in put_away:
            yield Missing(Where.LOG, f"incidents incident_id={incident_id}", _told(head, where, last, found))


def _told(head: Head, where: _Anchored, last: dict[str, int], found: dict[str, str]) -> str:
    if head.event_id in found:
        return f"seq {head.seq} has other bytes than those {where}"
    ends = f"its log ends at {last[head.incident_id]}" if head.incident_id in last else "it has no log"
    return f"seq {head.seq} ({head.event_id}) is gone, {where}; {ends}"
