"""I8 and I10: every offset is accounted for, and taking all input in again would change nothing."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from sqlalchemy import Select, Table, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from models.messages.report import Report
from models.tables import DEAD_LETTERS, GAPS, INBOX, INTAKE, OUTBOX, PROGRESS, REPORTS
from streams.check.rows import Row, rows
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick
from streams.processing.codec import digest_of

Partition = tuple[str, str, int]
_PAGE = 500
_KEY = ("cluster_id", "topic", "partition")


def _by_partition(table: Table, *measured: Any) -> Select[Any]:
    key = [table.c[name] for name in _KEY]
    return select(*key, *measured).group_by(*key)


_HANDLED = _by_partition(INBOX, func.count().label("count"), func.max(INBOX.c.offset).label("last"))
_DEAD = _by_partition(
    DEAD_LETTERS, func.count().label("count"), func.max(DEAD_LETTERS.c.offset).label("last")
)
_GAPS = _by_partition(GAPS, func.sum(GAPS.c.to_offset - GAPS.c.from_offset).label("width"))


async def offsets_add_up(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I8 every input offset is processed, a duplicate, dead-lettered, or part of a recorded gap.

    The four together are the next offset of the partition. What was processed is in the inbox, what is dead in
    `dead_letters`, and neither has an offset that was not reached.
    """
    handled = {_partition(row): row for row in await rows(connection, _HANDLED)}
    dead = {_partition(row): row for row in await rows(connection, _DEAD)}
    gaps = {_partition(row): int(row["width"]) for row in await rows(connection, _GAPS)}
    for row in await rows(connection, select(PROGRESS)):
        key = _partition(row)
        where = _where("progress", row)
        counted = {name: row[name] for name in ("processed", "duplicate", "dead")} | {
            "gaps": gaps.get(key, 0)
        }
        if sum(counted.values()) != row["next_offset"]:
            told = ", ".join(f"{count} {name}" for name, count in counted.items())
            yield Violation(Invariant.I8, where, f"{told}: not its next offset {row['next_offset']}")
        for name, table, kept in (("processed", "inbox", handled), ("dead", "dead_letters", dead)):
            count, last = (kept[key]["count"], kept[key]["last"]) if key in kept else (0, -1)
            if row[name] != count:
                yield Violation(Invariant.I8, where, f"{name} is {row[name]}, {table} has {count} of them")
            if last >= row["next_offset"]:
                told = f"{table} has offset {last}, its next offset is {row['next_offset']}"
                yield Violation(Invariant.I8, where, told)


async def rows_come_from_known_partitions(
    connection: AsyncConnection, _: Yardstick
) -> AsyncIterator[Violation]:
    """I8 ... and no handled or dead message comes from a partition that was never read."""
    known = {_partition(row) for row in await rows(connection, select(PROGRESS))}
    for table, statement in (("inbox", _HANDLED), ("dead_letters", _DEAD), ("gaps", _GAPS)):
        for row in await rows(connection, statement):
            if _partition(row) not in known:
                yield Violation(Invariant.I8, _where(table, row), "its partition has no row in progress")


_REPORTS = (
    select(REPORTS.c.source_id, REPORTS.c.report_id, REPORTS.c.message_id, REPORTS.c.digest, REPORTS.c.body)
    .where(
        tuple_(REPORTS.c.source_id, REPORTS.c.report_id) > tuple_(bindparam("source"), bindparam("report"))
    )
    .order_by(REPORTS.c.source_id, REPORTS.c.report_id)
    .limit(_PAGE)
)


async def reports_would_be_duplicates(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I10 replaying all input changes nothing: the inbox knows every stored report by its digest."""
    source, report = "", ""
    while page := await rows(connection, _REPORTS, source=source, report=report):
        known = await _digests(connection, (row["message_id"] for row in page))
        for row in page:
            source, report = row["source_id"], row["report_id"]
            where = f"reports source_id={source} report_id={report}"
            digest = digest_of(Report.model_validate_json(row["body"]))
            if row["digest"] != digest:
                yield Violation(Invariant.I10, where, f"its body has {digest}, its digest is {row['digest']}")
            if (found := known.get(row["message_id"])) != digest:
                told = f"its body has {digest}, the inbox knows {found or 'nothing of it'}"
                yield Violation(Invariant.I10, where, told)


_INTAKE = (
    select(INTAKE).where(INTAKE.c.message_id > bindparam("last")).order_by(INTAKE.c.message_id).limit(_PAGE)
)
_DIGESTS = select(INBOX.c.message_id, INBOX.c.digest).where(
    INBOX.c.message_id.in_(bindparam("ids", expanding=True))
)


def _named_in(table: Table) -> Select[Any]:
    return select(table.c.message_id).where(table.c.message_id.in_(bindparam("ids", expanding=True)))


_BURIED, _SENT = _named_in(DEAD_LETTERS), _named_in(OUTBOX)


async def intake_would_be_duplicates(
    connection: AsyncConnection, yardstick: Yardstick
) -> AsyncIterator[Violation]:
    """I10 ... and every message that the gateway has accepted: handled with its digest, dead, or on its way.

    On its way is what stands in the outbox: it waits there, or it went to a broker and is read, or sent to the next.
    """
    last = ""
    while page := await rows(connection, _INTAKE, last=last):
        ids = [row["message_id"] for row in page]
        known = await _digests(connection, ids)
        buried = {row["message_id"] for row in await rows(connection, _BURIED, ids=ids)}
        sent = {row["message_id"] for row in await rows(connection, _SENT, ids=ids)}
        for row in page:
            last = row["message_id"]
            where = f"intake message_id={last}"
            if last in buried or known.get(last) == row["digest"]:
                continue
            if last in known:
                yield Violation(
                    Invariant.I10, where, f"accepted with {row['digest']}, the inbox knows {known[last]}"
                )
            elif last not in sent and yardstick.is_long_past(row["accepted_at"]):
                yield Violation(Invariant.I10, where, "accepted, and neither handled, dead nor in the outbox")


async def _digests(connection: AsyncConnection, message_ids: Iterable[str]) -> dict[str, str]:
    return {
        row["message_id"]: row["digest"] for row in await rows(connection, _DIGESTS, ids=list(message_ids))
    }


def _partition(row: Row) -> Partition:
    return (row["cluster_id"], row["topic"], row["partition"])


def _where(table: str, row: Row) -> str:
    return f"{table} cluster_id={row['cluster_id']} topic={row['topic']} partition={row['partition']}"
