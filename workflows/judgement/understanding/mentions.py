"""Mentions: so many people came to this harm, and what the words around say about the figure.

For: `binding`, which brings counts and harms together, and `totals`, which makes one figure out of many mentions.
Must never enter: comparing mentions. 其中 makes a figure a share, 另 a further one, 共 a total, 更正为 a replacement;
what is only feared or told of the past (可能造成, 死亡以来) is no mention.
"""

import re
from dataclasses import dataclass
from typing import Final

from workflows.judgement.understanding.harms import Harm, HarmWord
from workflows.judgement.understanding.persons import Persons
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


_TOTAL: Final = re.compile(r"共|总|累计|合计|截[至止]|升[至到]|增[加至到]|达到?|人数|突破|确认|证实")
_REPLACING: Final = re.compile(r"降[至到为]|减少?[至到为]|更正|修正|修改|下调|调[低减整]|改为|核减|更新为")
_SHARE_BEFORE: Final = re.compile(r"(?:[人员者客生工民]|之|当)[中里](?:有|的|，|共)*\Z|(?:包括|含)\Z")
_SHARE_ENDS: Final = re.compile(r"另|此外|同时|其余|其他|；")
_FURTHER: Final = re.compile(r"另|其余|其他|其它|剩余|余下|剩下|还有|又有|再有|此外|以及")
_AT_ONCE: Final = re.compile(r"当场|当即|现场死|立即死|立刻死")
_IN_CARE: Final = re.compile(r"送医|送往|送院|送至|医院|途中|抢救|救治|医治|不治|重伤死|伤重")
_IMAGINED: Final = re.compile(
    r"可能(?![有还已])|预计|如果|假如|一旦|倘若|防止|避免|谨防|以防|严防|足以|扬言|威胁|企图|试图|险些|差点|容纳|核载|为防|将会?(?:使|令|导致|造成)|会(?:使|令|导致|造成)"
)
_SINCE: Final = re.compile(r"[^，。；]{0,6}以来")
_CAUSED: Final = re.compile(r"造成|导致|致|酿成|已有")
_STILL: Final = re.compile(r"仍|尚|还|剩")
_VAGUE: Final = frozenset("数几上近百千万好")
_REFERENCES: Final = frozenset({"死者", "亡者", "伤者", "伤员", "患者", "病人", "病患"})
_BEFORE_LENGTH: Final = 8


def mention_of(
    sentence: Sentence, word: HarmWord, persons: Persons, clause: int, *, more: int, was_hurt: bool
) -> Mention | None:
    """The mention that a count and a word make, with what its clause, begun at `clause`, says; None when imagined.

    `more` people are named beside the count; `was_hurt` says that the same people were told as hurt before.
    """
    text = sentence.text
    start, end = min(persons.start, word.start), max(persons.end, word.end)
    if _IMAGINED.search(text, clause, word.start) or _SINCE.match(text, end):
        return None
    return Mention(
        harm=word.harm,
        value=persons.value + more,
        approximate=persons.approximate,
        sentence=sentence,
        start=start,
        end=end,
        is_share=_is_share(sentence, persons.start),
        is_further=bool(_FURTHER.search(text, clause, persons.start)),
        is_total=bool(_TOTAL.search(text, clause, end)),
        is_replacing=bool(_REPLACING.search(text, clause, end)),
        at_once=bool(_AT_ONCE.search(text, clause, end)),
        in_care=was_hurt or bool(_IN_CARE.search(text, start, end)),
        is_still=bool(_STILL.search(text, clause, end)),
        is_vague=text[persons.start] in _VAGUE,
        is_reference=word.words in _REFERENCES or text.startswith("者", word.end),
    )


def says_again(earlier: Mention, mention: Mention) -> bool:
    """Whether a sentence tells the same figure as caused once more: 坠河致7死3伤 昨日客车坠河，造成7人死亡."""
    if earlier.value != mention.value or mention.is_further or mention.in_care:
        return False
    return _CAUSED.search(mention.sentence.text, earlier.end, mention.start) is not None


def _is_share(sentence: Sentence, at: int) -> bool:
    if _SHARE_BEFORE.search(sentence.text, max(sentence.start, at - _BEFORE_LENGTH), at):
        return True
    among = sentence.text.rfind("其中", sentence.start, at)
    return among >= 0 and not _SHARE_ENDS.search(sentence.text, among, at)
