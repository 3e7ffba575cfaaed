"""Prospects: what it would take for a case to be graded worse, and which unknowns could do it.

For: the nearest line of each total that is known, the questions about those that are not, and those that only an
expert can answer. Must never enter: figures, and the level itself (`workflows.judgement.grading`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.events.assessment import ExpertQuestion, FactQuestion, NextLine
from models.messages.report import FACT_NAMES, Facts
from models.vocabulary import Level
from workflows.rulebook_packs import Condition, Figure, GradingLine, GradingPack


@dataclass(frozen=True, slots=True)
class PackLine:
    """A line of a pack, and the level that the case would have once it holds."""

    pack: GradingPack
    line: GradingLine
    gives: Level


@dataclass(frozen=True, slots=True)
class _Step:
    """How far one total is from one line."""

    needed: Figure
    goal: PackLine

    @property
    def order(self) -> tuple[Figure, int]:
        """The shortest first; of lines equally near the worst, for that is the level one would get."""
        return self.needed, -self.goal.gives.severity


def known_total(condition: Condition, facts: Facts) -> Figure | None:
    """The sum of the totals that are known; None when none of them is, which is not zero."""
    if len(condition.facts) == 1:
        alone: Figure | None = getattr(facts, condition.facts[0])
        return alone
    known = [value for fact in condition.facts if (value := getattr(facts, fact)) is not None]
    return sum(known) if known else None


def is_met(condition: Condition, facts: Facts) -> bool:
    """Whether what is known reaches the number; 以上 includes it."""
    total = known_total(condition, facts)
    return total is not None and total >= condition.at_least


def next_lines(facts: Facts, above: Sequence[PackLine]) -> tuple[NextLine, ...]:
    """For each known total the nearest line above; what still lacks another total as well is not near."""
    return tuple(
        NextLine(
            fact=fact,
            needed=step.needed,
            level=step.goal.gives,
            pack_id=step.goal.pack.pack_id,
            rule_id=step.goal.line.id,
        )
        for fact, step in _nearest(facts, above, are_known=True)
    )


def fact_questions(facts: Facts, above: Sequence[PackLine]) -> tuple[FactQuestion, ...]:
    """For each unknown total the nearest line above that it could reach, whatever the other unknowns turn out to be."""
    return tuple(
        FactQuestion(
            fact=fact,
            at_least=step.needed,
            level=step.goal.gives,
            pack_id=step.goal.pack.pack_id,
            rule_id=step.goal.line.id,
        )
        for fact, step in _nearest(facts, above, are_known=False)
    )


def expert_questions(
    facts: Facts, packs: Iterable[GradingPack], gives: Mapping[Level, Level], level: Level
) -> tuple[ExpertQuestion, ...]:
    """What only an expert can say and would make it worse than `level`, unless a number already rules it out.

    `gives` is the level that a case has once a line of some level holds.
    """
    return tuple(
        ExpertQuestion(
            ask_zh=line.ask_zh,
            ask_en=line.ask_en,
            level=gives[line.level],
            pack_id=pack.pack_id,
            rule_id=line.id,
            source=line.source,
        )
        for pack in packs
        for line in pack.expert_lines
        if gives[line.level].severity > level.severity
        and not any(_is_failed(condition, facts) for condition in line.conditions)
    )


def _nearest(facts: Facts, above: Sequence[PackLine], *, are_known: bool) -> Iterable[tuple[str, _Step]]:
    nearest: dict[str, _Step] = {}
    for goal in above:
        unmet = [one for one in goal.line.conditions if not is_met(one, facts)]
        for fact in {fact for one in unmet for fact in one.facts}:
            if (getattr(facts, fact) is not None) is are_known and _is_open(fact, unmet, facts, are_known):
                step = _Step(max(_gap(one, facts) for one in unmet if fact in one.facts), goal)
                if fact not in nearest or step.order < nearest[fact].order:
                    nearest[fact] = step
    return ((fact, nearest[fact]) for fact in FACT_NAMES if fact in nearest)


def _is_open(fact: str, unmet: Sequence[Condition], facts: Facts, are_known: bool) -> bool:
    """Whether this total alone can make the line hold; an unknown one may count on other unknowns."""
    others = [one for one in unmet if fact not in one.facts]
    return not (others if are_known else any(_is_failed(one, facts) for one in others))


def _is_failed(condition: Condition, facts: Facts) -> bool:
    """It does not hold and no unknown total could still make it hold."""
    return not is_met(condition, facts) and all(getattr(facts, fact) is not None for fact in condition.facts)


def _gap(condition: Condition, facts: Facts) -> Figure:
    """How much is lacking. By decimals, for 7.0 - 6.9 is a tenth to everybody but a binary fraction."""
    total = known_total(condition, facts) or 0
    if isinstance(total, int) and isinstance(condition.at_least, int):
        return condition.at_least - total
    lacking = Decimal(str(condition.at_least)) - Decimal(str(total))
    return int(lacking) if lacking == lacking.to_integral_value() else float(lacking)
