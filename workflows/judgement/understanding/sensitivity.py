"""Sensitivity: words that make an event reportable whatever its size, and words that take back higher figures.

For: finding them where they speak of the event itself. Must never enter: the words (`sensitivity.toml`, to be set by
the authority) and what follows from them (rulebook). A hospital is a sensitive place when it burns, not when the
injured are taken there; a pupil counts who is hurt, not one who saw it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from models.understanding import Part, SensitiveFound, Sensitivity, Span
from workflows.judgement.understanding.lexicon import Words, lexicon
from workflows.judgement.understanding.numerals import NUMBER, number_at
from workflows.judgement.understanding.script import Script

_FOUND_AT_MOST: Final = 12
_UNMEANT_REACH: Final = 6
_BEFORE: Final = 14  # characters of the sentence before a word that may speak of the event
_AFTER: Final = 24
_HEALTH: Final = ("医院", "卫生院")

_EVENT: Final = re.compile(
    r"发生|突发|爆|起火|失火|着火|大火|火灾|撞|追尾|袭|中毒|坠|翻|倒塌|垮塌|坍塌|滑坡|地震|被困|被埋|困人|遭|泄漏|被淹|进水|溺|落水|踩踏|故障"
    r"|停电|停水|聚集|围堵|死|伤|亡|遇难|失踪|呕吐|腹泻|不适|感染|确诊|疫情|病例|砍|捅|劫|打架|斗殴|冲突|失联|走失|轻生|摔|晕倒|疏散|讨薪|静坐|堵"
)
# At a hospital only what happens there, and right beside the word: else people are brought to it.
_AT_HOSPITAL: Final = re.compile(
    r"[^，。,；]{0,8}?(?:发生|突发|爆炸|起火|失火|着火|大火|火灾|倒塌|坍塌|停电|停水|被淹|进水|院内感染|踩踏|电梯|围堵|打砸|聚集|泄漏|冒烟)"
)
_BESIDE: Final = re.compile(
    r"附近|旁|斜?对面|方向|背后|背面|后面|前面|前头|楼下|边上|那点|隔壁|外面|路[口段边]|至|往|公交站|约?[0-9一二三四五六七八九十百]+多?米"
)
_BROUGHT: Final = re.compile(r"(?:送|转|抬|运|赶|住|入|就诊|在|被)[^，。,；]{0,8}$")

_CORRECTION: Final = re.compile(
    r"更正|订正|核减|勘误|误报|误将|误统计|重复(?:统计|计算|上报)"
    r"|(?:此前|之前|前期|早前|先前|原)(?:的)?(?:通报|报告|上报|统计|公布|发布|报道|初报|数据)[^。；]{0,15}?(?:有误|错误|不实|不准确|为准)"
    r"|(?:人数|数字|数据|伤亡|遇难者|死者|震级)[^。；，,]{0,6}?(?:下调|减少|下降|减|降|更新|修订|修正|调整|核定)(?:为|至|到)"
    r"|经(?:再次|重新|进一步|反复)?(?:核实|核查|核对|复核|甄别)[^。；]{0,20}?(?:实为|应为|减少|下调|降至|降为|不是|并非)"
)
# What every correction has one of: most texts are passed over by these.
_PAIRS_OF_CORRECTIONS: Final = """
更正 订正 核减 勘误 误报 误将 误统 重复 有误 错误 不实 不准 为准
下调 减少 下降 更新 修订 修正 调整 核定 实为 应为 不是 并非 减为 减至 减到 降为 降至 降到
"""
_MAY_CORRECT: Final = frozenset(_PAIRS_OF_CORRECTIONS.split())
_CHANGED: Final = re.compile(
    rf"(?:由|从)[^。；，,]{{0,8}}?(?P<old>{NUMBER})[人名例]?[^。；，,]{{0,6}}?(?:为|至|到|成)(?P<new>{NUMBER})"
)


@dataclass(frozen=True, slots=True)
class _Lexicon:
    words: Words
    kinds: Mapping[str, Sensitivity]
    unmeant: re.Pattern[str]


def sensitive(script: Script) -> tuple[SensitiveFound, ...]:
    """The first stand of each sensitive word that is about the event, title first, at most twelve."""
    found: dict[str, SensitiveFound] = {}
    for part in (Part.TITLE, Part.TEXT):
        for start, word, kind in _about_the_event(script, part):
            if word not in found and len(found) < _FOUND_AT_MOST:
                found[word] = SensitiveFound(kind=kind, span=script.span(part, start, start + len(word)))
    return tuple(found.values())


def correction(script: Script) -> Span | None:
    """The words that say that lower figures here replace higher ones; None when the text takes nothing back."""
    for part in (Part.TITLE, Part.TEXT):
        if _MAY_CORRECT.isdisjoint(script.pairs(part)):
            continue
        plain = script.plain(part)
        if match := _CORRECTION.search(plain) or _lowered(plain):
            return script.span(part, match.start(), match.end())
    return None


def _lowered(plain: str) -> re.Match[str] | None:
    """死亡人数由12人更新为10人: a change from a higher number to a lower one."""
    if "由" not in plain and "从" not in plain:
        return None
    for match in _CHANGED.finditer(plain):
        old = number_at(plain, match.start("old"), match.end("old"))
        new = number_at(plain, match.start("new"), match.end("new"))
        if old and new and new.value < old.value and re.search(r"更新|修订|修正|调整|核定|减|降", match[0]):
            return match
    return None


def _about_the_event(script: Script, part: Part) -> Iterator[tuple[int, str, Sensitivity]]:
    book, plain = _book(), script.plain(part)
    for start, word in book.words.found_in(plain, script.pairs(part)):
        kind = book.kinds.get(word)
        if kind is None or book.unmeant.search(plain, max(0, start - _UNMEANT_REACH), start):
            continue
        if kind in (Sensitivity.PLACE, Sensitivity.GROUP) and not _is_there(
            plain, start, word, part is Part.TITLE, kind
        ):
            continue
        yield start, word, kind


def _is_there(plain: str, start: int, word: str, is_title: bool, kind: Sensitivity) -> bool:
    """Whether it happens at this place or to these people."""
    end = start + len(word)
    if kind is Sensitivity.PLACE and _BESIDE.match(plain, end):
        return False
    if word in _HEALTH:
        return _AT_HOSPITAL.match(plain, end) is not None and not _BROUGHT.search(
            plain, max(0, start - 10), start
        )
    if is_title:
        return True
    # from the end of the sentence before to the end of this one, within reach
    begin = max(plain.rfind(mark, 0, start) for mark in "。；\n") + 1
    after = plain[end : end + _AFTER].partition("。")[0]
    return bool(_EVENT.search(after) or _EVENT.search(plain, max(begin, start - _BEFORE), start))


@lru_cache(maxsize=1)
def _book() -> _Lexicon:
    """sensitivity.toml. Raises KeyError when one of its tables is missing: stop at start-up."""
    read = lexicon("sensitivity")
    kinds = {word: kind for kind in Sensitivity for word in read[kind.value]["words"].split()}
    before = "|".join(read["unmeant"]["before"].split())
    return _Lexicon(
        words=Words((*kinds, *read["neutral"]["words"].split())),
        kinds=kinds,
        unmeant=re.compile(rf"(?:{before})[^,，。；]*$"),
    )
