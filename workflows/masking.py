"""Masking 脱敏: what names or reaches a person becomes stars, and everything else stays where it stands.

For: one function over text, asked by whatever shows words of a report to somebody who has not asked for personal data,
and by the core for what it makes of those words (a title, a place). A replacement is as long as what it replaces, so
that positions in the text stay true. Must never enter: who may see what (`workflows.permission`).

What is found is ours: mobile and fixed telephone numbers, 400 and 800 numbers, identity and card numbers, plates, each
in half-width or full-width characters, and the name after a word that says whose it is (`workflows.naming`). A name
anywhere else looks like other words and stays, but for those that a report gives in its own fields (`known`). Figures,
times, roads (G65, S104) and amounts of up to ten digits stay; eleven that could be a mobile number do not.
"""

import re
from collections.abc import Iterable, Iterator

from workflows.naming import names_in

_STAR = "*"
_SHORTEST_NAME, _SHORT_NAME = 2, 4
_FEWEST_DIGITS = 3  # a plate has that many, everything else that is looked for more
# Full-width digits, letters and signs, one for one, so that positions hold.
_HALF_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | dict.fromkeys((0x2013, 0x2014), 0x2D)
_GAP = r"[ \t\u3000.·-]{1,3}"
_BEFORE, _AFTER = r"(?<![0-9])", r"(?![0-9])"
_MOMENT = (
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"  # 20261122134000 is no telephone number
)
_GROUPED = "|".join(
    (
        rf"1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}",
        rf"1[3-9][0-9]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{5}}",
        rf"1[3-9][0-9]{_GAP}[0-9]{{8}}",
        rf"1[3-9][0-9]{{2}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{3}}",
        rf"1[3-9][0-9]{{5}}{_GAP}[0-9]{{4}}",
        rf"1[3-9]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{3}}",
        rf"1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}",
    )
)
_SPOKEN = "零〇幺一二三四五六七八九"
_CALLED = "电话|手机|座机|固话|号码|联系方式|致电|拨打|回拨|来电|传真|[Tt][Ee][Ll]|[Pp]hone|[Cc]all"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"

# Each with how many characters it leaves to be seen at its beginning and at its end. Where one has a group, that is
# what is masked. They run one after the other, each over what the earlier ones have left.
_PATTERNS: tuple[tuple[re.Pattern[str], int, int], ...] = tuple(
    (re.compile(pattern), first, last)
    for pattern, first, last in (
        (rf"{_BEFORE}[0-9]{{17}}[Xx]|{_BEFORE}[0-9]{{15,}}", 3, 2),
        (rf"{_BEFORE}[0-9]{{6}}{_GAP}[0-9]{{8}}{_GAP}[0-9]{{3}}[0-9Xx]{_AFTER}", 3, 2),
        (rf"{_BEFORE}[0-9]{{4}}(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{1,3}})?{_AFTER}", 3, 2),
        (rf"{_BEFORE}(?=[+018])(?:\+?(?:00)?86[ -]?|0)?(1[3-9][0-9]{{9}}){_AFTER}", 3, 4),
        (rf"{_BEFORE}(?=[+018])(?:\+?(?:00)?86[ -]?)?({_GROUPED}){_AFTER}", 3, 4),
        # Run together with the digits beside it, as in 13800001111120.
        (rf"{_BEFORE}(?!{_MOMENT})(?:1[3-9][0-9]{{10,12}}|[0-9]{{1,3}}1[3-9][0-9]{{9}}){_AFTER}", 3, 2),
        (
            rf"{_BEFORE}\(?0[1-9][0-9]{{1,2}}\)?[ -]{{0,3}}([2-9][0-9]{{6,7}}(?:[-转][0-9]{{1,6}})?){_AFTER}",
            0,
            2,
        ),
        (rf"{_BEFORE}(?:\+|00)86[ -]?[1-9][0-9]{{1,2}}[ -]?([2-9][0-9]{{6,7}}){_AFTER}", 0, 2),
        (
            rf"{_BEFORE}[48]00((?:[ -]?[0-9]{{3}}[ -]?[0-9]{{4}}|[ -][0-9]{{4}}[ -][0-9]{{3}})){_AFTER}(?! ?元)",
            0,
            2,
        ),
        # Without its area code only where somebody says that it is a number to call.
        (rf"(?:{_CALLED})[是为号: ]{{0,3}}([2-9][0-9]{{2,3}}[ -]?[0-9]{{4}}){_AFTER}", 0, 2),
        (rf"[{_PROVINCES}][A-Za-z][ ·.-]?([A-HJ-NP-Za-hj-np-z0-9]{{5,6}})(?![0-9A-Za-z])", 1, 2),
    )
)
_DICTATED = re.compile(rf"(?<![{_SPOKEN}])[一幺][三四五六七八九][{_SPOKEN}]{{9}}(?![{_SPOKEN}])")


def mask(text: str, known: Iterable[str | None] = ()) -> str:
    """The text with stars for what names or reaches a person, as long as before. What it gives, it leaves as it is.

    `known` are a name, number or id that the report gives elsewhere: each place of them is masked whole but for the
    first character. Never raises.
    """
    plain = text.translate(_HALF_WIDTH)
    hidden = set(_spans(_DICTATED, plain, 3, 4))
    has_numbers = sum(map(str.isdecimal, plain)) >= _FEWEST_DIGITS
    for pattern, first, last in _PATTERNS if has_numbers else ():
        found = list(_spans(pattern, plain, first, last))
        hidden.update(found)
        plain = _starred(plain, found)
    hidden.update(names_in(plain))
    for place in _places_of(known, text):
        if hidden.isdisjoint(place):
            hidden.update(place)
    return _starred(text, hidden)


def mask_whole(name: str) -> str:
    """A name or an id by itself: its first character and, of more than four, its last one stay."""
    masked = mask(name)
    if masked != name or len(name) < _SHORTEST_NAME:
        return masked
    tail = name[-1] if len(name) > _SHORT_NAME else _STAR
    return name[0] + _STAR * (len(name) - 2) + tail


def _spans(pattern: re.Pattern[str], text: str, first: int, last: int) -> Iterator[int]:
    """The positions to hide, of the letters and digits of each match but its first and last so many."""
    for match in pattern.finditer(text):
        start, end = match.span(1) if pattern.groups and match.group(1) is not None else match.span()
        told = [
            position for position in range(start, end) if text[position].isalnum() and text[position] != "转"
        ]
        yield from told[first : len(told) - last]


def _places_of(known: Iterable[str | None], text: str) -> Iterator[range]:
    """Where these words stand, less their first characters."""
    for word in known:
        if word is None or len(word) < _SHORTEST_NAME:
            continue
        at = text.find(word)
        while at >= 0:
            yield range(at + 1, at + len(word))
            at = text.find(word, at + 1)


def _starred(text: str, hidden: Iterable[int]) -> str:
    positions = list(hidden)
    if not positions:
        return text
    characters = list(text)
    for position in positions:
        characters[position] = _STAR
    return "".join(characters)
