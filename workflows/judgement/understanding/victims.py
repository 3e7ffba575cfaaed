"""Victims: people who came to harm and are named without a number: 司机当场死亡, 撞伤男孩, 夫妻双双身亡.

For: `totals`, where no figure is stated. Must never enter: figures. A victim counts one, a pair (夫妻, 司机和乘客) two.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workflows.judgement.understanding.harms import WEAK, Harm, HarmWord
from workflows.judgement.understanding.mentions import Mention
from workflows.judgement.understanding.persons import names_perpetrators
from workflows.judgement.understanding.reach import acts, continues
from workflows.judgement.understanding.sentences import Sentence

_PAIR: Final = "夫妻|夫妇|父子|父女|母子|母女|兄弟|姐妹|兄妹|姐弟|祖孙|爷孙|婆媳|情侣|恋人|两口子"
_ONE: Final = (
    "男子|女子|男童|女童|男孩|女孩|男生|女生|男婴|女婴|婴儿|孩子|幼童|小孩|少年|少女|老人|老太太?|老汉|老妇|老翁|老伯|大爷|大妈|阿姨|婆婆|"
    "妇女|妇人|孕妇|女?司机|的哥|的姐|副驾驶员?|驾驶员|驾驶人|驾驶者|车主|行人|路人|骑车人|骑手|男主人|女主人|主人|户主|房主|业主|保安|保洁员|清洁工|环卫工人?|"
    "店主|老板娘?|教师|老师|医生|护士|船长|记者|总统|部长|父亲|母亲|妻子|丈夫|儿子|女儿|爷爷|奶奶|外公|外婆|哥哥|弟弟|姐姐|妹妹|摊主|"
    "外卖员|快递员|售货员|服务员|厨师|女士|先生|当事人|受害人|被害人|车手|[男女](?:乘客|学生|工|子|游客|村民|居民)|[一-龥]某某?(?![镇村县市区地路街人年日月个])"
)
# Words for many as well as for one: one only after 一, 该, 这.
_ANY: Final = (
    "学生|儿童|青年|村民|居民|市民|乘客|农民|工人|民工|职工|员工|租客|住户|游客|旅客|民警|警察|交警|消防员|消防战士|战士|官兵|队员|船员|"
    "矿工|儿子|环卫工人?|妇女|老人|司机|男子|女子|小孩|孩子|路人|行人"
)
_VICTIM: Final = re.compile(
    rf"(?P<pair>{_PAIR})|(?P<one>{_ONE})|(?:一个?|溺水|落水|坠楼|坠井|遇险|[该这那某](?:名|位|个)?|另一)(?:{_ANY})"
)
_MANY: Final = re.compile(r"多[名位个]|[部大]分|一些|不少|许?多|众|全部|所有|有的|各|多数|们|等人?\Z|几")
_NOT: Final = re.compile(r"未|没|无|不会|不曾|免|险些|差点|否认|并非")
_NOUN_AFTER: Final = re.compile(
    r"(?:人数|人员|者|名单|原因|事[故件]|案|现场|家属|赔偿|率|的?消息|风险|教训|情况|名额|惨剧|悲剧|人口|等级|群众|乘客|师生|学生|症状)"
)
_BOTH: Final = re.compile(r"(?:两辆?|2辆|双方)(?:[大小客货轿卡汽]?车|车辆|方)?的?\Z")  # 两车司机
_AND: Final = re.compile(r"[^，。；！？：]{0,8}(?:[和与及、]|以及)[^，。；！？：]{0,8}")
_SEPARATOR: Final = re.compile(r"[，,；;：:、（）()]")
_CLAUSE: Final = re.compile(r"[，,；;：:（）()“”\"]")
_IMAGINED: Final = re.compile(r"可能|预计|如果|一旦|防止|避免|威胁|企图|扬言|导致人|致人|会|涉嫌|以为")
_HARMS: Final = frozenset({Harm.DEAD, Harm.HURT, Harm.GRAVE, Harm.LIGHT, Harm.MISSING, Harm.TRAPPED})
_THE_DEAD: Final = frozenset({"死者", "亡者"})
_BEING: Final = re.compile(r"(?:均|都|分别|一)?[为系是]")
_LIST_END: Final = re.compile(r"[。；，]|\Z")
_BEFORE: Final = 24
_AFTER: Final = 14


@dataclass(frozen=True, slots=True)
class _Named:
    """The victim named around a word."""

    words: str
    value: int
    start: int
    end: int


def victims_in(sentence: Sentence, wanted: Container[Harm]) -> Iterator[Mention]:
    """Every victim of the wanted harms who is named without a number, in order.

    One who was hurt and died is dead.
    """
    if not any(word.harm in wanted for word in sentence.words):
        return
    found: list[tuple[Mention, str]] = []
    for word in sentence.words:
        if word.harm not in _HARMS or word.words in WEAK or _NOUN_AFTER.match(sentence.text, word.end):
            continue
        clause = _clause_start(sentence, word.start)
        if _IMAGINED.search(sentence.text, clause, word.start) or names_perpetrators(
            sentence.text, clause, word.start
        ):
            continue
        named = _named(sentence.text, clause, word)
        if named is not None:
            start, end = min(named.start, word.start), max(named.end, word.end)
            mention = Mention(word.harm, named.value, False, sentence, start, end)
            found = [*_without_same(found, named.words, word.harm), (mention, named.words)]
        elif found and word.harm is Harm.DEAD and continues(sentence.text[clause : word.start]):
            last, words = found[-1]
            found[-1] = (replace(last, harm=Harm.DEAD, end=word.end), words)
    yield from (mention for mention, _ in found if mention.harm in wanted)


def _without_same(found: Sequence[tuple[Mention, str]], words: str, harm: Harm) -> list[tuple[Mention, str]]:
    """The same victim is told once for each harm; the dead are not hurt."""
    fatal = harm is Harm.DEAD
    return [item for item in found if item[1] != words or (item[0].harm is not harm and not fatal)]


def _clause_start(sentence: Sentence, at: int) -> int:
    starts = [match.end() for match in _CLAUSE.finditer(sentence.text, sentence.start, at)]
    return starts[-1] if starts else sentence.start


def _named(text: str, clause: int, word: HarmWord) -> _Named | None:
    before = list(_VICTIM.finditer(text, max(clause, word.start - _BEFORE), word.start))
    if before:
        between = text[before[-1].end() : word.start]
        denied = _NOT.search(between) or _MANY.search(text, max(clause, before[-1].start() - 4), word.start)
        if not denied and not acts(between):
            return _Named(
                before[-1][0], _how_many(text, before, between), _first(text, before).start(), word.end
            )
    if word.words in _THE_DEAD and _BEING.match(text, word.end):
        return _listed(text, word)
    stop = _SEPARATOR.search(text, word.end, word.end + _AFTER)
    after = _VICTIM.search(text, word.end, stop.start() if stop else word.end + _AFTER)
    if (
        after
        and (word.words[-1] in "死伤" or text.startswith("的", word.end))
        and not _denied_before(text, clause, word)
    ):
        return _Named(after[0], 2 if after["pair"] else 1, word.start, after.end())
    return None


def _listed(text: str, word: HarmWord) -> _Named | None:
    """死者为张某和李某: everybody whom 和 or 、 joins."""
    end = _LIST_END.search(text, word.end)
    nouns = list(_VICTIM.finditer(text, word.end, end.start() if end else len(text)))
    if not nouns:
        return None
    joined = [nouns[0]]
    for noun in nouns[1:]:
        if _AND.fullmatch(text, joined[-1].end(), noun.start()):
            joined.append(noun)
    count = sum(2 if noun["pair"] else 1 for noun in joined)
    return _Named(joined[0][0], count, word.start, joined[-1].end())


def _denied_before(text: str, clause: int, word: HarmWord) -> bool:
    return bool(
        _NOT.search(text, max(clause, word.start - 6), word.start)
        or _MANY.search(text, word.end, word.end + 4)
    )


def _first(text: str, nouns: list[re.Match[str]]) -> re.Match[str]:
    """The first of the nouns that 和 joins to the last one."""
    first = nouns[-1]
    for noun in reversed(nouns[:-1]):
        if not _AND.fullmatch(text, noun.end(), first.start()):
            break
        first = noun
    return first


def _how_many(text: str, nouns: list[re.Match[str]], between: str) -> int:
    first = _first(text, nouns)
    joined = sum(2 if noun["pair"] else 1 for noun in nouns if noun.start() >= first.start())
    return (
        max(joined, 2)
        if "双双" in between or _BOTH.search(text, max(0, first.start() - 6), first.start())
        else joined
    )
