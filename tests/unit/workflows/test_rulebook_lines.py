"""Lines of a TOML text: every key and element is found at the line where it first stands."""

import tomllib
from collections.abc import Iterator

import pytest

from workflows.rulebook_bundle import files_of
from workflows.rulebook_file import default_rulebook_text
from workflows.rulebook_lines import Path, key_lines

_FILES = files_of(default_rulebook_text())
SHIPPED = [text.decode() for text in (_FILES.main, *(body for _, body in _FILES.packs))]

AWKWARD = """
# a comment with [a.header] and key = 1
title = "a # that is no comment" # but this is
"quoted key" = 'single \\'
a.b."c.d" = 1
long = \"\"\"
[not.a.header]
x = 1 \\"\"\" still inside
\"\"\"
raw = '''
y = ]
'''
array = [ # opened
  1, # one
  { x = 1, y.z = [ "]", '}' ] },

  [2, 3,
   4],
]
when = 1979-05-27 07:32:00

[ table . inner ] # spaces
on = true

[[rows]]
id = 1
  [[rows.parts]]
  id = "1a"
  [[rows.parts]]
  id = "1b"
  [rows.parts.more]
  deep = inf
[[rows]]
id = 2
  [[rows.parts]]
  id = "2a"
"""


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Every key path of what TOML says."""
    if path:
        yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else [])
    )
    for key, child in children:
        yield from paths(child, (*path, key))


@pytest.mark.parametrize(
    "text", [AWKWARD, AWKWARD.replace("\n", "\r\n"), "", *SHIPPED], ids=lambda text: text[:40].strip()
)
def test_every_key_is_found_and_no_other(text: str) -> None:
    """What `tomllib` reads and what is located agree, key by key."""
    assert set(key_lines(text)) == set(paths(tomllib.loads(text)))


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("title",), "title ="),
        (("quoted key",), '"quoted key"'),
        (("a", "b", "c.d"), "a.b."),
        (("raw",), "raw ="),
        (("array",), "array ="),
        (("array", 0), "  1, # one"),
        (("array", 1, "y", "z", 1), "{ x = 1"),
        (("array", 2, 2), "   4]"),
        (("table", "inner"), "[ table"),
        (("table", "inner", "on"), "on ="),
        (("rows",), "[[rows]]"),
        (("rows", 0, "parts", 1, "id"), 'id = "1b"'),
        (("rows", 0, "parts", 1, "more", "deep"), "deep ="),
        (("rows", 1, "id"), "id = 2"),
        (("rows", 1, "parts", 0, "id"), 'id = "2a"'),
    ],
)
def test_a_key_is_at_its_line(path: Path, written: str) -> None:
    """The line found is the one on which the key or element is written."""
    assert written in AWKWARD.splitlines()[key_lines(AWKWARD)[path] - 1]


def test_text_that_is_no_toml_is_not_followed() -> None:
    """Whoever calls this without having read the text first is told so."""
    with pytest.raises(ValueError, match="was not read before"):
        key_lines("key without a value")
