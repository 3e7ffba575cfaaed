"""What a deployment file says of the program, held to the program: its settings, its commands and its routes.

Never in here: how a kind of file is read (that is each test's).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
import typer
import yaml  # type: ignore[import-untyped] # no stubs in the lock; what comes out is looked at value by value
from typer.core import TyperGroup

from streams.cli import COMMANDS, app_of
from streams.gateway.api import ROOMS
from streams.settings import PREFIX, Settings, load_settings
from tests.architecture.sources import ROOT

DEPLOY = ROOT / "deploy"


def documents(text: str) -> list[dict[str, object]]:
    """The documents of a YAML text."""
    return [one for one in yaml.safe_load_all(text) if one]


def unknown_settings(names: Iterable[str]) -> list[str]:
    """Variables of ours that the program does not read."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return sorted({name for name in names if name.startswith(PREFIX)} - known)


def run_with(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings that a process has with these variables alone. Raises SettingsRefused."""
    with monkeypatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        return load_settings(None)


def why_no_command(words: Sequence[str]) -> str | None:
    """Why `fenghuo` with these words would be refused as called wrongly; None: it would be done."""
    if not words or words[0] not in COMMANDS:
        return f"there is no command {' '.join(words)}"
    command, rest = typer.main.get_command(app_of(words[0])), list(words)
    while isinstance(command, TyperGroup):
        if not rest or rest[0] not in command.commands:
            return f"there is no command {' '.join(words)}"
        command = command.commands[rest.pop(0)]
    try:
        command.make_context(words[0], rest)
    except Exception as refused:  # noqa: BLE001 - typer's own click has errors that it does not export
        return f"{' '.join(words)}: {refused}"
    return None


def routes() -> set[str]:
    """Every path that a gateway answers."""
    return {getattr(route, "path", "") for room in ROOMS for route in room.router.routes}


def missing(paths: Iterable[str], below: Path = ROOT) -> list[str]:
    """Paths that are not in the source tree."""
    return [path for path in paths if not (below / path).exists()]
