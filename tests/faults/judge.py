"""Judge: after the fault has ended: wait until nothing is on its way, then hold the database to the witness.

`fenghuo check` looks at the installation from inside (I1 to I13); the witness is asked what it must have seen. Never in
here: anything that makes a figure look better.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import asyncpg
import orjson

from tests.acceptance.program import Said
from tests.bench.harness import percentile
from tests.faults.books import Books, number, waits_seconds
from tests.faults.outcome import Figure, promise
from tests.faults.stack import Stack
from tests.faults.witness import Witness

DRAINED_WITHIN_SECONDS = 120.0
_LOOK_EVERY_SECONDS = 0.5
_GRACE_SECONDS = "5"
_CHECKED_WITHIN_SECONDS = 900.0  # the log of half an hour, on a machine that has other work
_LOOKS_AT_REST = 3
_MOST_TOLD = 8
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
UNHANDLED = (
    "SELECT count(*) FROM intake LEFT JOIN inbox ON inbox.message_id = intake.message_id"
    " WHERE inbox.message_id IS NULL"
)
_OPEN = "SELECT count(*) FROM incidents WHERE status = 'open'"


@dataclass
class Findings:
    """What was found; `figures` for the table, the rest for whoever has to look."""

    figures: list[Figure] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    violations: str = ""
    longest_waits: list[str] = field(default_factory=list)


async def drained(
    stack: Stack, within_seconds: float = DRAINED_WITHIN_SECONDS, *, all_end: bool = True
) -> float:
    """Wait until every accepted message is handled, all is published and, where `all_end`, every incident has ended.

    The seconds it took. It stays so for three looks, since a deadline or a unit's late word may be on its way.
    """
    began, at_rest = perf_counter(), 0
    state: dict[str, int] = {}
    while at_rest < _LOOKS_AT_REST:
        if perf_counter() - began > within_seconds:
            raise AssertionError(
                f"not drained within {within_seconds} s: {state}; {await _stuck(stack.books)}"
            )
        try:
            state = {
                "unpublished": await number(stack.books, _UNPUBLISHED),
                "unhandled": await number(stack.books, UNHANDLED),
                "open": await number(stack.books, _OPEN) if all_end else 0,
            }
            at_rest = 0 if any(state.values()) else at_rest + 1
        except AWAY:
            at_rest = 0
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return perf_counter() - began


async def _stuck(books: Books) -> str:
    """Where that stands which does not go on, for whoever has to find out why."""
    told = [
        [tuple(row) for row in await books.rows(statement)]
        for statement in (
            "SELECT stage, status, verdict, level, count(*) FROM incidents GROUP BY stage, status, verdict, level",
            "SELECT status, kind, count(*) FROM commands GROUP BY status, kind",
            "SELECT topic, sum(processed), sum(duplicate), sum(dead) FROM progress GROUP BY topic",
            "SELECT topic, reason, detail FROM dead_letters LIMIT 5",
            "SELECT incident_id, state FROM incidents WHERE status = 'open' LIMIT 1",
        )
    ]
    return f"{told}"


async def judge(stack: Stack, witness: Witness, handled_at_most: float | None = None) -> Findings:
    """Everything that must hold once the stack has come to rest."""
    findings = Findings()
    findings.lost = await lost(stack.books, witness)
    findings.doubled = await doubled(stack.books, witness)
    check = partial(stack.gateway.program.command, within_seconds=_CHECKED_WITHIN_SECONDS)
    said: Said = await asyncio.to_thread(check, "check", "--all", "--grace", _GRACE_SECONDS)
    findings.violations = "" if said.code == 0 else said.answer + said.remarks
    waited = await waits_seconds(stack.books)
    findings.longest_waits = [
        f"{accepted_at:%H:%M:%S} {seconds:.1f} s"
        for accepted_at, seconds in sorted(waited, key=lambda one: -one[1])[:_MOST_TOLD]
    ]
    waits = [seconds for _, seconds in waited]
    findings.figures = [
        Figure("reports accepted (2xx)", len(witness.receipts)),
        promise("accepted and lost", len(findings.lost)),
        promise("doubled (reports, commands, effects)", len(findings.doubled)),
        promise("violations of I1 to I13", findings.violations.count("\nI") if findings.violations else 0),
        Figure("commands heard by units", len(witness.heard)),
        Figure("deliveries of commands", sum(witness.deliveries.values())),
    ]
    if findings.violations and not findings.figures[3].value:
        findings.figures[3] = promise(
            "violations of I1 to I13", max(1, len(findings.violations.splitlines()) - 1)
        )
    if waits:
        findings.figures += [
            Figure("accepted until handled, p99", percentile(waits, 99), "s"),
            Figure("accepted until handled, longest", max(waits), "s", at_most=handled_at_most),
        ]
    return findings


async def lost(books: Books, witness: Witness) -> list[str]:
    """Receipts whose report belongs to no incident that exists."""
    kept = {
        (str(source), str(report))
        for source, report in await books.rows(
            "SELECT source_id, report_id FROM reports JOIN incidents ON incidents.incident_id = reports.incident_id"
        )
    }
    return [f"{one}" for one in witness.receipts if one not in kept]


async def doubled(books: Books, witness: Witness) -> list[str]:
    """What was done twice, or told in two ways."""
    heard = dict(witness.heard)  # before the books are read: who does not end goes on being ordered meanwhile
    bodies = {
        str(one): bytes(body) for one, body in await books.rows("SELECT command_id, body FROM commands")
    }
    issued: Counter[str] = Counter()
    orders: Counter[tuple[str, ...]] = Counter()
    for (body,) in await books.rows("SELECT body FROM events WHERE type = 'command_issued'"):
        command = orjson.loads(bytes(body))["data"]["command"]
        issued[command["command_id"]] += 1
        what = (command[name] for name in ("kind", "incident_id", "task_id", "unit_code", "attempt"))
        if command["kind"] == "order":
            orders[tuple(map(str, what))] += 1
    found = [f"command {one} issued {count} times" for one, count in issued.items() if count > 1]
    found += [f"order {one} given {count} times" for one, count in orders.items() if count > 1]
    found += [f"command {one} heard in two wordings" for one, seen in heard.items() if len(seen) > 1]
    found += [f"command {one} heard and not in the books" for one in heard if one not in bodies]
    found += [f"receipt of {one} changed" for one in witness.unequal_receipts]
    joined: Counter[tuple[str, str]] = Counter()
    for (body,) in await books.rows("SELECT body FROM events WHERE type = 'report_joined'"):
        data = orjson.loads(bytes(body))["data"]
        joined[str(data["source_id"]), str(data["report_id"])] += 1
    found += [f"report {one} counted {count} times" for one, count in joined.items() if count > 1]
    return found
