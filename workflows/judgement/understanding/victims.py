"""Victims: people who came to harm and are named without a number: 司机当场死亡, 撞伤男孩, 夫妻双双身亡.

For: `casualties`, where no figure is stated. Must never enter: figures. A victim counts one, a pair (夫妻, 司机和乘客)
two.
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
    "店主|老板娘?|教师|老师|医生|护士|船长|记者|总统|部长|父亲|母亲|妻子|丈夫|儿子|女儿|爷爷|奶奶|外公|外婆|哥哥|弟弟|姐姐|妹妹|摊主|小伙子?|姑娘|阿婆|大叔|大婶|奶娃|老[一-龥](?=[^师人板家早乡兵年太汉妇翁伯])|"
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
_NOBODY: Final = re.compile(r"(?:没有?|无)\Z")  # 没有孩子有生命危险
_NOUN_AFTER: Final = re.compile(
    r"(?:人数|人员|者|名单|原因|事[故件]|案|现场|家属|赔偿|率|的?消息|风险|教训|情况|名额|惨剧|悲剧|人口|等级|群众|乘客|师生|学生|症状)"
)
_BOTH: Final = re.compile(r"(?:两辆?|2辆|双方)(?:[大小客货轿卡汽]?车|车辆|方)?的?\Z")  # 两车司机
_AND: Final = re.compile(r"[^，。；！？：]{0,8}(?:[和与及、]|以及)[^，。；！？：]{0,8}")
_SEPARATOR: Final = re.compile(r"[，,；;：:、（）()]")
_CLAUSE: Final = re.compile(r"[，,；;：:（）()“”\"]")
_IMAGINED: Final = re.compile(r"可能|预计|如果|一旦|防止|避免|威胁|企图|扬言|导致人|致人|会|涉嫌|以为")
_HARMS: Final = frozenset(
    {Harm.DEAD, Harm.HURT, Harm.GRAVE, Harm.LIGHT, Harm.MISSING, Harm.TRAPPED, Harm.POISONED, Harm.ILL}
)
_THE_DEAD: Final = frozenset({"死者", "亡者"})
_BEING: Final = re.compile(r"(?:均|都|分别|一)?[为系是]")
_LIST_END: Final = re.compile(r"[。；，]|\Z")
_HURT: Final = frozenset({Harm.HURT, Harm.GRAVE, Harm.LIGHT, Harm.ILL})
_ABOUT_BODY: Final = re.compile(
    r"(?:只是|只|仅|但|也|却|并|且|又|后|就|很快|不久|随即|随后|造成|导致|致使|致|使|经|检查|诊断|确诊|送医|医院|初步|目前|现|仍|正|还|已|在|因|"
    r"出现|感到|感觉|开始|饭后|当晚|当场|其|自己|右|左|双|前|后|两|一侧|多处|全身|身上|身体|上|下|大|小|"
    r"额头|额|头皮|头|面|脸|鼻|眼|耳|嘴唇|嘴|口唇|唇|口|牙|颈|脖子|肩膀|肩|锁骨|手臂|手腕|手指|手|臂|胳膊|肘|胸|肋骨|背|腰|腰椎|脊椎|颈椎|腹|盆骨|骨盆|臀|"
    r"大腿|小腿|腿|膝盖|膝|脚踝|脚|足|踝|颅脑|颅骨|脑|内脏|脾脏|肝脏|肺|肾|软组织|皮肤|部|[0-9]+%|面积|四肢|呼吸|"
    r"(?:[^，。；]{0,6}(?:医院|市[一二三]院|院))|受|被|的|、|有|和)*"
)
_OTHERS: Final = re.compile(r"[0-9一两二三四五六七八九十几数多][名位]|[0-9两二三四五六七八九十几数多]人|们")
_GOING_ON: Final = 14
_SPOKEN_OF: Final = 60
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
        if named is None and _goes_on(sentence.text, clause, word):
            named = _spoken_of(sentence, clause, word)
        if named is not None:
            start, end = min(named.start, word.start), max(named.end, word.end)
            mention = Mention(word.harm, named.value, False, sentence, start, end)
            found = [*_without_same(found, named.words, word.harm), (mention, named.words)]
        elif found and word.harm is Harm.DEAD and continues(sentence.text[clause : word.start]):
            last, words = found[-1]
            found[-1] = (replace(last, harm=Harm.DEAD, end=word.end), words)
    yield from (mention for mention, _ in found if mention.harm in wanted)


def _goes_on(text: str, clause: int, word: HarmWord) -> bool:
    """Whether a clause without a person tells more of who was spoken of: ，只是额头擦伤 ，经检查右腿骨折."""
    if word.harm not in _HURT:
        return False
    between = text[clause : word.start]
    return (
        len(between) <= _GOING_ON and not _NOT.search(between) and _ABOUT_BODY.fullmatch(between) is not None
    )


def _spoken_of(sentence: Sentence, clause: int, word: HarmWord) -> _Named | None:
    """The last person who is named before in the sentence; None when there are several in that clause, or others."""
    nouns = list(_VICTIM.finditer(sentence.text, max(sentence.start, clause - _SPOKEN_OF), clause))
    if not nouns:
        return None
    last_clause = _clause_start(sentence, nouns[-1].start())
    first = next(noun for noun in nouns if noun.start() >= last_clause)
    before = max(last_clause, first.start() - 4)
    if _OTHERS.search(sentence.text, first.end(), clause) or _MANY.search(
        sentence.text, before, first.start()
    ):
        return None
    return _Named(first[0], 2 if first["pair"] else 1, first.start(), word.end)


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
        denied = (
            _NOT.search(between)
            or _NOBODY.search(text, clause, before[-1].start())
            or _MANY.search(text, max(clause, before[-1].start() - 4), word.start)
        )
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
