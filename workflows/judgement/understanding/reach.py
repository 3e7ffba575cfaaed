"""Reach: whether a count of people and a word of harm belong together, by what stands between them.

For: `mentions`. Must never enter: what else the sentence says. Before the word: a count reaches over its noun and
circumstances (3名乘客在事故中不幸死亡), not over somebody who acts (5名民警赶到, 伤者已死亡). After the word: only
words that lead to a number (死亡人数已升至5人).
"""

import re
from dataclasses import dataclass
from typing import Final

from workflows.judgement.understanding.harms import WEAK, Harm, HarmWord
from workflows.judgement.understanding.persons import Persons, persons_in, persons_stated

_SEPARATOR: Final = re.compile(r"[，,；;：:、（）() ]")
_STOP: Final = re.compile(r"[；;（）()]")
_LEADING: Final = re.compile(
    r"(?:者|人员|人质|群众|居民|村民|市民|学生|师生|游客|旅客|乘客|员工|工人|职工|灾民|住户|患者|病人|人口|受灾|被困|受困|伤员|"
    r"转移|安置|疏散|总人数|人数|总数|数字|数(?![十百千万亿])|病例|已经?|也|均|共有?|总共|共计|总计|累计|合计|则|大?约|有|为|是|达到?|"
    r"[上攀]?升[至到为]|上升|增[加至到多为]+|增长[至到]|更新[为至]|修正为|更正为|修改为|改为|了|目前|[下减]?降[至到为]|减少?[至到为]|"
    r"[0-9]{1,2}[日时点](?:[上下中]午|凌晨|晚(?:间|上(?!升))?)?|[：:\s]|在|的|至少|逼近|近|突破|超过|[0-9]+(?:\.[0-9]+)?[万千百余多]*户|高达|多达|数量|仅|紧急|当地|附近|周边|及其|家属){0,8}"
)
_MOVING: Final = re.compile(r"转移|安置|疏散")
_FROM: Final = re.compile(
    r"[由从](?:最初|原来|此前|之前|先前|早前|昨[日天晚]|最先|原先)?(?:报告|通报|公布|统计)?的?"
)
_HEDGED: Final = re.compile(r"至少|约|近|突破|超过")
_COUNTING: Final = re.compile(r"数|人口|[：:为至到达]|突破|超过")
_LISTED: Final = re.compile(r"[^，。；！？]{1,30}?(?:等|在内的?|一行|共计?|全家|一家)")
_CHANGED: Final = re.compile(
    r"[^，。；0-9]{0,4}?(?:升|增|加|涨|变|改|降|减|更|修|调)[^0-9，。；]{0,4}?(?=[0-9一二两三四五六七八九十百千])"
)
_AGENT: Final = re.compile(
    r"赶[到赴往来]|抵达|参[与加]|投入|将|把|称|说(?<!小说)|表示|介绍|告诉|透露|发现|看[到望见]|慰问|营救|搜[救寻]|处置|出动|"
    r"护送|采访|驾驶(?![员人室])|目击|组成|奋战|逃逸|负责|前往|调查|处理"
)
_WHILE: Final = re.compile(
    r"(?:[时中后]|期间|的)(?:不幸|当场|光荣|被|身受|身|突然|意外|因公|英勇|遭|也|受)*\Z"
)
_CONTINUES: Final = re.compile(
    r"目前|现|已|均|都|全部|后|经|终|最终|因|先后|陆续|相继|随后|被|当场|当即|不幸|在|无一|之后|但|且|并|仍|尚|至今|由于|于|一度|也|正|"
    r"双双|送|救出|救起|抬出|出现|当晚|当日|随即|后来|而后|抢救|入院|到|虽|其(?!中)|最后|结果|不久|身"
)
_OTHERS: Final = re.compile(r"有人|有的|部分|一些|不少|多[人名]|数人|有[0-9]")
_DENIED: Final = re.compile(r"(?:未|没有?|并无|不会|免于)(?:有|被|受|再|人|人员)*\Z")
_ASIDE: Final = re.compile(r"[（(][^）)]*[）)]")
_TAKES: Final = frozenset({"夺走", "夺去"})
_LIVES: Final = re.compile(r"[^，。；！？]{1,12}?的?(性命|生命|命)")
_SPREAD: Final = frozenset({Harm.MOVED, Harm.STRICKEN})
_CLAUSE_STOP: Final = re.compile(r"[，,。；！？：（]")
_FARTHEST: Final = 26
_GAP_LENGTH: Final = 26
_CONTINUED_LENGTH: Final = 44
_FAR_HARMS: Final = frozenset({Harm.ILL, Harm.POISONED})
_NEAR_START: Final = frozenset({Harm.DEAD, Harm.HURT, Harm.LIGHT})


