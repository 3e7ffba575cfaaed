"""Binding: which count of people belongs to which word of harm inside one sentence.

For: `casualties`. Must never enter: comparing sentences. A count binds the harm that follows it in its clause
(3名乘客当场死亡), or the one right before it (死亡人数升至5人, 撞死3人); one count may bind several (5人受伤，已送医),
but who died is not counted as hurt.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from workflows.judgement.understanding.denials import Denial
from workflows.judgement.understanding.harms import Harm, HarmWord
from workflows.judgement.understanding.mentions import Mention, mention_of
from workflows.judgement.understanding.persons import Persons, are_perpetrators, persons_in
from workflows.judgement.understanding.reach import count_after, reaches
from workflows.judgement.understanding.sentences import Sentence

_SEPARATOR: Final = re.compile(r"[，,；;：:、（）() ]")
_WITH_ONE: Final = re.compile(
    r"(?:司机|驾驶员|驾驶人|车主|店主|老板|[男女]子|主人|妻子|丈夫|母亲|父亲|老人)(?:和|与|及|以及)(?:另外?)?\Z"
)
_AND_ONE: Final = re.compile(
    r"(?:和|与|及|以及)(?:[他她其]的?)?(?:司机|驾驶员|船长|机长|车主|店主|"
    r"(?P<few>老师|母亲|父亲|妈妈|爸爸|妻子|丈夫|奶奶|爷爷|外婆|外公|儿子|女儿|孩子))"
)
_FEW: Final = 10  # of so many and more, 和老师 means several of them
_JOINED: Final = re.compile(r"[^，。；！？：]{0,16}(?:[和与及、]|以及|外加)|(?<=[男女])")
_JOINED_AFTER: Final = re.compile(r"[^，。；！？：、]{1,10}(?:和|与|及|以及)")
_RESCUERS: Final = re.compile(r"消防|官兵|民警|队员|战士|干部|[武特交]警|警察|医护|人员组成|指战员|救援")
_PASSIVE: Final = frozenset({"获救", "脱困", "脱险", "生还", "逃生", "逃出", "幸免", "自救", "获释", "升井"})
_WHERE: Final = frozenset({Harm.TRAPPED, Harm.MOVED})  # who is hurt and moved is no evacuee
_DEGREES: Final = frozenset({Harm.HURT, Harm.GRAVE, Harm.LIGHT})
_BRACKET: Final = re.compile(r"[（()）]")
_BEFORE_LENGTH: Final = 8


def mentions_in(sentence: Sentence, denials: Sequence[Denial]) -> list[Mention]:
    """Every mention of the sentence, in order; words that its denials use up are none (尚未出现人员死亡)."""
    denied = [(denial.start, denial.end) for denial in denials if denial.sentence is sentence]
    words = [
        word
        for word in sentence.words
        if word.harm is not Harm.NONE and not any(start <= word.start < end for start, end in denied)
    ]
    words = [word for at, word in enumerate(words) if not (at and _is_freed_again(words[at - 1], word))]
    if not words:
        return []
    binding = _Binding(sentence, words)
    for word in words:
        binding.bind(word)
    return sorted(binding.mentions, key=lambda mention: mention.start)


class _Binding:
    """The counts and words of one sentence while they are brought together."""

    def __init__(self, sentence: Sentence, words: list[HarmWord]) -> None:
        self._sentence = sentence
        self._words = words
        self._counts = list(persons_in(sentence.text, sentence.start, sentence.end))
        separators = _SEPARATOR.finditer(sentence.text, sentence.start, sentence.end)
        self._ends = sorted([*(mark.end() for mark in separators), *(word.end for word in words)])
        self._bound: dict[int, list[Mention]] = {}  # by where the count starts
        self._spent: set[int] = set()  # old figures: 由3人上升至5人

    @property
    def mentions(self) -> list[Mention]:
        return [mention for bound in self._bound.values() for mention in bound]

    def bind(self, word: HarmWord) -> None:
        """Binds this word to the count that it belongs to, if any."""
        after = count_after(self._sentence.text, word)
        before = self._count_before(word)
        if after is not None and (before is not None or after.is_far) and self._serves_next(after.persons):
            after = None
        if after is not None and not self._is_refused(word, after.persons):
            self._spent |= {after.former.start} if after.former else set()
            self._add(word, after.persons)
            self._add_joined_after(word, after.persons)
        elif before is not None:
            self._add(word, before)
            self._add_joined(word, before)

    def _serves_next(self, persons: Persons) -> bool:
        """Whether the count right after a word belongs to the word that follows it: 3人死亡5人受伤."""
        text = self._sentence.text
        following = next((word for word in self._words if word.start >= persons.end), None)
        return following is not None and not _SEPARATOR.search(text, persons.end, following.start)

    def _count_before(self, word: HarmWord) -> Persons | None:
        """The nearest count before, over any aside in brackets: 46人（其中儿童12人）出现症状."""
        text = self._sentence.text
        for persons in reversed(self._counts):
            if persons.end > word.start or _closes_aside(text, persons.end, word.start):
                continue
            if persons.start in self._spent or self._is_refused(word, persons):
                return None
            return persons if reaches(text, persons, word) else None
        return None

    def _is_refused(self, word: HarmWord, persons: Persons) -> bool:
        """Whether what is bound to the count already leaves no room, or the count is of others than victims."""
        bound = {mention.harm for mention in self._bound.get(persons.start, ())}
        if Harm.DEAD in bound or word.harm in bound:
            return True
        if word.harm in _WHERE and bound & {Harm.FREED, Harm.MOVED, Harm.HURT, Harm.TREATED}:
            return True
        if word.harm in _DEGREES and bound & {Harm.GRAVE, Harm.LIGHT}:
            return True
        text = self._sentence.text
        if word.start >= persons.end:
            until = word.start
            if word.harm in (Harm.FREED, Harm.MOVED) and word.words not in _PASSIVE:
                return bool(_RESCUERS.search(text, persons.end, until))
        else:
            stop = _SEPARATOR.search(text, persons.end, self._sentence.end)
            until = min(persons.end + _BEFORE_LENGTH, stop.start() if stop else self._sentence.end)
        return are_perpetrators(text, persons, until)

    def _add(self, word: HarmWord, persons: Persons) -> None:
        clause = self._clause_start(min(word.start, persons.start))
        bound = self._bound.setdefault(persons.start, [])
        was_hurt = word.harm is Harm.DEAD and any(mention.harm in _DEGREES for mention in bound)
        more = self._named_with(clause, persons, word)
        mention = mention_of(self._sentence, word, persons, clause, more=more, was_hurt=was_hurt)
        if mention is None:
            return
        if word.harm is Harm.DEAD:
            bound[:] = [other for other in bound if other.harm is Harm.POISONED]
        bound.append(mention)

    def _named_with(self, clause: int, persons: Persons, word: HarmWord) -> int:
        """司机和两名乘客, 两名乘客和司机: one more, unless the noun has a count of its own."""
        if word.start > persons.end:
            one = _AND_ONE.search(self._sentence.text, persons.end, word.start)
            if one is not None and (persons.value < _FEW or one["few"] is None):
                return 1
        alone = not any(clause <= other.start < persons.start for other in self._counts)
        return 1 if alone and _WITH_ONE.search(self._sentence.text, clause, persons.start) else 0

    def _add_joined(self, word: HarmWord, persons: Persons) -> None:
        """一名男子和两名女子死亡: the count before is of the same harm when only its noun and 和 stand between."""
        before = [other for other in self._counts if other.end <= persons.start]
        if not before or before[-1].start in self._bound:
            return
        other = before[-1]
        joined = _JOINED.fullmatch(self._sentence.text, other.end, persons.start)
        if joined and not self._is_refused(word, other):
            self._add(word, other)
            self._add_joined(word, other)

    def _add_joined_after(self, word: HarmWord, persons: Persons) -> None:
        """砍伤3名学生和1名教师: the count after is of the same harm, too, unless a word of harm follows it."""
        other = next((other for other in self._counts if other.start >= persons.end), None)
        if other is None or other.start in self._bound or self._serves_next(other):
            return
        if _JOINED_AFTER.fullmatch(self._sentence.text, persons.end, other.start):
            self._add(word, other)

    def _clause_start(self, at: int) -> int:
        """After the last separator or word of harm before this place."""
        passed = bisect_right(self._ends, at)
        return self._ends[passed - 1] if passed else self._sentence.start


def _is_freed_again(freed: HarmWord, word: HarmWord) -> bool:
    """救出被困群众13人: they were trapped, and are no more."""
    return freed.harm is Harm.FREED and word.harm is Harm.TRAPPED and 0 <= word.start - freed.end <= 1


def _closes_aside(text: str, start: int, end: int) -> bool:
    """Whether a bracket closes there that opened before: what stands at `start` is an aside."""
    closed = _BRACKET.search(text, start, end)
    return closed is not None and closed[0] in "）)"
