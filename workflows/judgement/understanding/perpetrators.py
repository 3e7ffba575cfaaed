"""Perpetrators: those who did it and are counted among the dead, so that they can be taken off.

For: `casualties`, once the deaths are known. Must never enter: other harms. Only words that break a number down say
so (死者中2人为犯罪嫌疑人, 其中包括3名袭击者); in an attack by a vehicle whoever died inside it did it, as far as words
can tell (其中车内3人死亡).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from workflows.judgement.understanding.persons import names_perpetrators, persons_in
from workflows.judgement.understanding.sentences import Sentence
from workflows.judgement.understanding.tallies import Total

_AMONG: Final = re.compile(
    r"(?:其中|(?:死亡?者|遇难者|死亡人员|死难者|丧生者)(?:之?[中里]|包括))[^。；]{1,40}"
)
_INCLUDED: Final = re.compile(r"(?:包括|连同)([^，。；]{1,16})在内")
_PIECE: Final = re.compile(r"[^，,、。；]+")
_INSIDE: Final = re.compile(r"车[内上里中](?:人员|的)?")
_NAMED: Final = re.compile(r"包括|含|是|为")


def without_perpetrators(total: Total, spoken: Sequence[Sentence], *, is_attack: bool) -> int:
    """How many died who did not do it; all of them when the words take nobody off, or more than there are."""
    did_it = max((_counted(sentence, is_attack) for sentence in spoken), default=0)
    return total.value - did_it if did_it < total.value else total.value


def _counted(sentence: Sentence, is_attack: bool) -> int:
    text = sentence.text
    if (
        text.find("中", sentence.start, sentence.end) < 0
        and text.find("包括", sentence.start, sentence.end) < 0
    ):
        return 0
    told = [*_AMONG.finditer(text, sentence.start, sentence.end)]
    told += _INCLUDED.finditer(text, sentence.start, sentence.end)
    return sum(number for among in told for number in _in_pieces(among, is_attack))


def _in_pieces(among: re.Match[str], is_attack: bool) -> Iterator[int]:
    text = among.string
    for piece in _PIECE.finditer(text, among.start(), among.end()):
        start, end = piece.span()
        if "伤" in piece[0]:
            return
        count = next(persons_in(text, start, end), None)
        if names_perpetrators(text, start, end):
            if count is not None:
                yield count.value
            elif _NAMED.search(piece[0]):
                yield 1
        elif is_attack and count is not None and _INSIDE.search(piece[0]):
            yield count.value
