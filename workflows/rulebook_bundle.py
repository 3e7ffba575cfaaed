"""Bundle: a rulebook's main file and the packs it names as one text, which is stored, activated and known by digest.

The main file comes first; before each pack stands a line `# === grading/fire.toml ===` with its name. So a bundle can
be read, compared and edited like any text, and a rulebook that names no pack is its own bundle. Must never enter: what
the files say (`workflows.rulebook_file`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PACK_NAME_PATTERN = r"^[a-z0-9_-]+(?:/[a-z0-9_-]+)*\.toml$"
_HEADING = re.compile(rb"^# === ([a-z0-9_-]+(?:/[a-z0-9_-]+)*\.toml) ===[ \t]*\r?\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of one rulebook. `packs` are (name, bytes) in the order of the text; a name may be there twice."""

    main: bytes
    packs: tuple[tuple[str, bytes], ...]


def bundle_of(main: bytes, packs: Mapping[str, bytes]) -> bytes:
    """The one text of these files, the packs in the order given."""
    parts = [main]
    for name, text in packs.items():
        parts += [_line_end(parts[-1]), f"# === {name} ===\n".encode(), text]
    return b"".join(parts)


def files_of(text: bytes) -> Bundle:
    """The files that this text holds. Never raises; a text without headings is a main file alone."""
    headings = list(_HEADING.finditer(text))
    starts = [heading.start() for heading in headings] + [len(text)]
    packs = (
        (heading[1].decode(), text[heading.end() : following])
        for heading, following in zip(headings, starts[1:], strict=True)
    )
    return Bundle(main=text[: starts[0]], packs=tuple(packs))


def _line_end(text: bytes) -> bytes:
    return b"\n" if text and not text.endswith(b"\n") else b""
