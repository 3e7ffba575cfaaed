"""Attachments: the pictures that were handed in, who handed each in, and which report or feedback names it.

Their bytes lie in a store of their own (`streams.attachments.store`), never in a row.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class AttachmentRow(SQLModel, table=True):
    """One picture. `uploaded_at` is when somebody handed it in last: what nobody names by and by goes away."""

    __tablename__ = "attachments"

    digest: str = Field(primary_key=True)
    media_type: str
    size_bytes: int
    width_pixels: int
    height_pixels: int
    uploaded_at: datetime = Field(sa_type=UtcDateTime, index=True)


class AttachmentUploaderRow(SQLModel, table=True):
    """Somebody who handed the picture in, and may see it therefore."""

    __tablename__ = "attachment_uploaders"

    digest: str = Field(primary_key=True, foreign_key="attachments.digest")
    person_id: str = Field(primary_key=True)


class AttachmentLinkRow(SQLModel, table=True):
    """A message that names a picture, whether it was handed in or not, as the sender calls it.

    A report's link leads to its incident through `reports`, a feedback's through `commands`, so that merge and split
    take them along.
    """

    __tablename__ = "attachment_links"
    __table_args__ = (Index("ix_attachment_links_digest", "digest"),)

    message_id: str = Field(primary_key=True)
    ordinal: int = Field(primary_key=True)
    digest: str
    media_type: str
    name: str
    source_id: str | None
    report_id: str | None
    command_id: str | None = Field(index=True)
