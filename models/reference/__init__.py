"""Reference data that is shipped: areas, categories, warning codes, departments, responsibilities.

For: the CSV files and the one way to read them. Must never enter: anything that is measured or recorded while
running, and numbers an authority may set (rulebook). Where each file comes from, and what is ours: `SOURCES.md`.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

_HERE = Path(__file__).parent


def rows(file_name: str) -> Iterator[dict[str, str]]:
    """The rows of one file by column name; an empty cell is "". Reads the disk: call it at start-up only."""
    with (_HERE / file_name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
