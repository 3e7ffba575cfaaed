"""Script: a report's title and text, made easy to read without moving a single character.

Full-width digits, letters and signs become ASCII one for one, so an index into the plain form is an index into what
was written, and every span can show the original words.
"""

import re
from dataclasses import dataclass
from operator import add
from typing import Final

from models.understanding import Part, Span

# Chinese marks that end or part sentences stay as they are: rules look for them.
_KEPT: Final = "，。！？；：（）"
_TO_PLAIN: Final = {
    chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT
} | {"\u3000": " "}
# Most texts have few of them or none: to look for them is ten times as fast as to translate every character.
_FULL_WIDTH: Final = re.compile(f"[{''.join(map(re.escape, _TO_PLAIN))}]")


@dataclass(frozen=True, slots=True)
class Script:
    """Title and text as written, and the same in plain form (equal lengths)."""

    title: str
    text: str
    plain_title: str
    plain_text: str
    title_pairs: tuple[str, ...]
    text_pairs: tuple[str, ...]

    def plain(self, part: Part) -> str:
        """The plain form of a part."""
        return self.plain_title if part is Part.TITLE else self.plain_text

    def pairs(self, part: Part) -> tuple[str, ...]:
        """Every two characters that stand side by side in the plain form: lexicons look in here."""
        return self.title_pairs if part is Part.TITLE else self.text_pairs

    def span(self, part: Part, start: int, end: int) -> Span:
        """The span of these characters of a part, with the words as they were written."""
        written = self.title if part is Part.TITLE else self.text
        return Span(part=part, start=start, end=end, words=written[start:end])


def script_of(title: str | None, text: str | None) -> Script:
    """A report's words, ready to be read. Absent parts are empty."""
    title, text = title or "", text or ""
    plain_title, plain_text = _plain(title), _plain(text)
    return Script(title, text, plain_title, plain_text, _pairs(plain_title), _pairs(plain_text))


def _plain(written: str) -> str:
    return _FULL_WIDTH.sub(lambda found: _TO_PLAIN[found[0]], written)


def _pairs(plain: str) -> tuple[str, ...]:
    return tuple(map(add, plain, plain[1:]))
