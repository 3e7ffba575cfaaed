"""Persons: how many people a phrase speaks of, and whether they are people whose harm counts.

For: `mentions`. Must never enter: what became of them. A number counts people only with a classifier that people take
(人, 名, 位, 一家三口) or right before a word of harm (3死5伤); ages, vehicles, hours and money never match.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from workflows.judgement.understanding.numerals import BEGINS_NUMBER, NUMBER, number_at

_CLASSIFIER: Final = (
    r"个?人(?!次(?![日年月])|民|类|座|制|份|工|物|员|行|均[^受被已有无为死遇安获在送系是重轻不])|名(?![单额称字牌胜贵义])|位(?![于置])|口(?![径岸腔袋])|具(?=[^体有备])|例"
    r"|条(?=人命|生命|鲜活|年轻)|个(?=[^月小半省市县区乡镇村国家单部点方班组字]|小孩|小学|小朋|村民|国人)"
    r"|[男女](?![^子童孩生婴工乘学一-龥])|老人|老太|老汉|司机|驾驶员|工人|民工|学生|儿童|幼童|乘客|村民|居民|市民|游客|旅客|中国|警察|民警|士兵"
    r"|平民|姐妹|兄弟|矿工|船员|保安|员工|行人|路人|孩子|小孩|妇女|少年|少女|青年|农民|消防员|消防战士|环卫工"
    r"|(?=[死亡伤]|重伤|轻伤|受伤|失踪|失联|被困|中毒)"
)
_PERSONS: Final = re.compile(rf"{BEGINS_NUMBER}({NUMBER})({_CLASSIFIER})(左右|上下|以上)?")
_STATED: Final = re.compile(rf"({NUMBER})({_CLASSIFIER})?(左右|上下|以上)?")
_HEDGE: Final = re.compile(r"大约|约|近|将近|接近|至少|超过?|逾|突破|上|过|好|大概|估计|不少于")
_CLAUSE_END: Final = re.compile(r"[，,、；;。）)]|\Z")
_MEASURED: Final = re.compile(r"[年月日号时点分秒岁元公里米级度辆架台栋间户所次起艘天周吨%小个层条万亿℃届期]")
_PERPETRATORS: Final = re.compile(
    r"歹徒|凶手|袭击者|恐怖分子|恐怖份子|暴徒|暴恐|嫌疑人|嫌犯|疑犯|武装分子|武装人员|绑匪|劫匪|匪徒|极端分子|激进分子|叛乱分子"
    r"|枪手|行凶者|案犯|罪犯|人弹|自杀式|炸弹客|毒贩|凶嫌|作案|团伙|叛军|反叛"
)
_NOUN_LENGTH: Final = 12


class Persons(NamedTuple):
    """So many people; `start` to before `end` covers number and classifier."""

    value: int
    approximate: bool
    start: int
    end: int


def persons_in(text: str, start: int, end: int) -> Iterator[Persons]:
    """Every count of people between two places, left to right."""
    for match in _PERSONS.finditer(text, start, end):
        found = _persons(text, match)
        if found is not None:
            yield found


def persons_stated(text: str, at: int, *, needs_classifier: bool = False) -> Persons | None:
    """The count that begins right here, hedge included; None when something else is counted.

    After 死亡人数为 no classifier is needed, nor where the clause ends with the number (死2伤3).
    """
    hedge = _HEDGE.match(text, at)
    match = _STATED.match(text, hedge.end() if hedge else at)
    if match is None:
        return None
    is_bare = match[2] is None and not _CLAUSE_END.match(text, match.end())
    if is_bare and (needs_classifier or _MEASURED.match(text, match.end())):
        return None
    return _persons(text, match)


def _persons(text: str, match: re.Match[str]) -> Persons | None:
    number = number_at(text, match.start(1), match.end(1))
    if number is None or number.value != int(number.value):
        return None
    return Persons(int(number.value), number.approximate or bool(match[3]), number.start, match.end())


def are_perpetrators(text: str, persons: Persons, until: int) -> bool:
    """Whether the phrase from this count up to `until` names those who did it: they are no casualties."""
    return _PERPETRATORS.search(text, persons.end, max(until, persons.end)) is not None


def names_perpetrators(text: str, start: int, end: int) -> bool:
    """Whether these words speak of those who did it."""
    return _PERPETRATORS.search(text, start, end) is not None
