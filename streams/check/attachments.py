"""I13: what a report or feedback names, and what somebody handed in, is there to be seen."""

from collections.abc import AsyncIterator

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import ATTACHMENT_LINKS, ATTACHMENTS, COMMANDS, REPORTS
from streams.attachments.store import AttachmentStore
from streams.check.rows import rows
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick

_LINKS = ATTACHMENT_LINKS.c
_OF_A_REPORT = exists().where(
    REPORTS.c.source_id == _LINKS.source_id, REPORTS.c.report_id == _LINKS.report_id
)
_OF_A_COMMAND = exists().where(COMMANDS.c.command_id == _LINKS.command_id)
_LOOSE = (
    select(_LINKS.message_id, _LINKS.ordinal)
    .where(~_OF_A_REPORT, ~_OF_A_COMMAND)
    .order_by(_LINKS.message_id, _LINKS.ordinal)
)
_NAMED = (
    select(ATTACHMENTS.c.digest, ATTACHMENTS.c.uploaded_at)
    .where(exists().where(_LINKS.digest == ATTACHMENTS.c.digest))
    .order_by(ATTACHMENTS.c.digest)
)


async def links_lead_somewhere(connection: AsyncConnection, _: Yardstick) -> AsyncIterator[Violation]:
    """I13 every link of an attachment is that of an accepted report, or of feedback on a command."""
    for row in await rows(connection, _LOOSE):
        where = f"attachment_links message_id={row['message_id']} ordinal={row['ordinal']}"
        yield Violation(Invariant.I13, where, "there is neither its report nor its command")


async def named_pictures_are_whole(
    connection: AsyncConnection, store: AttachmentStore, yardstick: Yardstick
) -> AsyncIterator[Violation]:
    """I13 every picture that is named and was handed in lies in the store, and its bytes have its digest.

    Reads each of them. One that never came is no violation: the report counts without it. Raises StoreAway.
    """
    for row in await rows(connection, _NAMED):
        is_on_its_way = not yardstick.is_long_past(row["uploaded_at"])
        if not is_on_its_way and not await store.is_whole(row["digest"]):
            where = f"attachments digest={row['digest']}"
            yield Violation(Invariant.I13, where, "the store has no such file, or one with other bytes")
