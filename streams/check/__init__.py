"""Check: what must hold after every fault, looked at in the whole database and, where one answers, on the broker.

One file per group of invariants; each check is a small function whose docstring says what holds. Checks of one
incident are pure functions of its `Dossier`; those of whole tables ask the database. Never in here: a repair.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from streams.archive.files import ArchiveFolder
from streams.attachments.store import AttachmentStore
from streams.check import (
    anchored,
    archived,
    attachments,
    audited,
    clocks,
    commands,
    folding,
    intake,
    log,
    outgoing,
    projections,
    published,
    reports,
    scope,
)
from streams.check.anchored import Anchors
from streams.check.dossier import Dossier, dossiers
from streams.check.published import Cluster
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick, load
from streams.store import wall_time
from streams.store.database import Database

__all__ = ["Anchors", "Beside", "Cluster", "Invariant", "Violation", "check"]

OfIncident = Callable[[Dossier, Yardstick], Iterator[Violation]]
OfTables = Callable[[AsyncConnection, Yardstick], AsyncIterator[Violation]]

OF_TABLES: tuple[OfTables, ...] = (
    reports.accepted_reports_are_kept,
    reports.merges_lead_somewhere,
    commands.commands_are_issued_once,
    commands.deliveries_have_the_same_bytes,
    outgoing.outbox_repeats_the_log,
    intake.offsets_add_up,
    intake.rows_come_from_known_partitions,
    intake.reports_would_be_duplicates,
    intake.intake_would_be_duplicates,
    outgoing.nothing_is_unpublished,
    projections.rankings_equal_the_heats,
    projections.ratings_equal_the_outcomes,
    audited.accepted_is_audited,
    audited.proposals_are_audited,
    audited.audit_is_whole,
    attachments.links_lead_somewhere,
)
OF_INCIDENTS: tuple[OfIncident, ...] = (
    log.seq_runs_without_gap,
    log.event_rows_repeat_their_bodies,
    folding.states_equal_their_fold,
    folding.command_rows_equal_the_log,
    folding.deadline_rows_equal_the_log,
    folding.outcome_rows_equal_the_log,
    folding.heat_equals_its_fold,
    reports.reports_are_counted_once,
    reports.incidents_come_to_an_end,
    commands.command_ids_are_derived,
    commands.commands_are_answered,
    commands.retractions_reach_their_units,
    clocks.deadlines_fire_once,
    clocks.deadlines_are_not_forgotten,
    scope.events_stay_in_their_area,
    scope.outcomes_stay_in_their_area,
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside the database: the pictures that are named, the logs that were put away, and the anchors."""

    pictures: AttachmentStore | None = None
    archive: ArchiveFolder | None = None
    anchors: Anchors | None = None


NOTHING_BESIDE = Beside()


async def check(
    database: Database,
    cluster: Cluster | None = None,
    beside: Beside = NOTHING_BESIDE,
    *,
    grace_seconds: float = 60,
    lives_by_wall: bool = False,
    rated_every_seconds: float = 60,
    looked_at: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[Violation, None]:
    """Every violation there is, in one snapshot of the database; stop reading at the first if that is enough.

    `grace_seconds` is how long something may be on its way (0: the system is at rest), `rated_every_seconds` how often
    ratings are looked at. Without a cluster, what is on Kafka (I7) is not looked at, and nothing `beside`
    the database that is not named. Where a file of the archive is missing or changed, that alone is told.
    `looked_at` is told each incident. Raises TransientFault, KafkaError when the broker does not answer, and OSError
    when the anchors cannot be read.
    """
    shelf = None if cluster is None else await published.read_shelf(cluster)
    anchored_bytes = 0 if beside.anchors is None else beside.anchors.file.size()
    async with database.snapshot() as connection:
        yardstick = await load(
            connection,
            await wall_time.read(connection) or datetime.now(UTC),
            grace_seconds,
            lives_by_wall=lives_by_wall,
            rated_every_seconds=rated_every_seconds,
            archive=beside.archive,
        )
        missing = [one async for one in archived.archives_are_whole(connection, yardstick)]
        for violation in missing:
            yield violation
        # Without its archive a log is not whole, and nothing that is said of it would be true.
        if not missing:
            async for violation in _of_database(connection, yardstick, looked_at):
                yield violation
            async for violation in _of_what_lies_beside(connection, yardstick, beside.pictures, shelf):
                yield violation
            if beside.anchors is not None:
                async for violation in anchored.anchored_is_there(connection, beside.anchors, anchored_bytes):
                    yield violation


async def _of_database(
    connection: AsyncConnection, yardstick: Yardstick, looked_at: Callable[[str], None]
) -> AsyncIterator[Violation]:
    for of_tables in OF_TABLES:
        async for violation in of_tables(connection, yardstick):
            yield violation
    async for dossier in dossiers(connection, yardstick.archive):
        looked_at(dossier.incident_id)
        for violation in _of_dossier(dossier, yardstick):
            yield violation


async def _of_what_lies_beside(
    connection: AsyncConnection,
    yardstick: Yardstick,
    pictures: AttachmentStore | None,
    shelf: published.Shelf | None,
) -> AsyncIterator[Violation]:
    if pictures is not None:
        async for violation in attachments.named_pictures_are_whole(connection, pictures, yardstick):
            yield violation
    if shelf is not None:
        async for violation in _of_shelf(connection, shelf, yardstick):
            yield violation


def _of_dossier(dossier: Dossier, yardstick: Yardstick) -> Iterator[Violation]:
    for of_incident in OF_INCIDENTS:
        yield from of_incident(dossier, yardstick)


async def _of_shelf(
    connection: AsyncConnection, shelf: published.Shelf, yardstick: Yardstick
) -> AsyncIterator[Violation]:
    async for violation in published.published_is_on_the_shelf(connection, shelf):
        yield violation
    async for violation in published.shelf_holds_only_the_log(connection, shelf, yardstick.archive):
        yield violation
    async for violation in published.sent_messages_are_heard(connection, shelf.cluster_id, yardstick):
        yield violation
