"""Why reports and incidents are held to be one event or two: the score, what it rests on, and the best other choice."""

from collections.abc import Iterator, Sequence

from models.events.perception import (
    FusionScore,
    IncidentAbsorbed,
    IncidentMerged,
    ReportJoined,
    ReportsSplitOff,
    TwinsCompared,
)
from models.messages.event import Event
from streams.cli.reasons.reason import Reason
from streams.cli.reasons.words import of_actor

_NONE_OTHER = "nearest 其次: no other candidate 无其他候选"


def of_join(event: Event, data: ReportJoined) -> Reason:
    """A report that opened this incident or joined it."""
    what = f"report 报告 {data.source_id}/{data.report_id} ({data.channel.value}): {data.fusion_reason}"
    return Reason(event, what, tuple(_weighed(event, data.candidates)))


def of_twins(event: Event, data: TwinsCompared) -> Reason:
    """The look for the same event opened elsewhere meanwhile."""
    return Reason(event, "looked for a twin 查重", tuple(_weighed(event, data.candidates)))


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


def _weighed(event: Event, candidates: Sequence[FusionScore]) -> Iterator[str]:
    own = [score for score in candidates if score.incident_id == event.incident_id]
    others = sorted((score for score in candidates if score not in own), key=lambda score: -score.score)
    yield from (f"score 得分 {score.score:.2f}: {score.reason}" for score in own)
    if others:
        best = others[0]
        yield f"nearest 其次: {best.incident_id} {best.score:.2f}: {best.reason}"
    else:
        yield _NONE_OTHER
