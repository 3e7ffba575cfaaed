"""The command line: one file per group of commands, put together here. They read words, call a room, print its answer.

Exit codes: 0 good, 1 found something wrong, 2 called wrongly or what it needs is not there, 78 settings refused.
"""

from collections.abc import Sequence

import typer

from streams.cli import administration, dead_letters, incidents, rulebook, run, topics, traffic, verifying
from streams.cli.terminal import CannotDo, Exit, remarks
from streams.errors import EXIT_SETTINGS, SettingsRefused

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Fenghuo 烽火: reports emergencies straight up and answers them fast. `fenghuo COMMAND --help` has examples.",
    epilog="Exit codes: 0 good, 1 found something wrong, 2 cannot do it, 78 settings refused.",
)
app.command()(run.run)
app.command()(traffic.send)
app.command()(traffic.tail)
app.command()(incidents.incidents)
app.command()(incidents.show)
app.command()(verifying.check)
app.command()(verifying.replay)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(topics.app, name="topics")
app.add_typer(administration.db, name="db")
app.add_typer(rulebook.app, name="rulebook")
app.add_typer(administration.config, name="config")
app.add_typer(administration.docs, name="docs")
app.command()(administration.version)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `arguments` are those of the process unless given."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="fenghuo")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else Exit.CANNOT
    except CannotDo as cannot:
        remarks.print(str(cannot), style="red", markup=False)
        return Exit.CANNOT
    except SettingsRefused as refused:
        for problem in refused.problems:
            remarks.print(problem, style="red", markup=False)
        remarks.print("`fenghuo config show` prints the settings as they stand")
        return EXIT_SETTINGS
    return Exit.GOOD
