"""Sentences: the pieces of a report's words that can speak of the main event, and those that cannot.

For: every room that must not take an old, other or imagined event for this one. Must never enter: what is read from a
sentence. The title always speaks of the event. Statistics (每年, 近3年), history (去年, 此前曾) and other events of the
same kind (另一起) are told apart by the words that introduce them, in the body only.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from models.understanding import Part
from workflows.judgement.understanding.harms import HarmWord, harm_words
from workflows.judgement.understanding.script import Script


@dataclass(frozen=True, slots=True)
class Sentence:
    """`start` to before `end` of a part's plain form; `order` counts through title and text."""

    part: Part
    text: str
    start: int
    end: int
    order: int
    words: list[HarmWord]


# A piece of some 400 characters without a full stop ends at its next comma: the work on a piece grows with its square.
_SENTENCE: Final = re.compile(r"[^。！？!?\n]{1,360}[^。！？!?\n，,、；;]{0,40}")
_BACKGROUND: Final = re.compile(
    # one of the characters that an alternative begins with: most of a sentence is passed over at once
    r"(?=[0-9一二两三四五六七八九十数几半去前往历有上曾近每年平月据此之早先另同类当演模谣不系为法条规处标])(?:"
    r"去年|前年|往年|历年|历史上|有史以来|有记录以来|上世纪|上个?月|曾经?(?:发生|造成|导致|有|遭|在|先后|因|制造|策划)|"
    r"[0-9一二两三四五六七八九十数几半]个?[年月]前|近[0-9一二两三四五六七八九十几数]+年|近年|每[年天日]|年均|平均|"
    r"[年月][^，。]{0,8}以来(?![^，。]{0,6}最)|年至今|据[^，。]{0,8}统计，?[^，。]{0,6}(?:年|全国|全球)|"
    r"(?:此前|之前|早前|先前|早些时候)[^。]{0,20}(?:发生|起|造成|袭击|爆炸)|"
    r"前[0-9一二两三四几]+[起次]|另一起|另外一起|同类事[故件]|类似事[故件]|[上前]一[次起]|上次|当年|往常|演练|演习|模拟|谣传|谣言|不实|"
    r"系误报|为误报|法律|条例|规定|处罚|有期徒刑|标准为)"
)
_OTHER_MONTH: Final = re.compile(
    r"(?:今年|同年)?[0-9一二三四五六七八九十]{1,3}月(?:份|初|底|中旬|[上下]旬)?[，,]"
)
_AFTERSHOCK: Final = re.compile(r"余震(?:已|共)?(?:造成|导致|致)")
_MAIN_SHOCK: Final = re.compile(r"大地震[^，。]{0,4}(?:造成|导致|致|遇难|死亡)")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}年")
_BARE_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}年(?![0-9]{1,2}月|度|版)")
_DAY: Final = re.compile(r"([0-9]{1,2})[日号](?![电讯]|报道|消息)")
_HAPPENS: Final = re.compile(r"发生|突发|遭遇|爆发")


def sentences(script: Script) -> tuple[Sentence, ...]:
    """Title and sentences of the text that hold a word of harm and may speak of the main event, in order."""
    title = Sentence(
        Part.TITLE, script.plain_title, 0, len(script.plain_title), 0, harm_words(script.plain_title)
    )
    return (title, *_of_main_event(script.plain_text))


def _of_main_event(text: str) -> Iterator[Sentence]:
    words = deque(harm_words(text))
    years: set[str] = set()
    days: set[int] = set()
    is_aftershock = "余震" in text and _AFTERSHOCK.search(text) is not None
    for order, match in enumerate(_SENTENCE.finditer(text), start=1):
        start, end = match.span()
        is_old = order > 1 and _OTHER_MONTH.match(text, start) is not None
        if text.find("年", start, end) >= 0:
            its_years = set(_YEAR.findall(text, start, end))
            is_old |= order > 1 and bool(_BARE_YEAR.search(text, start, end) or (years and its_years - years))
            years |= its_years
        is_old |= is_aftershock and _MAIN_SHOCK.search(text, start, end) is not None
        its_days = _event_days(text, start, end)
        is_old = is_old or bool(days and its_days and max(its_days) < min(days))
        days |= its_days
        its_words = []
        while words and words[0].start < end:
            its_words.append(words.popleft())
        if its_words and not is_old:
            end = _background_start(text, start, end)
            if end > its_words[0].start:
                yield Sentence(
                    Part.TEXT, text, start, end, order, [word for word in its_words if word.end <= end]
                )


def _background_start(text: str, start: int, end: int) -> int:
    """Where a sentence turns to other events: before the clause that says so; its end when none does."""
    background = _BACKGROUND.search(text, start, end)
    if background is None:
        return end
    return max(start, text.rfind("，", start, background.start()))


def _event_days(text: str, start: int, end: int) -> set[int]:
    """The days of the month on which something happens there; the day of a dispatch (9日电) is none."""
    if text.find("日", start, end) < 0 or not _HAPPENS.search(text, start, end):
        return set()
    return {int(day) for day in _DAY.findall(text, start, end)}
