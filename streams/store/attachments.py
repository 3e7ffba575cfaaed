"""Attachments: rows of pictures that were handed in, and which accepted report or feedback names them.

A link is written in the transaction that accepts the message, whether the picture is here or not: the bus may be
quicker than the upload. Never in here: bytes (`streams.attachments.store`) and who may see one (`streams.gateway`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import AreaCode, UnitCode
from models.messages.feedback import Feedback
from models.messages.fields import Attachment
from models.messages.report import Report
from models.tables import (
    ATTACHMENT_LINKS,
    ATTACHMENT_UPLOADERS,
    ATTACHMENTS,
    COMMANDS,
    INCIDENTS,
    REPORTS,
)
from streams.store.statements import Row, insert, insert_new, upsert

_LINKS, _UPLOADERS = ATTACHMENT_LINKS.c, ATTACHMENT_UPLOADERS.c
_DIGEST: BindParameter[str] = bindparam("of_digest")
_AMONG: BindParameter[str] = bindparam("digests", expanding=True)
# Held until the message's transaction ends, so that the sweeper cannot take a picture that is being named.
_HOLD = (
    select(ATTACHMENTS.c.digest)
    .where(ATTACHMENTS.c.digest.in_(_AMONG))
    .order_by(ATTACHMENTS.c.digest)
    .with_for_update(read=True)
)
_KEPT = select(ATTACHMENTS.c.digest).where(ATTACHMENTS.c.digest.in_(_AMONG))
_KEPT_OF_MESSAGES = (
    select(ATTACHMENTS.c.digest)
    .join(ATTACHMENT_LINKS, _LINKS.digest == ATTACHMENTS.c.digest)
    .where(_LINKS.message_id.in_(bindparam("message_ids", expanding=True)))
    .distinct()
)
_ONE = select(ATTACHMENTS).where(ATTACHMENTS.c.digest == _DIGEST)
_IS_UPLOADER = select(_UPLOADERS.digest).where(
    _UPLOADERS.digest == _DIGEST, _UPLOADERS.person_id == bindparam("of_person")
)
_IN_REPORTS = (
    select(INCIDENTS.c.area_code)
    .join(REPORTS, REPORTS.c.incident_id == INCIDENTS.c.incident_id)
    .join(
        ATTACHMENT_LINKS,
        (_LINKS.source_id == REPORTS.c.source_id) & (_LINKS.report_id == REPORTS.c.report_id),
    )
    .where(_LINKS.digest == _DIGEST)
    .distinct()
)
_IN_FEEDBACK = (
    select(INCIDENTS.c.area_code, COMMANDS.c.unit_code)
    .join(COMMANDS, COMMANDS.c.incident_id == INCIDENTS.c.incident_id)
    .join(ATTACHMENT_LINKS, _LINKS.command_id == COMMANDS.c.command_id)
    .where(_LINKS.digest == _DIGEST)
    .distinct()
)
_OF_COMMANDS = (
    select(ATTACHMENT_LINKS)
    .where(_LINKS.command_id.in_(bindparam("command_ids", expanding=True)))
    .order_by(_LINKS.command_id, _LINKS.message_id, _LINKS.ordinal)
)
_IS_NAMED = exists().where(_LINKS.digest == ATTACHMENTS.c.digest)
_UNNAMED = (
    select(ATTACHMENTS.c.digest)
    .where(ATTACHMENTS.c.uploaded_at < bindparam("before"), ~_IS_NAMED)
    .order_by(ATTACHMENTS.c.uploaded_at)
    .limit(bindparam("most"))
)
_TAKE = (
    select(ATTACHMENTS.c.digest)
    .where(ATTACHMENTS.c.digest == _DIGEST, ATTACHMENTS.c.uploaded_at < bindparam("before"))
    .with_for_update(skip_locked=True)
)
_STILL_NAMED = select(_LINKS.digest).where(_LINKS.digest == _DIGEST).limit(1)
_FORGET_UPLOADERS = delete(ATTACHMENT_UPLOADERS).where(_UPLOADERS.digest == _DIGEST)
_FORGET = delete(ATTACHMENTS).where(ATTACHMENTS.c.digest == _DIGEST)


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """One picture that was handed in."""

    digest: str
    media_type: str
    size_bytes: int
    width_pixels: int
    height_pixels: int


@dataclass(frozen=True, slots=True)
class Naming:
    """Where a picture is named: in this area's incident, and by the unit of a command if by feedback."""

    area_code: AreaCode
    unit_code: UnitCode | None


@dataclass(frozen=True, slots=True)
class Named:
    """A picture as a message names it, and whether it was handed in."""

    attachment: Attachment
    is_kept: bool


async def keep(connection: AsyncConnection, kept: KeptAttachment, person_id: str, now: datetime) -> bool:
    """Write down who handed this in, at this real time. Whether it is the first time that this person did."""
    row: Row = {
        "digest": kept.digest,
        "media_type": kept.media_type,
        "size_bytes": kept.size_bytes,
        "width_pixels": kept.width_pixels,
        "height_pixels": kept.height_pixels,
        "uploaded_at": now,
    }
    await upsert(connection, ATTACHMENTS, [row])
    uploader: Row = {"digest": kept.digest, "person_id": person_id}
    is_new = not await is_uploader(connection, kept.digest, person_id)
    await insert_new(connection, ATTACHMENT_UPLOADERS, [uploader])
    return is_new


