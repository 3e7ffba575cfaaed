"""Who may report under a key is kept from the command line; a key is shown once, and what is wrong is named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.identifiers import AreaCode, SourceId
from models.producers import Producer
from models.tables import AUDIT
from models.vocabulary import Channel
from streams.access.api_keys import ApiKey, Holder, KeyRefused, api_keys, holder_of
from streams.access.audit import Outsider
from streams.store.database import Database
from tests.integration.cli.conftest import Fenghuo, asked

GRID = Producer(
    producer_id="grid-500108",
    source_ids=(SourceId("grid-nanan"), SourceId("grid-nanan.2")),
    area_code=AreaCode("500108"),
    channels=(Channel.GRID, Channel.FIRE),
    per_minute=300,
)
BOUNDS = ("--source", "grid-nanan", "--area", "500108", "--channel", "grid")
KEEP = ("producers", "keep", "grid-500108", *BOUNDS)
KEEP_ALL = (*KEEP, "--source", "grid-nanan.2", "--channel", "119", "--per-minute", "300")


def holder(data_dir: Path, word: str, after: timedelta = timedelta()) -> Holder | None:
    async def looked(database: Database) -> Holder | None:
        async with database.read() as connection:
            return await holder_of(connection, word, datetime.now(UTC) + after)

    return asked(data_dir, looked)


def keys(data_dir: Path) -> list[ApiKey]:
    async def listed(database: Database) -> list[ApiKey]:
        async with database.read() as connection:
            return await api_keys(connection)

    return asked(data_dir, listed)


def noted(data_dir: Path) -> list[tuple[str, str, str | None, str]]:
    async def read(database: Database) -> list[tuple[str, str, str | None, str]]:
        async with database.read() as connection:
            rows = await connection.execute(select(AUDIT).order_by(AUDIT.c.seq))
            return [(row.person_id, row.act, row.area_code, row.subject) for row in rows]

    return asked(data_dir, read)


def word_of(answer: str, name: str = "key ") -> str:
    return next(line.split()[-1] for line in answer.splitlines() if line.startswith(name))


def test_a_key_that_was_printed_opens_the_door(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Its holder has the bounds that were given, for a year unless another time is; the audit says so by its id."""
    said = fenghuo(*KEEP_ALL)
    assert said.code == 0
    found = holder(data_dir, word_of(said.answer), timedelta(days=364))
    assert found is not None
    assert (found.producer, found.signing_key) == (GRID, None)
    assert noted(data_dir) == [(Outsider.COMMAND_LINE, "manage_accounts", "500108", found.key_id)]
    with pytest.raises(KeyRefused):
        holder(data_dir, word_of(said.answer), timedelta(days=365))


def test_a_key_that_demands_signatures_has_a_second_secret(fenghuo: Fenghuo, data_dir: Path) -> None:
    """Both are printed, once; the list shows neither."""
    said = fenghuo(*KEEP, "--signed", "--days", "1")
    word, signing_key = word_of(said.answer), word_of(said.answer, "signing key")
    found = holder(data_dir, word)
    assert found is not None
    assert found.signing_key == signing_key
    listed = fenghuo("producers", "list")
    assert found.key_id in listed.answer
    assert "yes" in listed.answer
    for secret in (word, word.rpartition("_")[2], signing_key):
        assert secret not in listed.answer


def test_a_key_is_replaced_without_a_gap(fenghuo: Fenghuo, data_dir: Path) -> None:
    """The old one goes on beside the new one until it is disabled; what is open no more is found wrong."""
    old, new = (word_of(fenghuo(*KEEP).answer) for _ in range(2))
    one = holder(data_dir, old)
    assert one is not None
    assert fenghuo("producers", "disable", "grid-500108", "--key", one.key_id).code == 0
    with pytest.raises(KeyRefused):
        holder(data_dir, old)
    assert holder(data_dir, new) is not None
    assert fenghuo("producers", "disable", "grid-500108").code == 0
    assert [key.disabled for key in keys(data_dir)] == [True, True]
    assert fenghuo("producers", "disable", "grid-500108").code == 1
    assert len(noted(data_dir)) == 4


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("producers", "keep", "a b", *BOUNDS), "ID"),
        ((*KEEP, "--source", "a b"), "--source"),
        (("producers", "keep", "p", "--source", "s", "--area", "999999", "--channel", "grid"), "--area"),
        (("producers", "keep", "p", "--source", "s", "--area", "500108"), "--channel"),
        ((*KEEP, "--channel", "pigeon"), "--channel"),
        ((*KEEP, "--per-minute", "0"), "--per-minute"),
        ((*KEEP, "--days", "0"), "--days"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(
    fenghuo: Fenghuo, data_dir: Path, arguments: tuple[str, ...], option: str
) -> None:
    """Code 2, the name of the option, no key and no entry."""
    said = fenghuo(*arguments)
    assert said.code == 2
    assert option in said.remarks
    assert (keys(data_dir), noted(data_dir)) == ([], [])
