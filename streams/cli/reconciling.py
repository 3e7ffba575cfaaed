"""`fenghuo reconcile`: lead a database that was restored from a backup through what it has forgotten."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import uuid4

import typer
from aiokafka.errors import KafkaError

from streams.access.signing import Keyring
from streams.broker.access import Brokers
from streams.broker.embedded import cluster_id
from streams.cli.brokers import brokers_of
from streams.cli.doors import on_database
from streams.cli.terminal import CannotDo, answer, found_wrong, remark
from streams.errors import Fenced
from streams.processing.vouching import Voucher
from streams.program.trust import keyring_of
from streams.reconcile import KafkaHoldings, Plan, Replayed, Replayer, draw_up
from streams.settings import Settings
from streams.store import disagreements, rulebooks
from streams.store.database import Database
from streams.store.disagreements import Disagreement
from streams.store.errors import EngineAlreadyRuns
from streams.store.unit_of_work import UnitsOfWork
from workflows.rulebook_file import default_rulebook, parse_rulebook

T = TypeVar("T")
_MOST_SHOWN = 1_000


def reconcile(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="say what would be done, and do nothing")
    ] = False,
) -> None:
    """Settle it when the database was restored from a backup that is older than what is on Kafka.

    Stop every engine first. Each message that Kafka has beyond the database is handled again, as of the moment and
    under the rulebook that its published facts name, so that ids and bytes come out as they did. What came out
    otherwise is printed and kept. Can be broken off and begun again. Before it, engines refuse to start.

    Exit code 1: something is to be done (--dry-run), or came out otherwise.

    Example: fenghuo reconcile --dry-run
    """
    if dry_run:
        _tell_plan(*on_database(lambda database, settings: _asked(_look, database, settings)))
    else:
        _tell_done(*on_database(lambda database, settings: _asked(_settle, database, settings)))


async def _asked(
    work: Callable[[Database, Settings, Brokers, str], Awaitable[T]], database: Database, settings: Settings
) -> T:
    """Do this work at the broker, with its addresses and the id of its cluster. Raises CannotDo."""
    brokers = brokers_of(settings)
    try:
        return await work(database, settings, brokers, await cluster_id(brokers))
    except (KafkaError, TimeoutError) as away:
        raise CannotDo(
            f"no broker answers at {brokers} ({type(away).__name__}); start it or set FENGHUO_BROKER_URL"
        ) from away


async def _look(
    database: Database, _: Settings, brokers: Brokers, cluster: str
) -> tuple[Plan, tuple[Disagreement, ...]]:
    plan = await draw_up(database, cluster, KafkaHoldings(brokers))
    async with database.read() as connection:
        return plan, await disagreements.every(connection, cluster)


async def _settle(
    database: Database, settings: Settings, brokers: Brokers, cluster: str
) -> tuple[Plan, Replayed | None]:
    try:
        with database.engine_lock():
            plan = await draw_up(database, cluster, KafkaHoldings(brokers))
            if not plan.facts:
                return plan, None
            replayer = await _replayer(database, settings, cluster)
            return plan, await replayer.replay(plan, datetime.now(UTC))
    except (EngineAlreadyRuns, Fenced) as busy:
        raise CannotDo(f"an engine runs on this database: {busy}; stop it first") from busy


async def _replayer(database: Database, settings: Settings, cluster: str) -> Replayer:
    keyring: Keyring = keyring_of(settings, makes=False)
    async with database.read() as connection:
        stored = await rulebooks.every_rulebook(connection)
        current = await rulebooks.rulebook_in_force(connection, datetime.now(UTC))
    shipped = default_rulebook()
    known = {shipped.digest: shipped} | {one.digest: parse_rulebook(one.body) for one in stored}
    return Replayer(
        units=UnitsOfWork(database, cluster, f"reconcile-{uuid4().hex}"),
        rulebooks=known,
        in_force=shipped if current is None else known[current.digest],
        voucher=lambda clock: Voucher(keyring, clock, settings.trust_unsigned),
        max_message_bytes=settings.max_message_bytes,
    )


def _tell_plan(plan: Plan, before: tuple[Disagreement, ...]) -> None:
    for one in before:
        remark(f"found before: {one.kind.value} {one.subject}: {one.detail}")
    if not plan.facts:
        answer("the database knows every fact on Kafka; nothing is to be done")
        return
    _tell_work(plan)
    found_wrong("the database is older than Kafka; `fenghuo reconcile` does this")


def _tell_done(plan: Plan, done: Replayed | None) -> None:
    if done is None:
        answer("the database knows every fact on Kafka; nothing was done")
        return
    _tell_work(plan)
    answer(f"{done.records} records handled again, {done.dead} of them dead letters")
    for one in done.found[:_MOST_SHOWN]:
        answer(f"{one.kind.value} {one.subject}: {one.detail}")
    if done.found:
        found_wrong(f"{len(done.found)} facts on Kafka stand otherwise in the database; tell who reads them")
    answer(f"{len(plan.facts)} facts derived again with their ids and bytes; engines can start")


def _tell_work(plan: Plan) -> None:
    answer(
        f"{len(plan.facts)} facts of {plan.incidents} incidents are on Kafka and not in the database, "
        f"from {min(fact.recorded_at for fact in plan.facts).isoformat(timespec='seconds')} "
        f"to {max(fact.recorded_at for fact in plan.facts).isoformat(timespec='seconds')}"
    )
    for (topic, number), count in sorted(plan.to_read().items()):
        answer(f"{topic}[{number}]: {count} records from offset {plan.stands_at.get((topic, number), 0)} on")
    for (topic, number), missing in sorted(plan.gone().items()):
        answer(f"{topic}[{number}]: {missing} records are gone; only what our gateway took in comes again")
    for digest in plan.unknown_rulebooks:
        answer(
            f"rulebook {digest} is not in the database: activate it first, or its facts come out otherwise"
        )
