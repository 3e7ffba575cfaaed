"""`fenghuo audit`: is the book of who asked for what as it was written?"""

import typer

from streams.access import audit
from streams.cli.doors import reading
from streams.cli.terminal import answer, found_wrong

app = typer.Typer(no_args_is_help=True, help="The audit of who asked for what: verify.")


@app.command()
def verify() -> None:
    """Follow the audit from its first entry to its last, and print how many there are and the digest of the last.

    Write both down elsewhere: an end that was cut off shows only when fewer entries are left, or when the chain no
    longer has that digest. Exit code 1: an entry was changed, dropped or put in, and the first is named.

    Example: fenghuo audit verify
    """
    report = reading(audit.verify)
    if report.broken_at is not None:
        answer(f"audit seq={report.broken_at}: is not the entry that was written there")
        found_wrong(f"the audit is whole up to seq {report.entries}, digest {report.head}")
    answer(f"entries {report.entries}, digest {report.head}")
