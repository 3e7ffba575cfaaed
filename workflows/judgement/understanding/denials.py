"""Denials: the words that say that nobody was harmed, which is a zero and not silence.

For: `casualties`. Must never enter: weighing a denial against figures; a figure always wins there. A report that
says that no harm is known so far (尚无人员伤亡报告) counts as a denial: it is what the field states at its time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workflows.judgement.understanding.harms import Harm
from workflows.judgement.understanding.sentences import Sentence

_DENIED: Final = {
    "伤亡": frozenset({"deaths", "injured", "serious"}),
    "死伤": frozenset({"deaths", "injured", "serious"}),
    "死亡": frozenset({"deaths"}),
    "遇难": frozenset({"deaths"}),
    "丧生": frozenset({"deaths"}),
    "身亡": frozenset({"deaths"}),
    "受伤": frozenset({"injured", "serious"}),
    "伤害": frozenset({"injured", "serious"}),
    "重伤": frozenset({"serious"}),
    "被困": frozenset({"trapped"}),
    "失踪": frozenset({"missing"}),
    "失联": frozenset({"missing"}),
}
_HARM: Final = "|".join(_DENIED)
_PEOPLE: Final = (
    "人员?|群众|居民|村民|乘客|学生|师生|员工|平民|游客|旅客|住户|公民|华人|华侨|同胞|老师|工人|中国人"
)
_DENIAL: Final = re.compile(
    rf"(?=[无零未没])(?:(?<!有)[无零](?:一|{_PEOPLE}|因此|因灾|在[^，。；]{{2,4}}中)*"
    rf"|(?<!有)(?:未|没|无)(?:再|能|有|造成|导致|发生|出现|引发|引起|带来|接到|收到|接获|获得|发现|听说|听到|见|致|形成|传出|受到?|遭受|任何|关于|"
    rf"重大|大的?|严重|明显|其[他它]|新增?|更多|因此|因灾|因震|直接|较大|一|{_PEOPLE}|报告|相关|财产损失|房屋倒塌|房屋损毁|损失|经济损失|破坏|"
    rf"次生灾害|爆炸|[和与或及、]|以及|的|了|本次|此次|这次|该起|地震|火灾|事故|灾害)+)"
    rf"({_HARM})((?:(?:[、和与或及]|以及)(?:{_HARM}))*)"
)
# 司机没有受伤 speaks of him alone; 没有人受伤, 没有造成伤害, 没有伤亡 speak of everybody.
_OF_ONE: Final = re.compile(
    r"(?:未|没|无)(?:再|能|有|受到?|遭受|任何|直接|明显|重大)*(?:受伤|伤害|遇难|丧生|身亡|被困|失踪|失联)"
)
_OUT: Final = "救出|获救|脱困|脱险|解救|升井|救起|得救|救离"
_FREED: Final = re.compile(
    rf"(?:全部|均|都|悉数|所有|最后一?|全员)[^，。；未没尚]{{0,16}}(?:{_OUT}|安全(?:转移|撤离|撤出))"
    rf"|(?<![名位个])被困[^，。；未没尚仍0-9]{{0,10}}[被已经均][^，。；未没尚仍0-9]{{0,8}}(?:{_OUT})"
    rf"|(?:^|[，,；])(?:(?![0-9一二两三四五六七八九十几数余多][名人位])[^，。；未没正]){{0,12}}(?:陆续|先后|相继|成功|顺利|安全|终于|破拆|[将把][其他她]们?)被?"
    rf"(?:从[^，。；]{{1,10}})?(?:{_OUT}|救下)(?!了?[0-9一二两三四五六七八九十数几])"
    rf"|(?<![名个位])人质(?:危机|事件)?[^，。；未没尚仍0-9部]{{0,4}}(?:获救|获释|被?解救|结束|解除)"
    rf"|[将把](?!部分|其中)[^，。；未没尚仍0-9一二两三四五六七八九十几数]{{1,12}}(?:{_OUT}|救下|抬出|移出|背出)"
)
_FOUND: Final = re.compile(r"失[踪联][^，。；未没尚]{0,8}(?:全部|均|都|已|被)[^，。；未没尚]{0,6}找到")
_NO: Final = re.compile(r"[无未没零]")
_WHOLE: Final = re.compile(_HARM)


@dataclass(frozen=True, slots=True)
class Denial:
    """Names of the facts that are denied, and where; `start` to before `end` of the sentence's part."""

    facts: frozenset[str]
    sentence: Sentence
    start: int
    end: int


def denials_in(sentence: Sentence) -> Iterator[Denial]:
    """Every denial of the sentence, left to right."""
    if _NO.search(sentence.text, sentence.start, sentence.end):
        yield from _denied_in(sentence)
    if any(word.harm is Harm.FREED for word in sentence.words):
        yield from _freed_in(sentence)


def _denied_in(sentence: Sentence) -> Iterator[Denial]:
    for match in _DENIAL.finditer(sentence.text, sentence.start, sentence.end):
        if _OF_ONE.fullmatch(match[0]):
            continue
        harms = (match[1], *_WHOLE.findall(match[2]))
        denied: frozenset[str] = frozenset().union(*(_DENIED[harm] for harm in harms))
        yield Denial(denied, sentence, *match.span())


def _freed_in(sentence: Sentence) -> Iterator[Denial]:
    for pattern, fact in ((_FREED, "trapped"), (_FOUND, "missing")):
        for match in pattern.finditer(sentence.text, sentence.start, sentence.end):
            yield Denial(frozenset({fact}), sentence, *match.span())
