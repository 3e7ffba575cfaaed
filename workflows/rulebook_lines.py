"""Where each key of a TOML text stands, so that a wrong figure is found without searching.

For: line numbers by key path. Must never enter: what a value means, or whether it is right; `tomllib` has read the
text before, so this reader takes it for well-formed and only follows it along.
"""

import re
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[\s]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")' r"|'''.*?'{3,5}(?!')" r'|"(?:[^"\\]|\\.)*"' r"|'[^']*'", re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")


def key_lines(text: str) -> Mapping[Path, int]:
    """The line, from 1, at which each key and each element of an array of this well-formed TOML first stands."""
    return _Reader(text.replace("\r\n", "\n")).read()


class _Reader:
    """Walks over the text once; `at` is the next character."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._line, self._counted = text, 0, 1, 0
        self._lines: dict[Path, int] = {}
        self._array_lengths: dict[Path, int] = {}

    def read(self) -> Mapping[Path, int]:
        table: Path = ()
        while not self._is_at_end():
            if self._take("[["):
                table = self._new_element(self._full(self._dotted_key()))
                self._skip("]]")
            elif self._take("["):
                table = self._full(self._dotted_key())
                self._note(table)
                self._skip("]")
            else:
                self._assignment(table)
        return self._lines

    def _assignment(self, table: Path) -> None:
        path = table + self._dotted_key()
        self._note(path)
        self._skip("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._take("["):
            for index in self._until("]"):
                self._note((*path, index))
                self._value((*path, index))
        elif self._take("{"):
            for _ in self._until("}"):
                self._assignment(path)
        elif not self._match(_STRING):
            self._match(_SCALAR)

    def _until(self, end: str) -> Iterator[int]:
        index = 0
        while not self._take(end):
            yield index
            index += 1
            self._take(",")

    def _dotted_key(self) -> tuple[str, ...]:
        parts = [self._key_part()]
        while self._take("."):
            parts.append(self._key_part())
        return tuple(parts)

    def _key_part(self) -> str:
        quoted = self._match(_STRING)
        return quoted[1:-1] if quoted else self._match(_BARE_KEY)

    def _full(self, keys: tuple[str, ...]) -> Path:
        """A header's keys as a path: an array of tables on the way means its last element."""
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self._array_lengths:
                path = (*path, self._array_lengths[path] - 1)
        return (*path, keys[-1])

    def _new_element(self, array: Path) -> Path:
        self._note(array)
        length = self._array_lengths.get(array, 0)
        self._array_lengths[array] = length + 1
        self._note((*array, length))
        return (*array, length)

    def _note(self, path: Path) -> None:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        for depth in range(1, len(path) + 1):
            self._lines.setdefault(path[:depth], self._line)

    def _is_at_end(self) -> bool:
        self._match(_BLANK)
        return self._at >= len(self._text)

    def _take(self, sign: str) -> bool:
        self._match(_BLANK)
        found = self._text.startswith(sign, self._at)
        self._at += len(sign) if found else 0
        return found

    def _skip(self, sign: str) -> None:
        if not self._take(sign):
            raise ValueError(f"the TOML was not read before: {sign} expected at character {self._at}")

    def _match(self, pattern: re.Pattern[str]) -> str:
        if pattern is not _BLANK:
            self._match(_BLANK)
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found.group() if found else ""
