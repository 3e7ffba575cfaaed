"""`fenghuo overdue`: what units owe past its limit, for whoever has to phone them now."""

from datetime import datetime
from typing import Annotated

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from streams.cli.doors import program_now, reading, settings_of_command
from streams.cli.terminal import add, answer, answers, beijing_time, remark, table
from streams.store.queries import OverdueCommand, overdue_commands


def overdue(
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="how many at most")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="one command a line instead of a table")] = False,
) -> None:
    """List the orders past their limit that no person has signed for, and retractions that no unit's system has.

    The longest overdue come first; an order at tier city has nobody above it: a red alarm stands. `fenghuo show` tells
    the rest of an incident. Exercises are marked.

    Example: fenghuo overdue --limit 20
    """
    settings = settings_of_command()

    async def found(connection: AsyncConnection) -> tuple[datetime, tuple[OverdueCommand, ...]]:
        now = await program_now(connection, settings)
        return now, await overdue_commands(connection, now, limit)

    now, late = reading(found)
    if as_json:
        for one in late:
            answer(orjson.dumps(one).decode())
        return
    shown = table("", "late by", "limit", "unit", "tier", "kind", "task", "status", "incident")
    for one in late:
        minutes = f"{(now - one.acknowledge_by).total_seconds() / 60:.0f} min"
        kind = f"{one.kind}{' exercise' if one.exercise else ''}"
        where = (one.unit_code, one.tier, kind, one.task_id, one.status, one.incident_id)
        add(shown, minutes, beijing_time(one.acknowledge_by), *where)
    answers.print(shown)
    remark(f"{len(late)} overdue" if len(late) < limit else f"the first {limit}; --limit shows more")
