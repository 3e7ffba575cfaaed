"""Grading 分级: the level that stated facts give, with every line that holds.

One function serves the preliminary and the final grade. Any one condition gives its level and the worst wins; 以上
includes the number. Unknown is not zero: a fact nobody stated reaches no line.
Source of the lines: the rulebook's `grading` (Order 493 of the State Council, article 3, in the shipped one).
"""

from dataclasses import dataclass

from models.events.assessment import FiredRule
from models.messages.report import Facts
from models.vocabulary import Level
from workflows.rulebook import Rulebook

LOWEST = Level.IV


@dataclass(frozen=True, slots=True)
class Grade:
    """A level and why."""

    level: Level
    fired: tuple[FiredRule, ...]


def grade(facts: Facts, rules: Rulebook) -> Grade:
    """The level of these totals. Level IV when no line holds."""
    fired: list[FiredRule] = []
    for rule in rules.grading:
        value = getattr(facts, rule.fact)
        if value is not None and value >= rule.at_least:
            fired.append(
                FiredRule(
                    rule_id=rule.id,
                    level=rule.level,
                    fact=rule.fact,
                    value=value,
                    at_least=rule.at_least,
                    source=rule.source,
                )
            )
    return Grade(worst([LOWEST, *(rule.level for rule in fired)]), tuple(fired))


def worst(levels: list[Level]) -> Level:
    """The most severe of these levels."""
    return max(levels, key=lambda level: level.severity)