async def link(connection: AsyncConnection, reports: Iterable[Report], feedbacks: Iterable[Feedback]) -> None:
    """Write down what these messages name, which were never accepted before."""
    rows = [*_links_of_reports(reports), *_links_of_feedback(feedbacks)]
    if rows:
        await connection.execute(_HOLD, {"digests": sorted({str(row["digest"]) for row in rows})})
        await insert(connection, ATTACHMENT_LINKS, rows)


async def find(connection: AsyncConnection, digest: str) -> KeptAttachment | None:
    """A picture that was handed in."""
    row = (await connection.execute(_ONE, {"of_digest": digest})).first()
    if row is None:
        return None
    return KeptAttachment(row.digest, row.media_type, row.size_bytes, row.width_pixels, row.height_pixels)


async def is_uploader(connection: AsyncConnection, digest: str, person_id: str) -> bool:
    """Whether this person handed it in."""
    asked = {"of_digest": digest, "of_person": person_id}
    return (await connection.execute(_IS_UPLOADER, asked)).first() is not None


async def namings(connection: AsyncConnection, digest: str) -> tuple[Naming, ...]:
    """Everywhere that an accepted report or feedback names it now."""
    asked = {"of_digest": digest}
    in_reports = [Naming(area, None) for area in (await connection.execute(_IN_REPORTS, asked)).scalars()]
    in_feedback = [Naming(*row) for row in await connection.execute(_IN_FEEDBACK, asked)]
    return (*in_reports, *in_feedback)


async def kept_among(connection: AsyncConnection, digests: Iterable[str]) -> frozenset[str]:
    """Those of these that were handed in."""
    wanted = sorted(set(digests))
    if not wanted:
        return frozenset()
    return frozenset((await connection.execute(_KEPT, {"digests": wanted})).scalars())


async def kept_of_messages(connection: AsyncConnection, message_ids: Sequence[str]) -> frozenset[str]:
    """What these messages name and what was handed in."""
    if not message_ids:
        return frozenset()
    asked = {"message_ids": sorted(message_ids)}
    return frozenset((await connection.execute(_KEPT_OF_MESSAGES, asked)).scalars())


async def of_commands(
    connection: AsyncConnection, command_ids: Sequence[str]
) -> dict[str, tuple[Named, ...]]:
    """What the feedback on each of these commands names; commands without are left out."""
    if not command_ids:
        return {}
    rows = list(await connection.execute(_OF_COMMANDS, {"command_ids": sorted(command_ids)}))
    kept = await kept_among(connection, (row.digest for row in rows))
    found: dict[str, tuple[Named, ...]] = {}
    for row in rows:
        attachment = Attachment(digest=row.digest, media_type=row.media_type, name=row.name)
        found[row.command_id] = (*found.get(row.command_id, ()), Named(attachment, row.digest in kept))
    return found


async def unnamed(connection: AsyncConnection, before: datetime, most: int) -> tuple[str, ...]:
    """Pictures that were handed in before this real time and that nothing names, oldest first."""
    return tuple((await connection.execute(_UNNAMED, {"before": before, "most": most})).scalars())


async def forget(connection: AsyncConnection, digest: str, before: datetime) -> bool:
    """Take such a picture's rows away if it still is one; the caller removes its file before this is committed.

    Whoever names it or hands it in again meanwhile waits for the end of this transaction, or keeps this one from it.
    """
    taken = await connection.execute(_TAKE, {"of_digest": digest, "before": before})
    # Asked anew: what was committed while the row was waited for is seen only by a statement of its own.
    if taken.first() is None or (await connection.execute(_STILL_NAMED, {"of_digest": digest})).first():
        return False
    await connection.execute(_FORGET_UPLOADERS, {"of_digest": digest})
    await connection.execute(_FORGET, {"of_digest": digest})
    return True


def _links_of_reports(reports: Iterable[Report]) -> list[Row]:
    return [
        _row(report.message_id, ordinal, attachment)
        | {"source_id": report.source_id, "report_id": report.report_id, "command_id": None}
        for report in reports
        for ordinal, attachment in enumerate(report.attachments)
    ]


def _links_of_feedback(feedbacks: Iterable[Feedback]) -> list[Row]:
    return [
        _row(feedback.message_id, ordinal, attachment)
        | {"source_id": None, "report_id": None, "command_id": feedback.command_id}
        for feedback in feedbacks
        for ordinal, attachment in enumerate(feedback.attachments)
    ]


def _row(message_id: str, ordinal: int, attachment: Attachment) -> Row:
    return {
        "message_id": message_id,
        "ordinal": ordinal,
        "digest": attachment.digest,
        "media_type": attachment.media_type,
        "name": attachment.name,
    }
