"""Likeness: a report's account, or an incident's state, as what fusion compares.

For: one shape for both, so that one rule compares a report with an incident and an incident with its twin, and the
same laid out as a view, made once however many it is compared with. Must never enter: weights, and the comparing
itself (`workflows.judgement.comparison`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.categories import Category
from models.identifiers import AreaCode
from models.likeness import REPORTERS_REMEMBERED, Likeness, Point, Sketch
from models.messages.report import FACT_NAMES, Facts
from workflows.incident import Incident
from workflows.judgement import character_pairs, sketching
from workflows.judgement.account import Account
from workflows.rulebook import Fusion

_DISTRICT = 6  # digits of a code
_TOWNSHIP = 9


class Seen(NamedTuple):
    """What was seen of one feature, and the points that the rulebook gives for it."""

    points: float
    what: tuple[object, ...]

    @property
    def reason(self) -> str:
        """What was seen, in words."""
        return " ".join(str(part) for part in self.what)


@dataclass(frozen=True, slots=True)
class View:
    """A likeness laid out for comparing. `areas` has 1 for what is firm, else the share of the reports from there.

    `larger` are those of them that are larger than a township: hardly ever one, however many there are.
    `townships` are the firm ones, and `spread` is how many of them lie in the district that has most.
    """

    likeness: Likeness
    townships: frozenset[AreaCode]
    spread: int
    areas: Mapping[AreaCode, float]
    larger: tuple[AreaCode, ...]
    districts: frozenset[str]
    communities: frozenset[AreaCode]
    pairs: character_pairs.Pairs
    points: tuple[Point, ...]
    span: tuple[datetime, datetime]
    occurred: tuple[datetime, datetime] | None

    @property
    def category(self) -> Category | None:
        """What kind of event it is."""
        return self.likeness.category


def view_of(likeness: Likeness) -> View:
    """Lay it out."""
    sketch = likeness.sketch
    areas = _localities(sketch)
    townships = frozenset(code for code in firm_areas(sketch) if len(code) > _DISTRICT)
    occurred = None
    if sketch.occurred_from is not None and sketch.occurred_to is not None:
        occurred = (sketch.occurred_from, sketch.occurred_to)
    return View(
        likeness=likeness,
        townships=townships,
        spread=max(Counter(code[:_DISTRICT] for code in townships).values(), default=0),
        areas=areas,
        larger=tuple(code for code in areas if len(code) < _TOWNSHIP),
        districts=frozenset(code[:_DISTRICT] for code in areas),
        communities=frozenset(code for code in sketch.places if len(code) > _TOWNSHIP),
        pairs=character_pairs.pairs_in(sketch.words),
        points=sketch.points,
        span=(min(sketch.occurred_from or sketch.reported_from, sketch.reported_from), sketch.reported_to),
        occurred=occurred,
    )


def firm_areas(sketch: Sketch) -> frozenset[AreaCode]:
    """The areas that reports came from, without those that one report of several gave, perhaps by a slip."""
    is_single = max(sketch.areas.values(), default=0) == 1
    return frozenset(code for code, count in sketch.areas.items() if count > 1 or is_single)


def _localities(sketch: Sketch) -> Mapping[AreaCode, float]:
    """A township that is named is meant, whatever code was sent."""
    total, firm = sum(sketch.areas.values()), firm_areas(sketch)
    shares = {code: 1.0 if code in firm else count / total for code, count in sketch.areas.items()}
    return {**shares, **{AreaCode(code[:_TOWNSHIP]): 1.0 for code in sketch.places}}


def of_account(account: Account) -> Likeness:
    """What one report is compared by. A source that names no reporter is nobody in particular."""
    report = account.report
    return Likeness.model_construct(
        category=account.category,
        nature=report.nature,
        exercise=report.exercise,
        facts=account.facts,
        approximate=account.approximate,
        reporters=() if report.reporter_id is None else (report.reporter_key,),
        sketch=sketching.sketch_of(account),
    )


def of_incident(incident: Incident) -> Likeness:
    """What an incident is compared by, all its reports together."""
    named = [key for key in incident.reporters if not key.endswith("/")]
    return Likeness.model_construct(
        category=incident.category,
        nature=incident.nature,
        exercise=incident.exercise,
        facts=incident.facts,
        approximate=incident.approximate,
        reporters=tuple(sorted(named))[:REPORTERS_REMEMBERED],
        sketch=incident.sketch,
    )


def together(one: Likeness, other: Likeness, rules: Fusion) -> Likeness:
    """What both are compared by once they are one incident; `one` is the incident, or the older of two."""
    sketch = sketching.together(one.sketch, other.sketch)
    return Likeness.model_construct(
        category=settled_category(one.category, sketch, rules),
        nature=one.nature,
        exercise=one.exercise,
        facts=_highest(one.facts, other.facts),
        approximate=tuple(sorted({*one.approximate, *other.approximate})),
        reporters=tuple(sorted({*one.reporters, *other.reporters}))[:REPORTERS_REMEMBERED],
        sketch=sketch,
    )


def settled_category(known: Category | None, sketch: Sketch, rules: Fusion) -> Category | None:
    """What kind of event it is: as it was known, until by far more reports say another kind.

    One report may be read wrong, and the first of a flood may speak of a power cut. What is vague outvotes nothing.
    """
    counts = sketch.categories
    clear = [category for category in sorted(counts) if not category.is_vague] or sorted(counts)
    most = max(clear, key=lambda category: counts[category], default=None)
    if most is None or known is None or (known.is_vague and not most.is_vague):
        return most or known
    return most if counts[most] >= rules.outvoted_by_ratio * counts.get(known, 0) else known


def _highest(one: Facts, other: Facts) -> Facts:
    pairs = ((name, getattr(one, name), getattr(other, name)) for name in FACT_NAMES)
    known = {name: [value for value in values if value is not None] for name, *values in pairs}
    return Facts.model_construct(**{name: max(values, default=None) for name, values in known.items()})
