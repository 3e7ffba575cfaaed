"""API keys: how a producer shows who it is, what it may do, and until when.

A key is `fhk_`, its id and a secret of 256 bits. The secret is handed out once and kept as a digest; a key whose
requests must be signed has a second secret, which is never sent (`streams.access.signatures`). A producer may have
several keys, so that a new one can be brought in before the old one goes.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from secrets import token_hex

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import AreaCode, SourceId
from models.producers import Producer
from models.tables import API_KEYS
from models.vocabulary import Channel
from streams.access.secrets import digest_of, new_secret
from streams.store.statements import Row, insert

KEY_PREFIX = "fhk_"  # so that a key in the wrong place is known for one, by people and by scanners
_ID_BYTES = 8
_WORD = re.compile(rf"{KEY_PREFIX}([0-9a-f]{{{2 * _ID_BYTES}}})_([A-Za-z0-9_-]{{43}})", re.ASCII)
_BY_ID = select(API_KEYS).where(API_KEYS.c.key_id == bindparam("of"))


class KeyRefused(Exception):
    """The secret is right and the key is over: make a new one with `fenghuo producers keep`. The message says why."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key as it may be shown: never its secrets."""

    key_id: str
    producer: Producer
    is_signed: bool
    created_at: datetime
    expires_at: datetime
    disabled: bool


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a producer is given, once: the word for its header, and the key for signing where that is demanded."""

    key_id: str
    word: str
    signing_key: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """The producer whose key was shown. With a `signing_key`, nothing counts that is not signed with it."""

    producer: Producer
    key_id: str
    signing_key: str | None


async def keep_key(
    connection: AsyncConnection, producer: Producer, expires_at: datetime, now: datetime, *, is_signed: bool
) -> NewKey:
    """Make one more key for this producer, good until then. Earlier keys stay as they are."""
    key_id, secret = token_hex(_ID_BYTES), new_secret()
    signing_key = new_secret() if is_signed else None
    row: Row = {
        "key_id": key_id,
        "producer_id": producer.producer_id,
        "digest": digest_of(secret),
        "signing_key": signing_key,
        "source_ids": " ".join(producer.source_ids),
        "area_code": producer.area_code,
        "channels": " ".join(producer.channels),
        "per_minute": producer.per_minute,
        "created_at": now,
        "expires_at": expires_at,
        "disabled": False,
    }
    await insert(connection, API_KEYS, [row])
    return NewKey(key_id, f"{KEY_PREFIX}{key_id}_{secret}", signing_key)


async def disable_keys(
    connection: AsyncConnection, producer_id: str, key_id: str | None = None
) -> tuple[str, ...]:
    """Close one key of a producer, or all of them; the ids of those that were open."""
    statement = update(API_KEYS).where(API_KEYS.c.producer_id == producer_id, API_KEYS.c.disabled.is_(False))
    if key_id is not None:
        statement = statement.where(API_KEYS.c.key_id == key_id)
    closed = await connection.execute(statement.values(disabled=True).returning(API_KEYS.c.key_id))
    return tuple(sorted(closed.scalars()))


async def api_keys(connection: AsyncConnection) -> list[ApiKey]:
    """Every key that was ever made, by producer and age."""
    order = (API_KEYS.c.producer_id, API_KEYS.c.created_at, API_KEYS.c.key_id)
    rows = (await connection.execute(select(API_KEYS).order_by(*order))).mappings()
    return [
        ApiKey(
            key_id=row["key_id"],
            producer=_producer_of(row),
            is_signed=row["signing_key"] is not None,
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            disabled=row["disabled"],
        )
        for row in rows
    ]


async def holder_of(connection: AsyncConnection, word: str, now: datetime) -> Holder | None:
    """Whose key this is; None for an unknown id and for a wrong secret, which look the same.

    Raises KeyRefused when the secret is right and the key was disabled or has expired.
    """
    if (said := _WORD.fullmatch(word)) is None:
        return None  # no key looks so: not worth a question to the database
    key_id, secret = said.groups()
    row = (await connection.execute(_BY_ID, {"of": key_id})).mappings().first()
    if row is None or not compare_digest(row["digest"], digest_of(secret)):
        return None
    if row["disabled"]:
        raise KeyRefused(f"the key {key_id} was disabled")
    if row["expires_at"] <= now:
        raise KeyRefused(f"the key {key_id} expired at {row['expires_at']:%Y-%m-%d %H:%M} UTC")
    return Holder(_producer_of(row), key_id, row["signing_key"])


def _producer_of(row: RowMapping) -> Producer:
    return Producer(
        producer_id=row["producer_id"],
        source_ids=tuple(map(SourceId, row["source_ids"].split())),
        area_code=AreaCode(row["area_code"]),
        channels=tuple(map(Channel, row["channels"].split())),
        per_minute=row["per_minute"],
    )
