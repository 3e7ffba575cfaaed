"""Why an incident has its level: each line that holds, with its fact, its words, its source and the next line up."""

from collections.abc import Iterator

from models.events.assessment import FiredRule, Graded, PreliminaryGraded
from models.messages.event import Event
from models.vocabulary import ActorKind
from streams.cli.reasons.reason import Known, Reason
from streams.cli.reasons.words import LEVEL, of_actor, of_fact, of_number, of_spans


def of_grade(event: Event, data: Graded | PreliminaryGraded, known: Known) -> Reason:
    """A level, preliminary or in force."""
    kind = "preliminary 初步" if isinstance(data, PreliminaryGraded) else "in force 定级"
    what = f"level {LEVEL[data.level]}, {kind}, by {of_actor(event.actor)}"
    if event.actor.kind is ActorKind.OFFICER and isinstance(data, Graded):
        return Reason(event, what, (f"reason 理由: {data.reason}",))
    lines = [line for fired in data.fired for line in _of_rule(fired, known)]
    return Reason(
        event, what, tuple(lines) or ("no line of any rule holds 未达到任何条件: the lowest level",)
    )


def _of_rule(fired: FiredRule, known: Known) -> Iterator[str]:
    number = f"{of_fact(fired.fact)} {of_number(fired.value)}, line at 界线 {of_number(fired.at_least)}"
    yield f"rule 规则 {fired.rule_id}: {number} gives {LEVEL[fired.level]}"
    yield from (
        f"  {line}"
        for line in (*_words(fired, known), f"source 出处: {fired.source}", *_nearest(fired, known))
    )


def _words(fired: FiredRule, known: Known) -> Iterator[str]:
    origin = known.origins.get(fired.fact)
    if origin is not None:
        told = of_spans(origin.spans) or "a field of it 结构化字段"
        yield f"words 原文: {told}, report 报告 {origin.source_id}/{origin.report_id}"


def _nearest(fired: FiredRule, known: Known) -> Iterator[str]:
    if known.rules is None:
        return
    worse = [r for r in known.rules.grading if r.fact == fired.fact and r.at_least > fired.value]
    if worse:
        line = min(worse, key=lambda rule: rule.at_least)
        more = of_number(line.at_least - fired.value)
        yield f"nearest 最近的另一条: {more} more of {of_fact(fired.fact)} gives {LEVEL[line.level]}"