@dataclass(frozen=True, slots=True)
class CountAfter:
    """The count that follows a word; `former` is the figure that it replaced (由3人上升至5人)."""

    persons: Persons
    former: Persons | None = None
    is_far: bool = False


def count_after(text: str, word: HarmWord) -> CountAfter | None:
    """The count that a word leads to, directly or over words of counting; None when something else follows."""
    leading = _LEADING.match(text, word.end)
    at = leading.end() if leading else word.end
    between = text[word.end : at]
    if word.words in WEAK and between not in ("", "了"):
        return None
    if word.harm is not Harm.MOVED and _MOVING.search(between):
        return None
    if " " in between and not _COUNTING.search(between):
        return None  # in a title the next clause begins there: 药酒夺命 五位酒友身亡
    former = None
    origin = _FROM.match(text, at)
    if origin:
        former = persons_stated(text, origin.end())
        changed = _CHANGED.match(text, former.end) if former else None
        if former is None or changed is None:
            return None
        at = changed.end()
        between += changed[0]
    persons = persons_stated(text, at, needs_classifier=not _COUNTING.search(between))
    if persons is not None:
        hedged = persons.approximate or bool(_HEDGED.search(between))
        return CountAfter(persons._replace(approximate=hedged), former)
    if word.harm in _SPREAD:
        return _count_farther(text, word)
    if word.words in _TAKES:
        return _count_taken(text, word)
    listed = _LISTED.match(text, word.end) if word.words[-1] in "死伤" and len(word.words) > 1 else None
    persons = persons_stated(text, listed.end(), needs_classifier=True) if listed else None
    return CountAfter(persons) if persons else None


def _count_farther(text: str, word: HarmWord) -> CountAfter | None:
    """疏散半径500米内居民约2000人: places and households may stand before the people."""
    stop = _CLAUSE_STOP.search(text, word.end, word.end + _FARTHEST)
    persons = next(persons_in(text, word.end, stop.start() if stop else word.end + _FARTHEST), None)
    return CountAfter(persons, is_far=True) if persons else None


def _count_taken(text: str, word: HarmWord) -> CountAfter | None:
    """夺走祖孙三人性命: whose lives they were may stand before the people."""
    taken = _LIVES.match(text, word.end)
    persons = next(persons_in(text, word.end, taken.start(1)), None) if taken else None
    return CountAfter(persons) if persons else None


def reaches(text: str, persons: Persons, word: HarmWord) -> bool:
    """Whether a count before the word is who it happened to."""
    gap = _ASIDE.sub("", text[persons.end : word.start])
    if word.words in WEAK:
        return gap == ""
    if _DENIED.search(gap):
        return False
    pieces = _SEPARATOR.split(gap)
    if len(pieces) == 1:
        return len(gap) <= _GAP_LENGTH and not acts(gap)
    if _OTHERS.search(gap):
        return False
    if len(gap) > _CONTINUED_LENGTH or _STOP.search(gap) or acts(pieces[0]) or acts(pieces[-1]):
        return False
    if word.harm in _FAR_HARMS:
        return len(pieces) <= 3  # noqa: PLR2004 - 学生吃完早餐后，到校时，先后出现症状
    if pieces[-1] == "":
        return len(pieces) == 2 and word.harm not in _NEAR_START  # noqa: PLR2004 - 2人受伤，生命垂危
    return len(pieces) == 2 and _CONTINUES.match(pieces[-1]) is not None  # noqa: PLR2004


def continues(words: str) -> bool:
    """Whether a clause that begins so goes on about who was spoken of before: ，经抢救无效."""
    return _CONTINUES.match(words) is not None


def acts(words: str) -> bool:
    """Whether somebody does something there, so that the harm is another's: 5名民警赶到现场将."""
    agent = _AGENT.search(words)
    return agent is not None and (agent[0] in ("将", "把") or not _WHILE.search(words))
