"""`fenghuo dead-letters`: look at what could not be handled, and send it again once its cause is gone."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from models.vocabulary import DeadLetterReason
from streams.cli.doors import on_database, program_now, reading
from streams.cli.terminal import CannotDo, add, answer, answers, found_wrong, remark, table
from streams.settings import Settings
from streams.store import dead_letters, outbox, queries
from streams.store.database import Database

app = typer.Typer(no_args_is_help=True, help="Messages that could not be handled: list, show, retry.")

Where = tuple[str, str, int, int]
Which = Annotated[str, typer.Argument(help="cluster/topic/partition/offset, as `list` prints it")]
Reason = Annotated[DeadLetterReason | None, typer.Option(help="only for this reason")]


@app.command("list")
def list_letters(
    *,
    reason: Reason = None,
    waiting: Annotated[bool, typer.Option(help="only those that nobody has retried")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="how many at most")] = 50,
) -> None:
    """List dead letters, newest first, with the reason and the field.

    Example: fenghuo dead-letters list --reason unsupported_version --waiting
    """
    lines = reading(lambda connection: queries.dead_letters(connection, limit, reason, waiting=waiting))
    shown = table("", "which", "reason", "field", "detail", "recorded", "retried")
    for one in lines:
        retried = None if one.retried_at is None else one.retried_at.isoformat(timespec="seconds")
        recorded = one.recorded_at.isoformat(timespec="seconds")
        add(shown, _name(one), one.reason.value, one.field, one.detail, recorded, retried)
    answers.print(shown)
    remark(f"{len(lines)} dead letters")


@app.command()
def show(which: Which) -> None:
    """Print the original bytes of a dead letter, whatever they are.

    Example: fenghuo dead-letters show embedded-1f0c/reports/2/1041
    """
    value = reading(lambda connection: queries.dead_letter_value(connection, _where(which)))
    if value is None:
        found_wrong(f"there is no dead letter {which}; `fenghuo dead-letters list` lists them")
    typer.echo(value)


@app.command()
def retry(
    which: Annotated[
        list[str] | None, typer.Argument(help="as `list` prints it; several are possible")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="all that nobody has retried")] = False,
    reason: Reason = None,
) -> None:
    """Send dead letters to their topic again, byte for byte; the engine publishes them within seconds.

    What fails again becomes a new dead letter. Each can be retried once; one that was already is an error (exit 1).

    Example: fenghuo dead-letters retry --all --reason unsupported_version
    """
    if every == bool(which):
        raise CannotDo("name dead letters, or say --all")
    named = None if which is None or every else [_where(one) for one in which]
    sent, refused = on_database(lambda database, settings: _retry(database, settings, named, reason))
    answer(f"{sent} will be sent again")
    if refused:
        found_wrong(f"not there, or retried before: {', '.join('/'.join(map(str, one)) for one in refused)}")


async def _retry(
    database: Database, settings: Settings, named: list[Where] | None, reason: DeadLetterReason | None
) -> tuple[int, list[Where]]:
    sent, refused = 0, []
    async with database.write() as connection:
        now = await program_now(connection, settings)
        if named is None:
            lines = await queries.dead_letters(connection, 100_000, reason, waiting=True)
            named = [(one.cluster_id, one.topic, one.partition, one.offset) for one in lines]
        for where in named:
            outgoing = await dead_letters.retry(connection, where, now)
            if outgoing is None:
                refused.append(where)
            else:
                await outbox.add(connection, [outgoing], datetime.now(UTC))
                sent += 1
    return sent, refused


def _where(which: str) -> Where:
    try:
        cluster_id, topic, partition, offset = which.rsplit("/", 3)
        return cluster_id, topic, int(partition), int(offset)
    except ValueError as wrong:
        raise CannotDo(
            f"{which!r} is no cluster/topic/partition/offset; `fenghuo dead-letters list` prints it"
        ) from wrong


def _name(one: queries.DeadLetterLine) -> str:
    return f"{one.cluster_id}/{one.topic}/{one.partition}/{one.offset}"
