"""Why reports and incidents are held to be one event or two: the likelihood, its points, and the next best choice."""

import re
from collections.abc import Iterator, Mapping, Sequence

from models.areas import area_tree
from models.events.perception import (
    FusionFeature,
    FusionOutcome,
    FusionScore,
    IncidentAbsorbed,
    IncidentMerged,
    MergeSuggested,
    ReportJoined,
    ReportsSplitOff,
    TwinsCompared,
)
from models.identifiers import AreaCode, IncidentId
from models.messages.event import Event
from models.vocabulary import ActorKind
from streams.cli.reasons.phrases import of_actor
from streams.cli.reasons.reason import Known, Reason

_CHOICE: Mapping[str, str] = {
    "opened": "opened it 立案",
    "asked": "opened it and asks the officer 立案并请值班员研判",
    "same_event": "joined it, one event 归入同一事件",
    "refers_to": "joined it, which it refers to 按引用归入",
    "awaited": "joined what had referred to it 先到的报告引用了它",
    "split": "came with the split 随拆分转入",
}
# What decided where no score did; a score beside it is told and not obeyed.
_DECIDED: Mapping[str, str] = {
    "refers_to": "a report that refers to an earlier one belongs to its incident, whatever the score",
    "awaited": "a report of this incident had named it before it came, whatever the score",
    "split": "an officer chose the reports that go",
}
_UNBOUND = "nearest 其次: without that it would have been compared with what was open nearby 否则按相似度归并"
_AREA = re.compile(r"\b\d{6}(?:\d{3}){0,2}\b")
_OUTCOME: Mapping[FusionOutcome, str] = {
    FusionOutcome.SAME: "same 同一事件",
    FusionOutcome.ASK: "ask the officer 待研判",
    FusionOutcome.DIFFERENT: "different 不同事件",
}
_FEATURE: Mapping[FusionFeature, str] = {
    FusionFeature.PLACE: "place 地点",
    FusionFeature.TIME: "time 时间",
    FusionFeature.CATEGORY: "category 类别",
    FusionFeature.WORDS: "words 文字",
    FusionFeature.NUMBERS: "numbers 数字",
    FusionFeature.REPORTER: "reporter 报告人",
}


def of_join(event: Event, data: ReportJoined, known: Known) -> Reason:
    """A report that opened this incident or joined it."""
    choice = _CHOICE.get(data.fusion_reason, data.fusion_reason)
    what = f"report 报告 {data.source_id}/{data.report_id} ({data.channel.value}): {choice}"
    waits = (*_of_trust(data),)
    if data.awaits is not None:
        waits += (f"waits 等待: for report {data.awaits}, which it refers to",)
    decided = _DECIDED.get(data.fusion_reason)
    if decided is None:
        return Reason(event, what, (*waits, *_weighed(event, data.candidates, known)))
    bound = (*waits, f"rule 规则: {decided}")
    compared = tuple(_weighed(event, data.candidates, known)) if data.candidates else (_UNBOUND,)
    return Reason(event, what, (*bound, *compared))


def _of_trust(data: ReportJoined) -> Iterator[str]:
    if (low := data.low_trust) is not None:
        told = f"{low.reports} reports of one reporter within {low.within_seconds} s, where {low.most} are believed"
        yield f"low trust 存疑: {told}"


def of_twins(event: Event, data: TwinsCompared, known: Known) -> Reason:
    """The look for the same event opened elsewhere meanwhile."""
    return Reason(
        event, "looked for a twin 查重", (*_of_merging(known), *_weighed(event, data.candidates, known))
    )


def of_suggestion(event: Event, data: MergeSuggested, known: Known) -> Reason:
    """Two that may be one: a question to the officer."""
    what = f"may be one with 疑似同一事件 {data.suggestion.incident_id}: an officer decides"
    nothing = "nearest 其次: nobody merges them, and they stay two 不并案则各自办理"
    return Reason(event, what, (*_lines(known), *_score("score 得分", data.suggestion), nothing))


def of_merge(event: Event, data: IncidentMerged | IncidentAbsorbed, known: Known) -> Reason:
    """A merge, seen from either side."""
    if isinstance(data, IncidentMerged):
        what, other = f"merged into 并入 {data.into}", data.into
    else:
        what, other = f"absorbed 吸收 {data.incident_id} with {_reports(data.reports)}", data.incident_id
    return Reason(
        event, f"{what}, by {of_actor(event.actor)}", tuple(_of_merge(event, data.reason, other, known))
    )


def _of_merge(event: Event, reason: str, other: IncidentId, known: Known) -> Iterator[str]:
    yield f"reason 理由: {reason}"
    if event.actor.kind is ActorKind.OFFICER:
        yield "rule 规则: an officer's word merges at any score; the older incident stays 先立案者留存"
    else:
        yield from _of_merging(known)
    if other in known.scores:
        yield from _score("score 得分", known.scores[other])
    else:
        yield f"score 得分: this log compared it with none; see 见 `fenghuo explain {other}`"
    yield "nearest 其次: two events; a split of its reports undoes it 可拆分撤销"


def of_split(event: Event, data: ReportsSplitOff) -> Reason:
    """A split, seen from what stays."""
    stay = f"{_reports(data.reports)} stay" if data.reports != 1 else "1 report stays"
    what = f"split off 拆分 {data.into}, {stay}, by {of_actor(event.actor)}"
    undone = "nearest 其次: one event; a merge undoes it, and no rule merges the two again 可并案撤销，规则不再自动并案"
    return Reason(event, what, (f"reason 理由: {data.reason}", f"rule 规则: {_DECIDED['split']}", undone))


def _reports(count: int) -> str:
    return f"{count} report{'' if count == 1 else 's'}"


def _weighed(event: Event, candidates: Sequence[FusionScore], known: Known) -> Iterator[str]:
    if not candidates:
        yield "nearest 其次: no other open incident was near in place, time and kind 无其他候选"
        return
    yield from _lines(known)
    for score in candidates:
        if score.incident_id == event.incident_id:
            yield from _score("score 得分", score, "this one 本事件")
    others = [score for score in candidates if score.incident_id != event.incident_id]
    if others:
        yield from _score("nearest 其次", max(others, key=lambda score: score.score))
    else:
        yield "nearest 其次: another incident of its own; no other open one was near 无其他候选，否则另行立案"


def _lines(known: Known) -> Iterator[str]:
    if known.rules is not None:
        fusion = known.rules.fusion
        yield f"rule 规则: one event from {fusion.same_at_least:g} on, a question from {fusion.ask_at_least:g} on"
        yield f"points 分值: {fusion.points.start:+g} to begin with, and what is seen; score = 1 / (1 + e^-points)"


def _of_merging(known: Known) -> Iterator[str]:
    if known.rules is not None:
        yield f"rule 规则: two incidents are merged by rule from {known.rules.fusion.merge_at_least:g} on"


def _score(label: str, score: FusionScore, name: str | None = None) -> Iterator[str]:
    yield f"{label}: {name or score.incident_id} {score.score:.2f}, {_OUTCOME[score.outcome]}"
    for one in score.features:
        reason = _AREA.sub(_with_name, one.reason) if one.feature is FusionFeature.PLACE else one.reason
        yield f"  {_FEATURE[one.feature]} {one.points:+.1f}: {reason}"


def _with_name(code: re.Match[str]) -> str:
    """An area code with the area's name, as an officer knows it."""
    tree = area_tree()
    return f"{code[0]} {tree.full_name_zh(AreaCode(code[0]))}" if code[0] in tree else code[0]
