"""Whose key a word is, what its holder may do, and what ends it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.identifiers import AreaCode, SourceId
from models.producers import Producer
from models.tables import API_KEYS
from models.vocabulary import Channel
from streams.access.api_keys import (
    KEY_PREFIX,
    KeyRefused,
    NewKey,
    api_keys,
    disable_keys,
    holder_of,
    keep_key,
)
from streams.store.database import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=365)
GRID = Producer(
    producer_id="grid-500108",
    source_ids=(SourceId("grid-nanan"), SourceId("grid-nanan.2")),
    area_code=AreaCode("500108"),
    channels=(Channel.GRID, Channel.HOTLINE),
    per_minute=600,
)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    opened = Database(migrated_url)
    yield opened
    await opened.close()


async def kept(database: Database, *, is_signed: bool = False) -> NewKey:
    async with database.write() as connection:
        return await keep_key(connection, GRID, LATER, NOW, is_signed=is_signed)


async def test_a_key_says_whose_it_is(database: Database) -> None:
    """The holder has the producer's bounds; only a key that demands signatures has something to check them with."""
    plain, signed = await kept(database), await kept(database, is_signed=True)
    async with database.read() as connection:
        one = await holder_of(connection, plain.word, NOW)
        two = await holder_of(connection, signed.word, NOW)
    assert one is not None
    assert two is not None
    assert (one.producer, one.key_id, one.signing_key) == (GRID, plain.key_id, None)
    assert (two.producer, two.signing_key) == (GRID, signed.signing_key)
    assert two.signing_key is not None


async def test_no_secret_can_be_read_back(database: Database) -> None:
    """Of the word that is sent, nothing but its id and a digest is kept; the two secrets are not related."""
    made = await kept(database, is_signed=True)
    async with database.read() as connection:
        row = (await connection.execute(select(API_KEYS))).mappings().one()
        listed = await api_keys(connection)
    secret = made.word.removeprefix(f"{KEY_PREFIX}{made.key_id}_")
    assert len(secret) >= 43
    assert secret not in f"{dict(row)}{listed}"
    assert made.signing_key is not None
    assert made.signing_key not in f"{listed}"
    assert (secret in made.signing_key, made.signing_key in secret) == (False, False)


async def test_another_word_is_nobodys(database: Database) -> None:
    """A wrong secret, an unknown id, half a key and another key's secret look the same."""
    one, two = await kept(database), await kept(database)
    swapped = one.word.replace(one.key_id, two.key_id)
    words = (
        one.word + "x",
        one.word[:-1],
        f"{KEY_PREFIX}{one.key_id}",
        f"{KEY_PREFIX}{one.key_id}_",
        swapped,
    )
    async with database.read() as connection:
        for word in (*words, KEY_PREFIX, f"{KEY_PREFIX}0000_secret", "", f"{KEY_PREFIX}王_\x7f"):
            assert await holder_of(connection, word, NOW) is None


async def test_a_key_is_good_until_its_last_second(database: Database) -> None:
    """Afterwards its holder is told that it has expired; somebody who guesses is told nothing."""
    made = await kept(database)
    async with database.read() as connection:
        assert await holder_of(connection, made.word, LATER - timedelta(seconds=1)) is not None
        with pytest.raises(KeyRefused, match="expired"):
            await holder_of(connection, made.word, LATER)
        assert await holder_of(connection, made.word + "x", LATER) is None


async def test_a_producer_can_bring_in_a_new_key_before_the_old_one_goes(database: Database) -> None:
    """Two keys are good side by side; one is closed alone, or all together, and only what was open is."""
    old, new = await kept(database), await kept(database)
    async with database.write() as connection:
        assert await disable_keys(connection, "grid-500108", old.key_id) == (old.key_id,)
        with pytest.raises(KeyRefused, match="disabled"):
            await holder_of(connection, old.word, NOW)
        assert await holder_of(connection, new.word, NOW) is not None
        assert await disable_keys(connection, "somebody-else", new.key_id) == ()
        assert await disable_keys(connection, "grid-500108") == (new.key_id,)
        assert [one.disabled for one in await api_keys(connection)] == [True, True]
