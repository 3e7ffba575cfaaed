"""The tree is the map: seven names at the top, and no file whose name says nothing."""

from pathlib import PurePosixPath

from tests.architecture.sources import project_files

TOP = {"pyproject.toml", "README.md", "Makefile", "models", "workflows", "streams", "deploy", "tests"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "core"}


def strangers(paths: tuple[str, ...]) -> list[str]:
    """Names at the top level that the layout does not know; dot files are free."""
    top = {PurePosixPath(path).parts[0] for path in paths}
    return sorted(name for name in top - TOP if not name.startswith("."))


def nameless(paths: tuple[str, ...]) -> list[str]:
    """Paths of which a part is named after no thing."""
    return [
        path for path in paths if EMPTY_NAMES & {part.split(".")[0] for part in PurePosixPath(path).parts}
    ]


def test_the_top_level_holds_only_the_layout() -> None:
    """A person who opens the project sees the three packages, deploy, tests and the three files that start them."""
    assert strangers(project_files()) == []


def test_files_are_named_after_the_thing_in_them() -> None:
    """No file or folder is called utils, helpers, common, manager or base."""
    assert nameless(project_files()) == []


def test_strangers_and_empty_names_are_seen() -> None:
    """A folder that the layout does not know and a file named utils are both found; dot files are not."""
    paths = (".ci/run", "models/areas.py", "scripts/fix.py", "streams/utils.py")
    assert strangers(paths) == ["scripts"]
    assert nameless(paths) == ["streams/utils.py"]
