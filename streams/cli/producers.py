"""`fenghuo producers`: the systems that report under an API key, kept by whoever has the installation's shell.

A key is printed once, when it is made: what is kept of it cannot be turned back. Every change leaves an entry in the
audit.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.access import Act
from models.areas import area_tree
from models.producers import MOST_PER_MINUTE, Producer
from models.vocabulary import Channel
from streams.access import api_keys, audit
from streams.access.api_keys import ApiKey, NewKey
from streams.access.audit import Outsider
from streams.cli.doors import on_database, reading
from streams.cli.terminal import CannotDo, add, answer, answers, found_wrong, remark, table
from streams.settings import Settings
from streams.store.database import Database
from workflows.judgement.case import beijing_day

app = typer.Typer(no_args_is_help=True, help="The systems that report under an API key: keep, list, disable.")

_T = TypeVar("_T")
_OPTIONS = {"producer_id": "ID", "source_ids": "--source", "area_code": "--area", "channels": "--channel"}
_LONGEST_DAYS = 1_830
Id = Annotated[str, typer.Argument(metavar="ID", help="what the audit calls the producer")]


@app.command()
def keep(
    producer_id: Id,
    *,
    source: Annotated[list[str], typer.Option(help="a source_id that it may report as; may be repeated")],
    area: Annotated[str, typer.Option(metavar="CODE", help="its reports lie in this area or below")],
    channel: Annotated[list[Channel], typer.Option(help="a channel of its reports; may be repeated")],
    per_minute: Annotated[
        int, typer.Option(min=1, max=MOST_PER_MINUTE, help="reports in a minute; more are taken for a flood")
    ] = 600,
    days: Annotated[int, typer.Option(min=1, max=_LONGEST_DAYS, help="the key is good for so long")] = 365,
    signed: Annotated[bool, typer.Option("--signed", help="demand a signature on every request")] = False,
) -> None:
    """Make one more key for a producer and print it, once; its earlier keys go on as they are.

    To change a producer's bounds or to replace its key: make a new one, bring it to the producer, disable the old one.

    Example: fenghuo producers keep grid-500108 --source grid-nanan --area 500108 --channel grid
    """
    producer = _producer(producer_id, tuple(source), area, tuple(channel), per_minute)

    async def kept(connection: AsyncConnection, now: datetime) -> NewKey:
        made = await api_keys.keep_key(
            connection, producer, now + timedelta(days=days), now, is_signed=signed
        )
        await _note(connection, producer.area_code, made.key_id, now)
        return made

    made = _changing(kept)
    answer(f"key          {made.word}")
    if made.signing_key is not None:
        answer(f"signing key  {made.signing_key}")
    remark(f"good for {days} days; it is shown this once, and nobody can look it up")


@app.command("list")
def list_keys() -> None:
    """List every key by its id, with what its producer may do and whether it is good; secrets are never shown.

    Example: fenghuo producers list
    """
    listed: list[ApiKey] = reading(api_keys.api_keys)
    now = datetime.now(UTC)
    shown = table("", "producer", "key", "sources", "area", "channels", "per minute", "signed", "state")
    for one in listed:
        producer = one.producer
        add(
            shown,
            producer.producer_id,
            one.key_id,
            " ".join(producer.source_ids),
            f"{producer.area_code} {area_tree().full_name_zh(producer.area_code)}",
            " ".join(producer.channels),
            producer.per_minute,
            "yes" if one.is_signed else "no",
            _state(one, now),
        )
    answers.print(shown)
    remark(f"{len(listed)} keys")


@app.command()
def disable(
    producer_id: Id,
    key: Annotated[str | None, typer.Option(metavar="KEY", help="this key alone; else all of them")] = None,
) -> None:
    """Close a producer's keys, or one of them, at once. Exit code 1: there is no such key that is open.

    Example: fenghuo producers disable grid-500108 --key 3f6c1e0a6f5e5f0e
    """

    async def disabled(connection: AsyncConnection, now: datetime) -> tuple[str, ...]:
        closed = await api_keys.disable_keys(connection, producer_id, key)
        for key_id in closed:
            await _note(connection, None, key_id, now)
        return closed

    closed = _changing(disabled)
    if not closed:
        found_wrong(f"{producer_id} has no such key that is open; `fenghuo producers list` lists them")
    answer(f"closed {' '.join(closed)}")


def _producer(
    producer_id: str, sources: tuple[str, ...], area: str, channels: tuple[Channel, ...], per_minute: int
) -> Producer:
    """The producer that these words describe. Raises CannotDo that names the option."""
    tree = area_tree()
    if area not in tree or not tree.area(area).is_in_force(beijing_day(datetime.now(UTC))):
        raise CannotDo(f"--area: no area with the code {area} is in force")
    words = {
        "producer_id": producer_id,
        "source_ids": tuple(dict.fromkeys(sources)),
        "area_code": area,
        "channels": tuple(dict.fromkeys(channels)),
        "per_minute": per_minute,
    }
    try:
        return Producer.model_validate(words)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise CannotDo(f"{_OPTIONS[str(first['loc'][0])]}: {first['msg']}") from None


def _state(key: ApiKey, now: datetime) -> str:
    if key.disabled:
        return "disabled"
    return f"{'good until' if key.expires_at > now else 'over since'} {key.expires_at:%Y-%m-%d}"


async def _note(connection: AsyncConnection, area_code: str | None, key_id: str, now: datetime) -> None:
    asked = Outsider.COMMAND_LINE, Act.MANAGE_ACCOUNTS, area_code, key_id
    await audit.append(connection, audit.entry_of(*asked, allowed=True, at=now))


def _changing(work: Callable[[AsyncConnection, datetime], Awaitable[_T]]) -> _T:
    async def within(database: Database, _: Settings) -> _T:
        async with database.write() as connection:
            return await work(connection, datetime.now(UTC))

    return on_database(within)
