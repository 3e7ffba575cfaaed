"""Times: when the event happened, among all the days and clocks that a report names.

For: choosing. Must never enter: how an expression is read (`dates`). Datelines (11月23日电), what somebody said on a
day (15日表示) and 截至 tell when it was reported, not when it happened; a vague word (日前, 近日) tells nothing.
当地时间 without its Beijing time is read as it stands: no zone is guessed.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from models.understanding import Part, TimeFound
from workflows.judgement.understanding.dates import DATELINE, Expression, expressions
from workflows.judgement.understanding.script import Script

_REACH: Final = 14  # characters looked at on either side
_SAID: Final = re.compile(
    r"[，,]?[^，。,;；]{0,7}?(?:说|表示|称|宣布|披露|通报|透露|证实|获悉|了解到|发布|发表|指出|强调|介绍|赶到|前往|批示|从.{1,12}?(?:获悉|了解))"
)
_UNTIL: Final = re.compile(r"(?:截至|截止|直到|至|到)(?:[^，。,]{0,3})$")
_SPEAKER: Final = re.compile(r"(?:记者|发言人|官员|警方|局长|主任|部长)[^，。,]{0,2}$|消息[,，]?$|周年|纪念")
_HAPPENED: Final = re.compile(
    r"发生|突发|爆发|起火|失火|着火|大火|相撞|追尾|撞|袭|爆炸|中毒|坠|翻|倒塌|垮塌|滑坡|地震|火灾|车祸|出现|遭|冲出|泄漏|被淹|溺|落水|引发"
)
_CALLED: Final = re.compile(r"[，,]?[^，。,;；]{0,12}?(?:接到|接警|接报|报警|启动)")
_SENTENCE_END: Final = re.compile(r"[。；\n]")
_LATER: Final = 0.4  # points lost by each expression that stands before
_LOOKED_AT: Final = 24  # none after has any points left
_PART_OF_DAY: Final = timedelta(hours=6)
_BEIJING: Final = re.compile(r"北京时间[^，。,]{0,1}$")


class _Candidate(NamedTuple):
    part: Part
    expression: Expression
    points: float


def event_time(script: Script, reported_at: datetime) -> TimeFound | None:
    """The moment of the event, never after the report; None when the words give none."""
    candidates = [*_weighed(script, Part.TEXT, reported_at), *_weighed(script, Part.TITLE, reported_at)]
    best = max(candidates, key=lambda one: one.points, default=None)
    if best is None or best.points <= 0:
        return None
    found = _sharpened(best, candidates).expression
    return TimeFound(moment=found.moment, span=script.span(best.part, found.start, found.end))


def _sharpened(best: _Candidate, candidates: Iterable[_Candidate]) -> _Candidate:
    """11日下午, and later in the text 下午2时30分: the clock within the day or part of the day that was chosen."""
    vague = best.expression
    if vague.exact:
        return best
    width = timedelta(days=1) if vague.coarse else _PART_OF_DAY
    clocks = (c for c in candidates if c.expression.exact and c.points > 0)
    within = [c for c in clocks if timedelta(0) <= c.expression.moment - vague.moment < width]
    return max(within, key=lambda one: one.points, default=best)


def _weighed(script: Script, part: Part, reported_at: datetime) -> Iterator[_Candidate]:
    plain = script.plain(part)
    for order, found in enumerate(islice(expressions(plain, reported_at), _LOOKED_AT)):
        yield _Candidate(
            part, found, _points(plain, found) - _LATER * order - (1 if part is Part.TITLE else 0)
        )


def _points(plain: str, found: Expression) -> float:
    """How well this expression tells when the event happened; zero and below: not at all."""
    after = plain[found.end : found.end + _REACH]
    before = plain[max(0, found.start - _REACH) : found.start]
    points = 3.0 + (2.0 if found.exact else 0.0 if found.coarse else 0.5)
    if found.coarse and (DATELINE.match(after) or _SAID.match(after)):
        points -= 5.0
    elif DATELINE.match(after):
        points -= 3.0
    if _UNTIL.search(before) or _SPEAKER.search(before):
        points -= 4.0
    if _CALLED.match(after):
        points -= 1.5
    if _BEIJING.search(before):
        points += 2.0
    end_of_sentence = _SENTENCE_END.search(plain, found.end)
    if _HAPPENED.search(plain, found.end, end_of_sentence.start() if end_of_sentence else len(plain)):
        points += 2.0
    return points
