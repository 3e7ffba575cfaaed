"""Lexicon: words kept as data beside the rooms, and the one way to find many of them in a text at once.

For: reading `*.toml` of this folder once, and looking words up. Must never enter: what a word means for an event; the
room that owns the file knows that. The files are part of the program, like its code.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

_HEAD: Final = 2  # characters by which words are looked up; shorter words are refused


def lexicon(name: str) -> Mapping[str, Any]:
    """The tables of `name`.toml beside this file. Raises on a file that is no TOML: stop at start-up."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_bytes().decode())


class Words:
    """A closed set of words, all of at least two characters, found in one walk over a text.

    Raises ValueError on a shorter word: it would be found inside too many others; stop at start-up.
    """

    __slots__ = ("_begins", "_by_head")

    def __init__(self, words: Iterable[str]) -> None:
        by_head: dict[str, list[str]] = {}
        for word in sorted(set(words), key=lambda one: (-len(one), one)):
            if len(word) < _HEAD:
                raise ValueError(f"word {word!r} of a lexicon has fewer than {_HEAD} characters")
            by_head.setdefault(word[:_HEAD], []).append(word)
        self._by_head = {head: tuple(found) for head, found in by_head.items()}
        # Most places of a text are passed over by this, without a step of Python.
        firsts, seconds = (re.escape("".join(sorted({head[i] for head in by_head}))) for i in range(_HEAD))
        self._begins = re.compile(f"[{firsts}](?=[{seconds}])")

    def found_in(self, plain: str) -> Iterator[tuple[int, str]]:
        """Where each word begins, left to right; the longest one that begins there, and none inside another."""
        candidates_of = self._by_head.get
        free_from = 0
        for begin in self._begins.finditer(plain):
            start = begin.start()
            candidates = candidates_of(plain[start : start + _HEAD])
            if candidates is None or start < free_from:
                continue
            for word in candidates:
                if plain.startswith(word, start):
                    free_from = start + len(word)
                    yield start, word
                    break
