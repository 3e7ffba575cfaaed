"""Script: a report's title and text, made easy to read without moving a single character.

Full-width digits, letters and signs become ASCII one for one, so an index into the plain form is an index into what
was written, and every span can show the original words.
"""

from dataclasses import dataclass

from models.understanding import Part, Span

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# Chinese marks that end or part sentences stay as they are: rules look for them.
_KEPT = {ord(mark) for mark in "，。！？；：（）"}
_TO_PLAIN = {code: plain for code, plain in _FULL_WIDTH.items() if code not in _KEPT}


@dataclass(frozen=True, slots=True)
class Script:
    """Title and text as written, and the same in plain form (equal lengths)."""

    title: str
    text: str
    plain_title: str
    plain_text: str

    def plain(self, part: Part) -> str:
        """The plain form of a part."""
        return self.plain_title if part is Part.TITLE else self.plain_text

    def span(self, part: Part, start: int, end: int) -> Span:
        """The span of these characters of a part, with the words as they were written."""
        written = self.title if part is Part.TITLE else self.text
        return Span(part=part, start=start, end=end, words=written[start:end])


def script_of(title: str | None, text: str | None) -> Script:
    """A report's words, ready to be read. Absent parts are empty."""
    title, text = title or "", text or ""
    return Script(title, text, title.translate(_TO_PLAIN), text.translate(_TO_PLAIN))
