"""Rulebooks: every one that was ever in force, and from when. Activation is a recorded moment for all workers."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.tables.columns import UtcDateTime


class RulebookRow(SQLModel, table=True):
    """One rulebook, by the digest that events carry. `body` is the bundle of its files, byte for byte."""

    __tablename__ = "rulebooks"

    digest: str = Field(primary_key=True)
    name: str
    version: str
    body: bytes
    stored_at: datetime = Field(sa_type=UtcDateTime)


class ActivationRow(SQLModel, table=True):
    """From `activated_at` on, until the next one, this rulebook is in force."""

    __tablename__ = "activations"

    activated_at: datetime = Field(sa_type=UtcDateTime, primary_key=True)
    digest: str = Field(foreign_key="rulebooks.digest")
