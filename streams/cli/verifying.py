"""`fenghuo check` and `fenghuo replay`: is what stands in the database what must stand there?"""

from contextlib import aclosing
from typing import Annotated

import typer
from aiokafka.errors import KafkaError
from rich.progress import Progress, SpinnerColumn, TextColumn
from sqlalchemy.ext.asyncio import AsyncConnection

from streams.anchors import AnchorFile
from streams.archive.files import ArchiveFolder
from streams.attachments.store import FOLDER, AttachmentStore, open_store
from streams.check import Anchors, Beside, Cluster, Violation
from streams.check import check as look
from streams.cli.brokers import cluster_if_any
from streams.cli.doors import on_database, reading_archive
from streams.cli.terminal import CannotDo, answer, found_wrong, remarks
from streams.program.trust import keyring_of
from streams.replay import Replayed, replay_all
from streams.replay import replay as replay_one
from streams.settings import Profile, Settings
from streams.store.database import Database

_MOST_SHOWN = 1_000


def check(
    *,
    every: Annotated[bool, typer.Option("--all", help="report every violation, not the first alone")] = False,
    grace: Annotated[
        float, typer.Option(min=0, help="seconds for which something may be on its way; 0: at rest")
    ] = 60,
) -> None:
    """Look at the whole database, and at Kafka where one answers, for a row that breaks an invariant (I1 to I13).

    Works beside a running engine. Without a broker, what is on Kafka (half of I7) is not looked at, and it says so.
    Exit code 1: a row breaks one, and it is printed.

    Example: fenghuo check --all
    """
    most = _MOST_SHOWN if every else 1
    found, looked_at, cluster = on_database(lambda database, settings: _look(database, settings, grace, most))
    for violation in found:
        answer(str(violation))
    if found:
        found_wrong(
            f"{len(found)} {'violations' if len(found) > 1 else 'violation'}"
            f"{'' if every else ' (the first; --all shows more)'}"
        )
    on_kafka = (
        f" and on cluster {cluster.cluster_id}"
        if cluster
        else "; no broker answers: I7 was not looked at on Kafka"
    )
    answer(f"I1 to I13 hold: {looked_at} incidents in the database{on_kafka}")


def replay(
    incident_id: Annotated[str | None, typer.Argument(help="the incident to replay")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="replay every incident")] = False,
) -> None:
    """Fold an incident's log again and compare it with its stored state, field by field; it changes nothing.

    Exit code 1: they differ, and the first field that does is named.

    Example: fenghuo replay --all
    """
    if every == (incident_id is not None):
        raise CannotDo("name one incident, or say --all")
    if incident_id is not None:
        one = reading_archive(lambda connection, archive: replay_one(connection, incident_id, archive))
        if one is None:
            found_wrong(f"there is no incident {incident_id}; `fenghuo incidents` lists them")
        _tell(one)
        answer(f"{one.incident_id}: {one.events} events fold to the stored state")
        return
    incidents, events = reading_archive(_replay_all)
    answer(f"{incidents} incidents, {events} events fold to the stored states")


async def _look(
    database: Database, settings: Settings, grace: float, most: int
) -> tuple[list[Violation], int, Cluster | None]:
    cluster = await cluster_if_any(settings)
    found: list[Violation] = []
    with _progress() as progress:
        task = progress.add_task("incidents looked at", total=None)
        violations = look(
            database,
            cluster,
            Beside(_pictures(settings), ArchiveFolder(settings.archive), _anchors(settings)),
            grace_seconds=grace,
            lives_by_wall=settings.profile is Profile.PRODUCTION,
            rated_every_seconds=settings.rate_every_seconds,
            looked_at=lambda _: progress.advance(task),
        )
        try:
            async with aclosing(violations):
                async for violation in violations:
                    found.append(violation)
                    if len(found) >= most:
                        break
        except KafkaError as away:
            raise CannotDo(
                f"the broker went away while it was read: {type(away).__name__}; try again"
            ) from away
        return found, int(progress.tasks[0].completed), cluster


def _pictures(settings: Settings) -> AttachmentStore | None:
    """The store of attachments; None where it would be a folder and is none of this machine's."""
    if settings.attachments_url is None and not (settings.data_dir / FOLDER).is_dir():
        return None
    return open_store(settings.attachments_url, settings.data_dir)


def _anchors(settings: Settings) -> Anchors | None:
    """The anchors that this machine can see; None where there are none."""
    file = AnchorFile.of(settings)
    if file is None or not file.path.exists():
        return None
    return Anchors(file, keyring_of(settings, makes=False))


async def _replay_all(connection: AsyncConnection, archive: ArchiveFolder) -> tuple[int, int]:
    events = 0
    with _progress() as progress:
        task = progress.add_task("incidents replayed", total=None)
        async for one in replay_all(connection, archive):
            _tell(one)
            events += one.events
            progress.advance(task)
        return int(progress.tasks[0].completed), events


def _tell(one: Replayed) -> None:
    if one.difference is not None:
        answer(f"{one.incident_id}: {one.difference}")
        found_wrong("the log is the record: the state is wrong, or another version wrote it")


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.completed:.0f} {task.description}"))
    return Progress(*columns, console=remarks, transient=True, disable=not remarks.is_terminal)
