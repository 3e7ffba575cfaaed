"""The command line: one file per group of commands, put together here. They read words, call a room, print its answer.

A command brings only its own rooms with it: the whole program takes seconds to load, and who asks `understand` about
one text has none to give. `fenghuo --help`, and a word that is no command, load none of them.

Exit codes: 0 good, 1 found something wrong, 2 called wrongly or what it needs is not there, 78 settings refused.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from types import MappingProxyType

import typer

from streams.cli.catalogue import line_of
from streams.cli.terminal import CannotDo, Exit, remarks
from streams.errors import EXIT_SETTINGS, SettingsRefused

# The word -> the file of this package and the function or group in it, in the order in which help lists them.
COMMANDS = MappingProxyType(
    {
        "run": ("run", "run"),
        "send": ("traffic", "send"),
        "validate": ("validating", "validate"),
        "tail": ("tailing", "tail"),
        "conformance": ("conforming", "conformance"),
        "incidents": ("incidents", "incidents"),
        "show": ("incidents", "show"),
        "overdue": ("overdue", "overdue"),
        "explain": ("explaining", "explain"),
        "understand": ("understanding", "understand"),
        "doctor": ("doctoring", "doctor"),
        "check": ("verifying", "check"),
        "replay": ("verifying", "replay"),
        "reconcile": ("reconciling", "reconcile"),
        "backup": ("backing_up", "backup"),
        "restore": ("backing_up", "restore"),
        "accounts": ("accounts", "app"),
        "producers": ("producers", "app"),
        "keys": ("keys", "app"),
        "audit": ("auditing", "app"),
        "dead-letters": ("dead_letters", "app"),
        "topics": ("topics", "app"),
        "db": ("administration", "db"),
        "rulebook": ("rulebook", "app"),
        "config": ("configuring", "app"),
        "docs": ("administration", "docs"),
        "version": ("administration", "version"),
    }
)


def catalogue_app() -> typer.Typer:
    """Every command by its name and its line: for help, and to say which there are."""
    app = _empty_app()
    for name, (file, attribute) in COMMANDS.items():
        app.command(name, help=line_of(file, attribute))(_as_a_group)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `arguments` are those of the process unless given."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    app = app_of(words[0]) if words and words[0] in COMMANDS else catalogue_app()
    try:
        app(args=words, prog_name="fenghuo")
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


def app_of(*names: str) -> typer.Typer:
    """These commands, loaded with all that they need."""
    app = _empty_app()
    for name in names:
        file, attribute = COMMANDS[name]
        found = getattr(import_module(f"{__name__}.{file}"), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _empty_app() -> typer.Typer:
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Fenghuo 烽火: reports emergencies straight up and answers them fast. "
        "`fenghuo COMMAND --help` has examples.",
        epilog="Exit codes: 0 good, 1 found something wrong, 2 cannot do it, 78 settings refused.",
    )
    app.callback()(_as_a_group)
    return app


def _as_a_group() -> None:
    # Without a callback typer takes an app of one command for that command.
    return
