"""`fenghuo config`: the settings as they stand, and whether the program would start with them."""

import typer

from streams.cli.doors import settings_of_command
from streams.cli.terminal import answer, remarks
from streams.errors import EXIT_SETTINGS, SettingsRefused
from streams.program.traced import refuse_what_is_missing
from streams.program.trust import keyring_of
from streams.settings import load_settings
from streams.settings_given import missing_files, unread_variables

app = typer.Typer(no_args_is_help=True, help="The settings: show, check.")


@app.command()
def show() -> None:
    """Print every setting as it stands, secrets masked.

    Example: fenghuo config show
    """
    for name, value in settings_of_command().shown().items():
        answer(f"{name}={value}")


@app.command()
def check() -> None:
    """Say whether the program would start with these settings as they are meant, with everything that is wrong.

    Beside each value: FENGHUO_* variables that no setting reads, with the name that was probably meant, and files that
    are named and not there. It connects to nothing; `fenghuo doctor` looks at disk, database and broker, too.
    Exit code 78: something is wrong.

    Example: fenghuo config check
    """
    problems = list(unread_variables())
    try:
        settings = load_settings()
        problems += missing_files(settings)
        keyring_of(settings, makes=False)
        refuse_what_is_missing(settings)
    except SettingsRefused as refused:
        problems += refused.problems
    else:
        if not problems:
            answer(f"the settings are good: profile {settings.profile.value}, role {settings.role.value}")
            return
    for problem in problems:
        answer(problem)
    remarks.print("[red]change these settings, then start[/red]")
    raise typer.Exit(EXIT_SETTINGS)
