"""Kinds: what kind of event a report is about, by weighted words and where they stand.

For: choosing one category. Must never enter: the words themselves (`kinds.toml`), levels and facts.

How it decides. Each sentence speaks for categories by the words in it, and by clues that mean something only together
(a vehicle and a blow). The title counts most, then the first sentence, then ever less, since later ones tell
consequences and history. The category with the highest score wins unless one that causes it is well attested too: a
crash and the fire after it is a crash. Drills are of the kind that they rehearse.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Final

from models.categories import Category
from models.understanding import CategoryFound, Part, Span
from workflows.judgement.understanding.lexicon import Words, lexicon
from workflows.judgement.understanding.script import Script

_WEIGHTS: Final[Mapping[str, float]] = {"decisive": 10.0, "certain": 5.0, "strong": 3.0, "weak": 1.0}
_TOGETHER: Final = 0.8  # of their weights: two clues in one sentence are about one certain word
_SENTENCE_AT_MOST: Final = 12.0  # of one sentence: a list of synonyms is no stronger than a clear statement
_TITLE: Final = 3.0
_FIRST_SENTENCE: Final = 2.0  # the k-th sentence counts one k-th of it
_CAUSE_SHARE: Final = 0.55  # of its effect's score: with that a cause counts as well attested
# An attack is named late and once, when somebody has found that it was one: 认定这是一起暴力恐怖袭击.
_VERDICT_SHARE: Final = 0.18
_VERDICTS: Final = frozenset({Category.TERRORIST_ATTACK.value})
_ENOUGH: Final = 4.0  # one strong word in the first sentence does, a few weak ones do not
_SPANS_AT_MOST: Final = 4
_UNMEANT_REACH: Final = 6  # characters that may stand between

_SPEAKS: Final = _WEIGHTS["strong"]  # weak words alone never name a category
_ORDER: Final = tuple(category.value for category in Category)
_KINDS: Final = frozenset(_ORDER)
_SENTENCE_END: Final = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END: Final = re.compile(r"[,，。；\n]")


Hit = tuple[Part, int, str]
"""A word of the lexicon: its part, where it begins there, and the word (a tuple: thousands a second are made)."""


@dataclass(frozen=True, slots=True)
class _Lexicon:
    words: Words
    meanings: Mapping[str, tuple[tuple[str, float], ...]]  # word -> (category or clue, weight); neutral: none
    kinds: Mapping[str, tuple[tuple[str, float], ...]]  # of these meanings those that are categories
    clues: Mapping[str, tuple[tuple[str, float], ...]]  # and those that are clues
    together: tuple[tuple[str, str, str], ...]  # category, and the two clues that speak for it
    causes: Mapping[str, tuple[str, ...]]  # effect -> what may cause it
    unmeant: frozenset[str]


def category(script: Script) -> CategoryFound | None:
    """The category that title and text speak for, with at most four of the words that say so; None if nothing does."""
    scores: dict[str, float] = defaultdict(float)
    hits: list[Hit] = []
    named: set[str] = set()
    found_out: set[str] = set()
    for weight, found in _sentences(script):
        hits += found
        for name, points in _spoken_for(found).items():
            scores[name] += weight * min(points, _SENTENCE_AT_MOST)
            if points >= _SPEAKS:
                named.add(name)
            if points >= _WEIGHTS["decisive"] and name in _VERDICTS:
                found_out.add(name)
    winner = _winner({name: scores[name] for name in _ORDER if name in named}, found_out)
    if winner is None:
        return None
    return CategoryFound(category=Category(winner), spans=tuple(_spans(script, hits, winner)))


def is_named(script: Script, kind: Category) -> bool:
    """Whether some sentence speaks for this category by more than weak words, whichever one won in the end."""
    return any(_spoken_for(found).get(kind.value, 0.0) >= _SPEAKS for _, found in _sentences(script))


def _sentences(script: Script) -> Iterator[tuple[float, list[Hit]]]:
    """Each sentence that holds words, with its weight."""
    yield _TITLE, _hits(script, Part.TITLE)
    ends = [mark.start() for mark in _SENTENCE_END.finditer(script.plain_text)]
    spoken, end, found = 1, -1, list[Hit]()
    for hit in _hits(script, Part.TEXT):
        if hit[1] > end >= 0:
            yield _FIRST_SENTENCE / spoken, found
            spoken, end, found = spoken + 1, -1, []
        if end < 0:  # the first of its sentence
            after = bisect_left(ends, hit[1])
            end = ends[after] if after < len(ends) else len(script.plain_text)
        found.append(hit)
    if found:
        yield _FIRST_SENTENCE / spoken, found


def _hits(script: Script, part: Part) -> list[Hit]:
    """The words that mean something and are meant."""
    book, plain = _book(), script.plain(part)
    found: list[Hit] = []
    unmeant_end = -_UNMEANT_REACH - 1  # of the last such word
    for start, word in book.words.found_in(plain, script.pairs(part)):
        if word in book.unmeant:
            unmeant_end = start + len(word)
        elif book.meanings[word] and (
            start - unmeant_end > _UNMEANT_REACH or _CLAUSE_END.search(plain, unmeant_end, start)
        ):
            found.append((part, start, word))
    return found


def _spoken_for(hits: Iterable[Hit]) -> Mapping[str, float]:
    """What one sentence says for each category. A word counts once, however often it stands there."""
    book = _book()
    points: dict[str, float] = defaultdict(float)
    clues: dict[str, float] = defaultdict(float)
    for word in {word for _, _, word in hits}:
        for name, weight in book.kinds[word]:
            points[name] += weight
        for name, weight in book.clues[word]:
            clues[name] += weight
    if len(clues) > 1:
        for name, one, other in book.together:
            if one in clues and other in clues:
                points[name] += _TOGETHER * (clues[one] + clues[other])
    return points


def _winner(scores: Mapping[str, float], found_out: Container[str]) -> str | None:
    """The highest score, or what causes it; None when not even that is enough. Of equals the first listed."""
    best = max(scores, key=scores.__getitem__, default=None)
    if best is None or scores[best] < _ENOUGH:
        return None
    passed = {best}
    while causes := [
        c for c in _causes_of(best) if c not in passed and _attested(scores, c, best, found_out)
    ]:
        best = max(causes, key=scores.__getitem__)
        passed.add(best)
    return best


def _causes_of(effect: str) -> tuple[str, ...]:
    return _book().causes.get(effect, ())


def _attested(scores: Mapping[str, float], cause: str, effect: str, found_out: Container[str]) -> bool:
    share = _VERDICT_SHARE if cause in found_out else _CAUSE_SHARE
    return scores.get(cause, 0.0) >= max(share * scores[effect], _ENOUGH)


def _spans(script: Script, hits: Iterable[Hit], winner: str) -> Iterator[Span]:
    """The first stand of each word that spoke for the winner, alone or together with others."""
    helpers = {winner}.union(*(clues for name, *clues in _book().together if name == winner))
    shown: set[str] = set()
    for part, start, word in hits:
        if word not in shown and any(name in helpers for name, _ in _book().meanings[word]):
            shown.add(word)
            yield script.span(part, start, start + len(word))
            if len(shown) == _SPANS_AT_MOST:
                return


def _compose(meanings: dict[str, list[tuple[str, float]]], rows: Iterable[Mapping[str, Any]]) -> None:
    """Each verb with each result; a word that the lists name keeps the meaning that they give it for this key."""
    for row in rows:
        for word in map("".join, product(row["verbs"].split(), row["results"].split())):
            said = meanings.setdefault(word, [])
            known = {name for name, _ in said}
            said.extend((name, _WEIGHTS["strong"]) for name in row["keys"] if name not in known)


@lru_cache(maxsize=1)
def _book() -> _Lexicon:
    """kinds.toml. Raises ValueError on a category or clue that does not exist: stop at start-up."""
    read = lexicon("kinds")
    meanings: dict[str, list[tuple[str, float]]] = {word: [] for word in read["neutral"]["words"].split()}
    for name, by_strength in read["words"].items():
        strongest: dict[str, float] = {}
        for strength, words in by_strength.items():
            for word in words.split():
                strongest[word] = max(strongest.get(word, 0.0), _WEIGHTS[strength])
        for word, weight in strongest.items():
            meanings.setdefault(word, []).append((name, weight))
    _compose(meanings, read["composed"])
    causes: dict[str, list[str]] = {}
    for cause, effects in read["over"].items():
        for effect in effects:
            causes.setdefault(Category(effect).value, []).append(Category(cause).value)
    unmeant = frozenset(read["unmeant"]["before"].split())
    return _Lexicon(
        words=Words((*meanings, *unmeant)),
        meanings={word: tuple(said) for word, said in meanings.items()},
        kinds={word: tuple(one for one in said if one[0] in _KINDS) for word, said in meanings.items()},
        clues={word: tuple(one for one in said if one[0] not in _KINDS) for word, said in meanings.items()},
        together=tuple(
            (Category(name).value, one, other)
            for name, groups in read["together"].items()
            for one, other in groups
        ),
        causes={effect: tuple(found) for effect, found in causes.items()},
        unmeant=unmeant,
    )
