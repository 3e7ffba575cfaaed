"""Why an incident has its level: each line that holds, with its fact, its words, its source and the next line up."""

from collections.abc import Iterator

from models.events.assessment import (
    ConditionMet,
    ExpertQuestion,
    FactCounted,
    FactQuestion,
    FiredRule,
    Graded,
    Grading,
    NextLine,
    PreliminaryGraded,
)
from models.messages.event import Event
from models.vocabulary import ActorKind
from streams.cli.reasons.reason import Reason
from streams.cli.reasons.words import LEVEL, of_actor, of_fact, of_number, of_spans


def of_grade(event: Event, data: Graded | PreliminaryGraded) -> Reason:
    """A level, preliminary or in force."""
    kind = "preliminary 初步" if isinstance(data, PreliminaryGraded) else "in force 定级"
    what = f"level {LEVEL[data.level]}, {kind}, by {of_actor(event.actor)}"
    if event.actor.kind is ActorKind.OFFICER:
        return Reason(event, what, (f"reason 理由: {data.reason}",))
    return Reason(event, what, tuple(_lines(data)))


def _lines(data: Grading) -> Iterator[str]:
    if data.reason == "correction":
        yield "lowered 下调: totals were corrected 数据更正"
    for fired in data.fired:
        yield from _of_rule(fired)
    if not data.fired:
        yield "no line of any rule holds 未达到任何条件: the lowest level"
    if data.raised_by:
        yield f"raised 提级: sensitive 敏感 {of_spans([one.span for one in data.raised_by])}"
    yield from map(_nearest, data.next_lines)
    yield from map(_question, data.questions)
    yield from map(_expert_question, data.expert_questions)


def _of_rule(fired: FiredRule) -> Iterator[str]:
    numbers = " and 且 ".join(map(_reached, fired.met))
    mark = ", preliminary 初判" if fired.preliminary else ""
    yield f"rule 规则 {fired.pack_id}/{fired.rule_id}: {numbers} gives {LEVEL[fired.level]}{mark}"
    yield from (f"  {_words(one)}" for met in fired.met for one in met.counted if one.origin is not None)
    yield f"  source 出处: {fired.source}"


def _reached(met: ConditionMet) -> str:
    totals = " + ".join(of_fact(one.fact) for one in met.counted)
    return f"{totals} {of_number(met.value)}, line at 界线 {of_number(met.at_least)}"


def _words(one: FactCounted) -> str:
    if one.origin is None:
        raise ValueError(f"nobody is known to have given {one.fact}")
    told = of_spans(one.origin.spans) or "a field of it 结构化字段"
    return f"words 原文: {told}, report 报告 {one.origin.source_id}/{one.origin.report_id}"


def _nearest(line: NextLine) -> str:
    return f"nearest 最近的另一条: {of_number(line.needed)} more of {of_fact(line.fact)} gives {LEVEL[line.level]}"


def _question(question: FactQuestion) -> str:
    least = of_number(question.at_least)
    return f"unknown 待核实: {of_fact(question.fact)}, {least} or more gives {LEVEL[question.level]}"


def _expert_question(question: ExpertQuestion) -> str:
    asked = f"expert 专家研判: {question.ask_en} {question.ask_zh}"
    return f"{asked} yes 是 gives {LEVEL[question.level]}, source 出处: {question.source}"
