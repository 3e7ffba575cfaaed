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
from models.understanding import SensitiveFound
from models.vocabulary import ActorKind, Level
from streams.cli.reasons.phrases import LEVEL, SENSITIVE, of_actor, of_fact, of_number, of_spans
from streams.cli.reasons.reason import Known, Reason


def of_grade(event: Event, data: Graded | PreliminaryGraded, known: Known) -> Reason:
    """A level, preliminary or in force."""
    kind = "preliminary 初步" if isinstance(data, PreliminaryGraded) else "in force 定级"
    what = f"level {LEVEL[data.level]}, {kind}, by {of_actor(event.actor)}"
    if event.actor.kind is ActorKind.OFFICER:
        return Reason(event, what, (f"reason 理由: {data.reason}", _rules_alone(data)))
    return Reason(event, what, tuple(_lines(data, known)))


def _rules_alone(data: Grading) -> str:
    return f"nearest 其次: without the officer's word, by the rules alone 仅按规则, {LEVEL[data.rule_level]}"


def _lines(data: Grading, known: Known) -> Iterator[str]:
    if data.reason == "correction":
        yield "lowered 下调: totals were corrected 数据更正; both levels stay in the log"
    for fired in data.fired:
        yield from _of_rule(fired)
    if not data.fired:
        yield f"rule 规则: no line holds 未达到任何条件{_packs(data)}: the lowest level {LEVEL[_by_lines(data)]}"
    yield from _of_sensitive(data, known)
    if data.rule_level is not data.level:
        yield f"kept 保持: the rules give {LEVEL[data.rule_level]} now; silence lowers no level"
    yield from map(_nearest, data.next_lines)
    yield from map(_question, data.questions)
    yield from map(_expert_question, data.expert_questions)


def _by_lines(data: Grading) -> Level:
    """What the lines alone give: the worst of those that hold, level IV where none does."""
    return max((fired.level for fired in data.fired), key=lambda level: level.severity, default=Level.IV)


def _packs(data: Grading) -> str:
    """Of which packs, as far as what comes next tells."""
    ahead: tuple[NextLine | FactQuestion | ExpertQuestion, ...] = (
        *data.next_lines,
        *data.questions,
        *data.expert_questions,
    )
    packs = dict.fromkeys(one.pack_id for one in ahead)
    return f" of {', '.join(packs)}" if packs else ""


def _of_sensitive(data: Grading, known: Known) -> Iterator[str]:
    """What made it sensitive, and by how much that may raise a level; also where the cap left nothing to raise."""
    by_lines = _by_lines(data)
    if data.raised_by:
        for one in data.raised_by:
            yield f"raised 提级: {_sensitive(one, known)}"
        yield f"  from {LEVEL[by_lines]} to {LEVEL[data.rule_level]}{_cap(known)}"
        yield "  source 出处: the rulebook's [sensitive] 规则库，幅度与上限为本系统自定"
    elif known.sensitive and by_lines is data.rule_level:
        yield f"sensitive 敏感, not raised 不再提级: {_sensitive(known.sensitive[0], known)}{_cap(known)}"


def _sensitive(one: SensitiveFound, known: Known) -> str:
    by = f", by {known.rules.sensitive.raises_by[one.kind]}" if known.rules else ""
    told = f", report 报告 {known.told_by[one]}" if one in known.told_by else ""
    return f"sensitive {SENSITIVE[one.kind]}{by}: words 原文 {of_spans([one.span])}{told}"


def _cap(known: Known) -> str:
    return f"; cap 上限: never past {LEVEL[known.rules.sensitive.at_most]} for this" if known.rules else ""


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
    more = f"{of_number(line.needed)} more of {of_fact(line.fact)} gives {LEVEL[line.level]}"
    return f"nearest 最近的另一条: {more}, by {line.pack_id}/{line.rule_id}"


def _question(question: FactQuestion) -> str:
    least = of_number(question.at_least)
    gives = f"{least} or more gives {LEVEL[question.level]}, by {question.pack_id}/{question.rule_id}"
    return f"unknown 待核实: {of_fact(question.fact)}, {gives}"


def _expert_question(question: ExpertQuestion) -> str:
    asked = f"expert 专家研判: {question.ask_en} {question.ask_zh}"
    return f"{asked} yes 是 gives {LEVEL[question.level]}, source 出处: {question.source}"
