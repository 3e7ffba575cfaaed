"""`fenghuo audit`: is the book of who asked for what as it was written, and is everything there that was anchored?"""

from pathlib import Path
from typing import Annotated

import typer

from streams.access import audit
from streams.access.audit import ChainReport
from streams.anchors import AnchorFile, Missing, compare
from streams.cli.doors import on_database
from streams.cli.terminal import CannotDo, answer, found_wrong, remark
from streams.program.trust import keyring_of
from streams.settings import Settings
from streams.store.database import Database

app = typer.Typer(no_args_is_help=True, help="The audit of who asked for what: verify.")
AnchorsOption = Annotated[
    Path | None, typer.Option("--anchors", help="hold it to this file; else to FENGHUO_ANCHOR_FILE")
]


@app.command()
def verify(*, anchors: AnchorsOption = None) -> None:
    """Follow the audit from its first entry to its last, then hold it and the log of each incident to the anchors.

    Prints how many entries there are and the digest of the last. Works beside a running engine. Exit code 1: an entry
    was changed, dropped or put in, and the first is named; or the end of the audit or of a log was dropped after it
    was anchored, and each is named.

    Example: fenghuo audit verify --anchors /mnt/worm/anchors.jsonl
    """
    report, file, missing = on_database(lambda database, settings: _look(database, settings, anchors))
    if report.broken_at is not None:
        answer(f"audit seq={report.broken_at}: is not the entry that was written there")
    for one in missing:
        answer(f"{one.row}: {one.detail}")
    if report.broken_at is not None:
        found_wrong(f"the audit is whole up to seq {report.entries}, digest {report.head}")
    if missing:
        found_wrong(f"{len(missing)} things are not as they were anchored in {file}")
    answer(f"entries {report.entries}, digest {report.head}")
    if file is None:
        remark("there are no anchors here: a dropped end would not be seen; set FENGHUO_ANCHOR_FILE")
    else:
        answer(f"everything is there that was anchored in {file}")


async def _look(
    database: Database, settings: Settings, named: Path | None
) -> tuple[ChainReport, Path | None, list[Missing]]:
    file = AnchorFile.of(settings) if named is None else AnchorFile(named)
    if file is None or (named is None and not file.path.exists()):
        async with database.read() as connection:
            return await audit.verify(connection), None, []
    try:
        lines = file.lines(
            file.size()
        )  # what is added from now on may be younger than what we see of the database
        async with database.snapshot() as connection:
            found = compare(connection, lines, keyring_of(settings, makes=False))
            return await audit.verify(connection), file.path, [missing async for missing in found]
    except OSError as unreadable:
        raise CannotDo(f"{file.path} cannot be read: {unreadable.strerror}") from unreadable
