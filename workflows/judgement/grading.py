"""Grading 分级: the level that a case has, with every line that holds, what would come next and what is not known.

One function serves the preliminary and the final grade. The packs in force on the day of the event speak; any one line
gives its level and the worst wins; 以上 includes the number. Unknown is not zero: a total that nobody stated reaches no
line, it is asked for. Source of the lines: the rulebook's packs (`workflows.rulebook_packs`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.events.assessment import (
    ConditionMet,
    ExpertQuestion,
    FactCounted,
    FactQuestion,
    FiredRule,
    NextLine,
)
from models.understanding import SensitiveFound
from models.vocabulary import Level
from workflows.judgement.case import Case
from workflows.judgement.prospects import (
    PackLine,
    expert_questions,
    fact_questions,
    is_met,
    known_total,
    next_lines,
)
from workflows.rulebook import Rulebook
from workflows.rulebook_packs import Condition, GradingLine, GradingPack, packs_for

LOWEST = Level.IV
_MILDEST_FIRST = tuple(sorted(Level, key=lambda level: level.severity))


@dataclass(frozen=True, slots=True)
class Grade:
    """A level and why. `line_level` is what the lines alone give, before anything sensitive raised it."""

    level: Level
    line_level: Level
    fired: tuple[FiredRule, ...]
    raised_by: tuple[SensitiveFound, ...]
    next_lines: tuple[NextLine, ...]
    questions: tuple[FactQuestion, ...]
    expert_questions: tuple[ExpertQuestion, ...]


def grade(case: Case, rules: Rulebook) -> Grade:
    """The level of this case and everything that explains it. Level IV when no line holds."""
    packs, gives = _packs(case, rules), _raised_levels(case, rules)
    lines = [PackLine(pack, line, gives[line.level]) for pack, line in _lines_there(packs, case)]
    holding = [one for one in lines if _holds(one.line, case)]
    line_level = worst(one.line.level for one in holding)
    level = gives[line_level]
    above = [one for one in lines if one.gives.severity > level.severity]
    return Grade(
        level=level,
        line_level=line_level,
        fired=tuple(_fired(one, case) for one in sorted(holding, key=lambda one: -one.line.level.severity)),
        raised_by=_raisers(case, rules) if level is not line_level else (),
        next_lines=next_lines(case.facts, above),
        questions=fact_questions(case.facts, above),
        expert_questions=expert_questions(case.facts, packs, gives, level),
    )


def level_of(case: Case, rules: Rulebook) -> Level:
    """The level alone, the same as `grade` finds and cheaper; for what only has to know how bad it is."""
    lines = _lines_there(_packs(case, rules), case)
    return _raised_levels(case, rules)[worst(line.level for _, line in lines if _holds(line, case))]


def worst(levels: Iterable[Level]) -> Level:
    """The most severe of these levels; IV when there is none."""
    return max(levels, key=lambda level: level.severity, default=LOWEST)


def _packs(case: Case, rules: Rulebook) -> tuple[GradingPack, ...]:
    return packs_for(rules.grading, case.category, case.nature, case.happened_on)


def _lines_there(packs: Iterable[GradingPack], case: Case) -> Iterator[tuple[GradingPack, GradingLine]]:
    """The lines that hold where it happened; one for areas of a list says nothing where the district is unknown."""
    for pack in packs:
        for line in pack.lines:
            if line.where is None or case.district_code in pack.areas[line.where]:
                yield pack, line


def _holds(line: GradingLine, case: Case) -> bool:
    return all(is_met(condition, case.facts) for condition in line.conditions)


def _fired(one: PackLine, case: Case) -> FiredRule:
    return FiredRule(
        pack_id=one.pack.pack_id,
        rule_id=one.line.id,
        level=one.line.level,
        met=tuple(_met(condition, case) for condition in one.line.conditions),
        source=one.line.source,
        preliminary=one.line.preliminary,
    )


def _met(condition: Condition, case: Case) -> ConditionMet:
    counted = tuple(
        FactCounted(fact=fact, value=value, origin=case.origins.get(fact))
        for fact in condition.facts
        if (value := getattr(case.facts, fact)) is not None
    )
    return ConditionMet(
        counted=counted, value=known_total(condition, case.facts) or 0, at_least=condition.at_least
    )


def _raised_levels(case: Case, rules: Rulebook) -> Mapping[Level, Level]:
    """Each level once what is sensitive has raised it: by its number, never past the cap, never lower."""
    raises_by, cap = rules.sensitive.raises_by, rules.sensitive.at_most.severity
    steps = max((raises_by[one.kind] for one in case.sensitive), default=0)
    return {
        level: _MILDEST_FIRST[max(place, min(place + steps, cap - 1))]
        for place, level in enumerate(_MILDEST_FIRST)
    }


def _raisers(case: Case, rules: Rulebook) -> tuple[SensitiveFound, ...]:
    return tuple(one for one in case.sensitive if rules.sensitive.raises_by[one.kind])
