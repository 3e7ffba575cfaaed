"""Producers: their API keys, and the nonces of signed requests that were seen."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class ApiKeyRow(SQLModel, table=True):
    """One key of a producer, with what it may do. Lists are words with a space between: no id has one.

    `digest` is that of the secret, which is sent; `signing_key` is never sent, and without it there is no checking a
    signature, so it stands here as it is (decision 0010).
    """

    __tablename__ = "api_keys"

    key_id: str = Field(primary_key=True)
    producer_id: str
    digest: str
    signing_key: str | None
    source_ids: str
    area_code: str
    channels: str
    per_minute: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    disabled: bool


class NonceRow(SQLModel, table=True):
    """A word that came with a signed request and must not come again under the same key until it is too old anyway."""

    __tablename__ = "nonces"
    __table_args__ = (Index("ix_nonces_expires", "expires_at"),)

    key_id: str = Field(primary_key=True)
    nonce: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
