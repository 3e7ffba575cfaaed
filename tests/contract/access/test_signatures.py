"""A signed request counts once, as it was signed, around the time at which it was."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from models.tables import NONCES
from streams.access.signatures import (
    MOST_SKEW,
    NONCE_HEADER,
    NONCE_KEPT,
    SIGNATURE_HEADER,
    TIME_HEADER,
    SignatureRefused,
    Signed,
    require_signature,
    signature_of,
    spend_nonce,
)
from streams.store.database import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "a-signing-key-of-the-tests"
NONCE = "0123456789abcdef"
REQUEST = Signed("POST", "/api/reports", str(int(NOW.timestamp())), NONCE, "某处起火".encode())
SIGNATURE = signature_of(KEY, REQUEST)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    opened = Database(migrated_url)
    yield opened
    await opened.close()


def refused(request: Signed, signature: str = SIGNATURE, now: datetime = NOW, key: str = KEY) -> str:
    with pytest.raises(SignatureRefused) as caught:
        require_signature(key, request, signature, now)
    return caught.value.header


def test_the_signature_is_as_it_was_written_down() -> None:
    """A producer's own program must arrive at the same bytes: this one was made with another tool."""
    fixed = Signed("POST", "/api/reports", "1763780580", "0123456789abcdef", b'{"a":1}')
    assert signature_of("key", fixed) == "6747a5839438aeccfa75e347c25fe41f19cadb5233813989bd5081f52ddf5248"


def test_a_signed_request_is_accepted() -> None:
    """In capital letters, too, since some tools write hex so."""
    require_signature(KEY, REQUEST, SIGNATURE, NOW)
    require_signature(KEY, REQUEST, SIGNATURE.upper(), NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "DELETE"},
        {"path": "/api/reports?again"},
        {"path": "/api/report"},
        {"time": str(int(NOW.timestamp()) + 1)},
        {"nonce": "0123456789abcdeg"},
        {"body": b""},
        {"body": REQUEST.body + b" "},
    ],
    ids=str,
)
def test_whatever_is_altered_is_refused(changes: dict[str, Any]) -> None:
    """Method, path with its query, time, nonce and each byte of the body are what was signed, or nothing counts."""
    assert refused(replace(REQUEST, **changes)) == SIGNATURE_HEADER


def test_what_moves_from_one_part_to_the_next_is_refused() -> None:
    """The same letters, cut elsewhere, are another request."""
    split = replace(REQUEST, nonce=NONCE + "0", body=REQUEST.body)
    assert refused(split, signature_of(KEY, replace(REQUEST, body=b"0" + REQUEST.body))) == SIGNATURE_HEADER


@pytest.mark.parametrize("signature", ["", SIGNATURE[:-1], SIGNATURE + "0", "é" * 64, "0" * 64])
def test_another_signature_is_none(signature: str) -> None:
    """Cut, lengthened, made up, or with another's key."""
    assert refused(REQUEST, signature) == SIGNATURE_HEADER
    assert refused(REQUEST, key="another-key") == SIGNATURE_HEADER


@pytest.mark.parametrize("direction", [-1, 1])
def test_clocks_may_differ_by_five_minutes(direction: int) -> None:
    """To the second, in both directions."""
    require_signature(KEY, REQUEST, SIGNATURE, NOW + direction * MOST_SKEW)
    assert refused(REQUEST, now=NOW + direction * (MOST_SKEW + timedelta(seconds=1))) == TIME_HEADER


@pytest.mark.parametrize("time", ["", "now", "-1", "1e9", "17637805.5", "９", "9" * 13, " 1763780580"])
def test_a_time_that_is_none_is_refused(time: str) -> None:
    """Whole seconds in ASCII digits, and nothing else."""
    request = replace(REQUEST, time=time)
    assert refused(request, signature_of(KEY, request)) == TIME_HEADER


@pytest.mark.parametrize("nonce", ["", "short", "a" * 65, "0123456789abcde\n", "0123456789abcdé", "a b" * 8])
def test_a_nonce_that_is_none_is_refused(nonce: str) -> None:
    """16 to 64 plain letters: nothing that could run over into the next line."""
    request = replace(REQUEST, nonce=nonce)
    assert refused(request, signature_of(KEY, request)) == NONCE_HEADER


async def test_a_nonce_counts_once_under_its_key(database: Database) -> None:
    """Again is refused, on another gateway too; under another key it is another nonce."""
    async with database.write() as connection:
        await spend_nonce(connection, "key-1", NONCE, NOW)
    for key_id, is_new in (("key-1", False), ("key-2", True), ("key-2", False)):
        async with database.write() as connection:
            if is_new:
                await spend_nonce(connection, key_id, NONCE, NOW)
                continue
            with pytest.raises(SignatureRefused) as caught:
                await spend_nonce(connection, key_id, NONCE, NOW)
        assert caught.value.header == NONCE_HEADER


async def test_of_two_gateways_at_once_one_lets_it_through(database: Database, migrated_url: str) -> None:
    """Both ask at the same moment; the database says yes to one."""
    other = Database(migrated_url)

    async def spend(through: Database) -> bool:
        try:
            async with through.write() as connection:
                await spend_nonce(connection, "key-1", NONCE, NOW)
        except SignatureRefused:
            return False
        return True

    assert sorted(await asyncio.gather(*[spend(one) for one in (database, other) * 5])) == [False] * 9 + [
        True
    ]
    await other.close()


async def test_a_nonce_is_remembered_until_its_request_is_too_old(database: Database) -> None:
    """Whatever the sender's clock said, the time is refused before the nonce is forgotten; then its row is gone."""
    async with database.write() as connection:
        await spend_nonce(connection, "key-1", NONCE, NOW)
    ahead = replace(REQUEST, time=str(int((NOW + MOST_SKEW).timestamp())))
    forgotten_at = NOW + NONCE_KEPT
    assert refused(ahead, signature_of(KEY, ahead), forgotten_at) == TIME_HEADER
    async with database.write() as connection:
        with pytest.raises(SignatureRefused):
            await spend_nonce(connection, "key-1", NONCE, forgotten_at - timedelta(seconds=1))
        await spend_nonce(connection, "key-1", NONCE + "0", forgotten_at)
        assert await connection.scalar(select(func.count()).select_from(NONCES)) == 1
