"""Lexicon: words kept as data beside the rooms, and the one way to find many of them in a text at once.

For: reading `*.toml` of this folder once, and looking words up. Must never enter: what a word means for an event; the
room that owns the file knows that. The files are part of the program, like its code.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import compress, count
from typing import Any, Final

_HEAD: Final = 2  # characters by which words are looked up; shorter words are refused


def lexicon(name: str) -> Mapping[str, Any]:
    """The tables of `name`.toml beside this file. Raises on a file that is no TOML: stop at start-up."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_bytes().decode())


class Words:
    """A closed set of words, all of at least two characters, found in one walk over a text.

    Raises ValueError on a shorter word: it would be found inside too many others; stop at start-up.
    """

    __slots__ = ("_by_head",)

    def __init__(self, words: Iterable[str]) -> None:
        by_head: dict[str, list[str]] = {}
        for word in sorted(set(words), key=lambda one: (-len(one), one)):
            if len(word) < _HEAD:
                raise ValueError(f"word {word!r} of a lexicon has fewer than {_HEAD} characters")
            by_head.setdefault(word[:_HEAD], []).append(word)
        self._by_head = {head: tuple(found) for head, found in by_head.items()}

    def found_in(self, plain: str, pairs: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Where each word begins, left to right; the longest one that begins there, and none inside another.

        `pairs` are those of the plain text (`Script.pairs`): most places are passed over without a step of Python.
        """
        by_head = self._by_head
        free_from = 0
        for start in compress(count(), map(by_head.__contains__, pairs)):
            if start < free_from:
                continue
            for word in by_head[pairs[start]]:
                if plain.startswith(word, start):
                    free_from = start + len(word)
                    yield start, word
                    break
