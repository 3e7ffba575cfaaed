"""Mentions: a number of people bound to the word that says what became of them, inside one sentence.

For: `totals`, which makes one figure out of many mentions. Must never enter: comparing sentences. A number binds the
harm that follows it in its clause (3名乘客当场死亡), or the one right before it (死亡人数升至5人, 撞死3人); one count
may bind several (5人受伤，已送医), but who died is not counted as hurt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workflows.judgement.understanding.denials import Denial
from workflows.judgement.understanding.harms import Harm, HarmWord
from workflows.judgement.understanding.persons import Persons, are_perpetrators, persons_in
from workflows.judgement.understanding.reach import count_after, reaches
from workflows.judgement.understanding.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Mention:
    """So many people came to this harm, as these places of the sentence's part say."""

    harm: Harm
    value: int
    approximate: bool
    sentence: Sentence
    start: int
    end: int
    is_share: bool = False  # 其中: part of what was said before
    is_further: bool = False  # 另, 其余: beyond what was said before
    is_total: bool = False  # 共, 截至, 升至
    is_replacing: bool = False  # 降至, 更正为: earlier figures no longer hold
    at_once: bool = False  # 当场: others may die later
    in_care: bool = False  # 送医后, 抢救无效: one of those who were hurt
    is_still: bool = False  # 仍有, 尚有: the figure now
    is_vague: bool = False  # 数十, 近百: an order of magnitude
    is_reference: bool = False  # 3名死者: speaks again of those who were counted


_SEPARATOR: Final = re.compile(r"[，,；;：:、（）() ]")
_STOP: Final = re.compile(r"[；;（）()]")
_TOTAL: Final = re.compile(r"共|总|累计|合计|截[至止]|升[至到]|增[加至到]|达到?|人数|突破|确认|证实")
_REPLACING: Final = re.compile(r"降[至到为]|减少?[至到为]|更正|修正|修改|下调|调[低减整]|改为|核减|更新为")
_SHARE_BEFORE: Final = re.compile(r"(?:[人员者客生工民]|之|当)[中里](?:有|的|，|共)*\Z|(?:包括|含)\Z")
_SHARE_ENDS: Final = re.compile(r"另|此外|同时|其余|其他|；")
_FURTHER: Final = re.compile(r"另|其余|其他|其它|剩余|余下|剩下|还有|又有|再有|此外|以及")
_AT_ONCE: Final = re.compile(r"当场|当即|现场死|立即死|立刻死")
_IN_CARE: Final = re.compile(r"送医|送往|送院|送至|医院|途中|抢救|救治|医治|不治|重伤死|伤重")
_IMAGINED: Final = re.compile(
    r"可能(?![有还已])|预计|如果|假如|一旦|倘若|防止|避免|谨防|以防|严防|足以|扬言|威胁|企图|试图|险些|差点|容纳|核载|为防"
)
_WITH_ONE: Final = re.compile(
    r"(?:司机|驾驶员|驾驶人|车主|店主|老板|[男女]子|主人|妻子|丈夫|母亲|父亲|老人)(?:和|与|及|以及)(?:另外?)?\Z"
)
_AND_ONE: Final = re.compile(r"(?:和|与|及|以及)(?:司机|驾驶员|船长|机长|车主|店主|老师)")
_SINCE: Final = re.compile(r"[^，。；]{0,6}以来")
_JOINED: Final = re.compile(r"[^，。；！？：]{0,16}(?:[和与及、]|以及|外加)|(?<=[男女])")
_RESCUERS: Final = re.compile(r"消防|官兵|民警|队员|战士|干部|[武特交]警|警察|医护|人员组成|指战员|救援")
_PASSIVE: Final = frozenset({"获救", "脱困", "脱险", "生还", "逃生", "逃出", "幸免", "自救", "获释", "升井"})
_STILL: Final = re.compile(r"仍|尚|还|剩")
_VAGUE: Final = frozenset("数几上近百千万好")
_REFERENCES: Final = frozenset({"死者", "亡者", "伤者", "伤员", "患者", "病人", "病患"})
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
            self._add(word, after.persons, word.start, after.persons.end, after.is_approximate)
        elif before is not None:
            self._add(word, before, before.start, word.end, is_approximate=False)
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

    def _add(self, word: HarmWord, persons: Persons, start: int, end: int, is_approximate: bool) -> None:
        text = self._sentence.text
        clause = self._clause_start(min(start, persons.start))
        if _IMAGINED.search(text, clause, word.start) or _SINCE.match(text, end):
            return
        bound = self._bound.setdefault(persons.start, [])
        was_hurt = False
        if word.harm is Harm.DEAD:
            was_hurt = any(mention.harm in (Harm.HURT, Harm.GRAVE, Harm.LIGHT) for mention in bound)
            bound[:] = [mention for mention in bound if mention.harm is Harm.POISONED]
        bound.append(
            Mention(
                harm=word.harm,
                value=persons.value + self._named_with(clause, persons, word),
                approximate=persons.approximate or is_approximate,
                sentence=self._sentence,
                start=start,
                end=end,
                is_share=self._is_share(persons.start),
                is_further=bool(_FURTHER.search(text, clause, persons.start)),
                is_total=bool(_TOTAL.search(text, clause, end)),
                is_replacing=bool(_REPLACING.search(text, clause, end)),
                at_once=bool(_AT_ONCE.search(text, clause, end)),
                in_care=was_hurt or bool(_IN_CARE.search(text, start, end)),
                is_still=bool(_STILL.search(text, clause, end)),
                is_vague=text[persons.start] in _VAGUE,
                is_reference=word.words in _REFERENCES or text.startswith("者", word.end),
            )
        )

    def _named_with(self, clause: int, persons: Persons, word: HarmWord) -> int:
        """司机和两名乘客, 两名乘客和司机: one more, unless the noun has a count of its own."""
        if word.start > persons.end and _AND_ONE.search(self._sentence.text, persons.end, word.start):
            return 1
        alone = not any(clause <= other.start < persons.start for other in self._counts)
        return 1 if alone and _WITH_ONE.search(self._sentence.text, clause, persons.start) else 0

    def _add_joined(self, word: HarmWord, persons: Persons) -> None:
        """一名男子和两名女子死亡: the count before is of the same harm when only its noun and 和 stand between."""
        before = [other for other in self._counts if other.end <= persons.start]
        if not before or before[-1].start in self._bound:
            return
        if _JOINED.fullmatch(self._sentence.text, before[-1].end, persons.start) and not self._is_refused(
            word, before[-1]
        ):
            self._add(word, before[-1], before[-1].start, before[-1].end, is_approximate=False)
            self._add_joined(word, before[-1])

    def _clause_start(self, at: int) -> int:
        """After the last separator or word of harm before this place."""
        text, start = self._sentence.text, self._sentence.start
        separators = [match.end() for match in _SEPARATOR.finditer(text, start, at)]
        words = [word.end for word in self._words if word.end <= at]
        return max([start, *separators[-1:], *words[-1:]])

    def _is_share(self, at: int) -> bool:
        text, start = self._sentence.text, self._sentence.start
        if _SHARE_BEFORE.search(text, max(start, at - _BEFORE_LENGTH), at):
            return True
        among = text.rfind("其中", start, at)
        return among >= 0 and not _SHARE_ENDS.search(text, among, at)


def _closes_aside(text: str, start: int, end: int) -> bool:
    """Whether a bracket closes there that opened before: what stands at `start` is an aside."""
    closed = _BRACKET.search(text, start, end)
    return closed is not None and closed[0] in "）)"
