"""The environment is read in one room, streams/settings.py, so that `fenghuo config show` can tell everything."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import PACKAGES, Source, planted, sources

READERS = {"environ", "environb", "getenv", "getenvb"}

# file -> why it reads the environment itself
EXEMPT: dict[str, str] = {}


def environment_reads(source: Source) -> Iterator[str]:
    """The lines of the source that touch the process environment."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr=name) if name in READERS:
                yield f"{source.path}:{node.lineno}"
            case ast.ImportFrom(module="os", names=names) if READERS & {alias.name for alias in names}:
                yield f"{source.path}:{node.lineno}"


def test_only_settings_read_the_environment() -> None:
    """No other room of the program looks at environment variables."""
    found = {
        s.path: list(environment_reads(s)) for s in sources(*PACKAGES) if s.path != "streams/settings.py"
    }
    assert [line for path, lines in found.items() if path not in EXEMPT for line in lines] == []
    assert [path for path in EXEMPT if not found.get(path)] == [], "remove the exemptions that nothing needs"


@pytest.mark.parametrize(
    "code", ["import os\nos.environ['A']", "import os\nos.getenv('A')", "from os import environ"]
)
def test_a_read_is_seen(code: str) -> None:
    """Each way to the environment is found."""
    assert len(list(environment_reads(planted(code)))) == 1
