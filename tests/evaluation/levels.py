"""Levels: how often the rule packs give the same level from what was understood as from what people labelled.

For: the one figure that says what all misreadings together cost. Must never enter: thresholds. The labels have no
magnitude, so casualties alone are graded on both sides, by the packs in force on the day of the event. Texts whose
labels are uncertain are left out.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from models.categories import Category, category_named
from models.messages.report import Facts
from models.vocabulary import Level, Nature
from tests.evaluation.figure import Figure
from tests.evaluation.kinds import Row, rows
from workflows.judgement.case import Case, beijing_day
from workflows.judgement.grading import level_of
from workflows.judgement.understanding.dates import expressions
from workflows.judgement.understanding.script import script_of
from workflows.judgement.understanding.understand import understand
from workflows.rulebook import Rulebook
from workflows.rulebook_file import default_rulebook

LABELLED: Final = ("deaths", "missing", "serious", "injured", "trapped")
GOAL: Final = 0.95
_MISS_CHARACTERS: Final = 120


def figures() -> Iterator[Figure]:
    """The level of every certain text of the corpus."""
    rules = default_rulebook()
    read = [
        (row, _labelled(row, row.reported_at, rules), _understood(row, row.reported_at, rules))
        for row in rows()
        if row.reported_at is not None and not row.labels["uncertain"]
    ]
    misses = tuple(
        f"{row.text_id} {expected}, got {found} | {row.title} | {row.text[:_MISS_CHARACTERS]}"
        for row, expected, found in read
        if expected is not found
    )
    yield Figure("level by the rule packs", len(read) - len(misses), len(read), GOAL, misses)


def _labelled(row: Row, reported_at: datetime, rules: Rulebook) -> Level:
    said = next(expressions(script_of(None, row.labels["event_time"]).plain_text, reported_at), None)
    facts = {name: row.labels[name] for name in LABELLED}
    return _level(category_named(row.category), facts, said.moment if said else reported_at, rules)


def _understood(row: Row, reported_at: datetime, rules: Rulebook) -> Level:
    found = understand(row.title, row.text, reported_at)
    facts = {one.fact: one.value for one in found.facts if one.fact in LABELLED}
    kind = found.category.category if found.category else None
    return _level(kind, facts, found.time.moment if found.time else reported_at, rules)


def _level(kind: Category | None, facts: Mapping[str, float], moment: datetime, rules: Rulebook) -> Level:
    case = Case(
        category=kind,
        nature=Nature.EMERGENCY,
        facts=Facts.model_validate(facts),
        origins={},
        happened_on=beijing_day(moment),
        district_code=None,
        sensitive=(),
    )
    return level_of(case, rules)
