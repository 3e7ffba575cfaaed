"""Next version: a copy of the tree whose contract is one version on, since none was released yet that could be it.

Everything that a program of it writes is of a version that today's cannot read.
"""

import shutil
from pathlib import Path

from models.messages.versions import SCHEMA_VERSION
from tests.architecture.sources import ROOT, project_files

NEXT = SCHEMA_VERSION + 1
_FILE = "models/messages/versions.py"
_TODAY = f"SCHEMA_VERSION = {SCHEMA_VERSION}\n"


def make_next_version(tree: Path) -> None:
    """Make it in this folder; a program that has the folder as its PYTHONPATH is of that version."""
    for path in project_files():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, tree / path)
    text = (tree / _FILE).read_text("utf-8")
    assert text.count(_TODAY) == 1, f"{_FILE} moved on: say anew what the next version is"
    (tree / _FILE).write_text(text.replace(_TODAY, f"SCHEMA_VERSION = {NEXT}\n"), "utf-8")
