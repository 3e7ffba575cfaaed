"""Why reports and incidents are held to be one event or two: the likelihood, its points, and the next best choice."""

from collections.abc import Iterator, Mapping, Sequence

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
from models.messages.event import Event
from streams.cli.reasons.reason import Known, Reason
from streams.cli.reasons.words import of_actor

_CHOICE: Mapping[str, str] = {
    "opened": "opened it 立案",
    "asked": "opened it and asks the officer 立案并请值班员研判",
    "same_event": "joined it, one event 归入同一事件",
    "refers_to": "joined it, which it refers to 按引用归入",
    "awaited": "joined what had referred to it 先到的报告引用了它",
}
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
    waits = () if data.awaits is None else (f"waits 等待: for report {data.awaits}, which it refers to",)
    return Reason(event, what, (*waits, *_weighed(event, data.candidates, known)))


def of_twins(event: Event, data: TwinsCompared, known: Known) -> Reason:
    """The look for the same event opened elsewhere meanwhile."""
    return Reason(event, "looked for a twin 查重", tuple(_weighed(event, data.candidates, known)))


def of_suggestion(event: Event, data: MergeSuggested, known: Known) -> Reason:
    """Two that may be one: a question to the officer."""
    what = f"may be one with 疑似同一事件 {data.suggestion.incident_id}: an officer decides"
    return Reason(event, what, (*_lines(known), *_score("score 得分", data.suggestion)))


def of_merge(event: Event, data: IncidentMerged | IncidentAbsorbed | ReportsSplitOff) -> Reason:
    """A merge, seen from either side, or a split."""
    what = f"{_change(data)}, by {of_actor(event.actor)}"
    return Reason(event, what, (f"reason 理由: {data.reason}",))


def _change(data: IncidentMerged | IncidentAbsorbed | ReportsSplitOff) -> str:
    match data:
        case IncidentMerged():
            return f"merged into 并入 {data.into}"
        case IncidentAbsorbed():
            return f"absorbed 吸收 {data.incident_id} with {data.reports} reports"
        case ReportsSplitOff():
            return f"split off 拆分 {data.into}, {data.reports} reports stay"


def _weighed(event: Event, candidates: Sequence[FusionScore], known: Known) -> Iterator[str]:
    if candidates:
        yield from _lines(known)
    for score in candidates:
        if score.incident_id == event.incident_id:
            yield from _score("score 得分", score)
    others = [score for score in candidates if score.incident_id != event.incident_id]
    if others:
        yield from _score("nearest 其次", max(others, key=lambda score: score.score))
    else:
        yield "nearest 其次: no other candidate 无其他候选"


def _lines(known: Known) -> Iterator[str]:
    if known.rules is not None:
        fusion = known.rules.fusion
        yield f"rule 规则: one event from {fusion.same_at_least:g} on, a question from {fusion.ask_at_least:g} on"
        yield f"points 分值: {fusion.points.start:+g} to begin with, and what is seen; score = 1 / (1 + e^-points)"


def _score(label: str, score: FusionScore) -> Iterator[str]:
    yield f"{label}: {score.incident_id} {score.score:.2f}, {_OUTCOME[score.outcome]}"
    for one in score.features:
        yield f"  {_FEATURE[one.feature]} {one.points:+.1f}: {one.reason}"
