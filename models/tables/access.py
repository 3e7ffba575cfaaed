"""Access: local accounts, open sessions, one-time links, and the audit. Secrets stand here only as digests."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class AccountRow(SQLModel, table=True):
    """One person of this installation. Without a password there is only the one-time link."""

    __tablename__ = "accounts"

    person_id: str = Field(primary_key=True)
    name: str
    role: str
    area_code: str
    unit_code: str | None
    password_hash: str | None
    disabled: bool
    created_at: datetime = Field(sa_type=UtcDateTime)


class SessionRow(SQLModel, table=True):
    """One browser in which a person has signed in, by the digest of its cookie."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_person", "person_id"),)

    digest: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="accounts.person_id")
    opened_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class EntryLinkRow(SQLModel, table=True):
    """A link that opens one session once."""

    __tablename__ = "entry_links"

    digest: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="accounts.person_id")
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(sa_type=UtcDateTime)


class AuditRow(SQLModel, table=True):
    """Who asked for what and how it ended. `digest` covers the row and the digest before it, so none can be changed."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_person", "person_id", "seq"), Index("ix_audit_at", "at"))

    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    person_id: str
    role: str
    act: str
    area_code: str | None
    subject: str | None
    outcome: str
    previous: str
    digest: str


class ProposalRow(SQLModel, table=True):
    """A decision that waits for a second person, or waited. `body` is what was sent; once countersigned, what went in.

    `digest` is that of what was sent. What is `waiting` after `expires_at` has expired, whether or not anybody looks.
    """

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_expires", "expires_at"),)

    message_id: str = Field(primary_key=True)
    incident_id: str
    area_code: str
    officer_id: str
    officer_area_code: str
    action: str
    orders: int
    digest: str
    body: bytes
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    state: str
    second_id: str | None
    second_name: str | None
    settled_at: datetime | None = Field(sa_type=UtcDateTime)
    declined_because: str | None
