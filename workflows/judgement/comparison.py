"""Comparison: whether two things reported are one event, as points for and against, each with what was seen.

For: the one rule by which a report is compared with an incident, and an incident with its twin. Points are log-odds:
they are added up, and the sum becomes a likelihood. What neither says counts for nothing, so silence is no
contradiction. Must never enter: figures (all in the rulebook's `fusion`, all ours), and which incidents are compared.
"""

from math import exp
from typing import NamedTuple

from models.categories import Category, category_facts
from models.events.perception import FeaturePoints, FusionFeature, FusionOutcome
from models.likeness import Likeness
from models.messages.report import FACT_NAMES
from workflows.judgement import character_pairs, nearness
from workflows.judgement.likeness import Seen, View
from workflows.rulebook import Fusion, FusionPoints

_DIGITS = 4
_COUNTED = frozenset(FACT_NAMES)


class Comparison(NamedTuple):
    """How likely it is one event, what that comes to, and what was seen that says so."""

    score: float
    outcome: FusionOutcome
    seen: tuple[tuple[FusionFeature, Seen], ...]

    def features(self) -> tuple[FeaturePoints, ...]:
        """What was seen, as the log keeps it."""
        return tuple(
            FeaturePoints(feature=feature, points=round(seen.points, 2), reason=seen.reason)
            for feature, seen in self.seen
        )


def compare(one: View, other: View, rules: Fusion, spread_ratio: float = 0.0) -> Comparison | None:
    """Lay two side by side; which is which does not matter. None where they cannot be one event.

    `spread_ratio` says how far what is wide has spread over its district (`nearness.of_place`).
    """
    mine, theirs = one.likeness, other.likeness
    if mine.exercise != theirs.exercise or mine.nature is not theirs.nature:
        return None
    points, reach = rules.points, rules.reach_of(mine.category, theirs.category)
    time = nearness.of_time(one, other, reach, points)
    if time is None:
        return None
    is_covered = _is_covered(one, other, rules)
    has_spread = is_covered or reach is rules.wide_reach
    spread = spread_ratio if has_spread else 0.0
    place = nearness.of_place(one, other, _reached(rules, spread), points, spread)
    if place is None:
        return None
    kind = _of_category(mine.category, theirs.category, points)
    if is_covered and spread_ratio:
        kind = Seen(points.category_not_given_in_spread, ("category not given, where a wide one has spread",))
    features = (
        (FusionFeature.PLACE, place),
        (FusionFeature.TIME, time),
        (FusionFeature.CATEGORY, kind),
        (FusionFeature.WORDS, _of_words(one, other, points)),
        (FusionFeature.NUMBERS, _of_numbers(mine, theirs, rules)),
        (FusionFeature.REPORTER, _of_reporters(mine, theirs, points)),
    )
    seen = tuple((feature, found) for feature, found in features if found is not None)
    score = _likelihood(points.start + sum(found.points for _, found in seen))
    return Comparison(score, _outcome(score, rules), seen)


def _reached(rules: Fusion, spread_ratio: float) -> nearness.Distances:
    """What could spread lies at one spot until it has: two floods a few kilometres apart may be two."""
    point, wide = rules.point_reach, rules.wide_reach
    return nearness.Distances(
        point.near_metres + (wide.near_metres - point.near_metres) * spread_ratio,
        point.apart_metres + (wide.apart_metres - point.apart_metres) * spread_ratio,
    )


def _is_covered(one: View, other: View, rules: Fusion) -> bool:
    """One does not say what it is, and comes from a township over which the other may have spread."""
    mine, theirs = one.category, other.category
    is_one_of_each = (_is_unknown(mine) and theirs in rules.wide) or (
        _is_unknown(theirs) and mine in rules.wide
    )
    return is_one_of_each and not one.areas.keys().isdisjoint(other.areas)


def _is_unknown(category: Category | None) -> bool:
    return category is None or category.is_vague


def _likelihood(points: float) -> float:
    return round(1 / (1 + exp(-points)), _DIGITS)


def _outcome(score: float, rules: Fusion) -> FusionOutcome:
    if score >= rules.same_at_least:
        return FusionOutcome.SAME
    return FusionOutcome.ASK if score >= rules.ask_at_least else FusionOutcome.DIFFERENT


def _of_category(one: Category | None, other: Category | None, points: FusionPoints) -> Seen:
    """Families are what witnesses may confuse; a category that nobody gave may be any, one that was read wrong."""
    if one is other and one is not None:
        return Seen(points.same_category, ("both", one))
    if one is None or other is None or _is_unknown(one) or _is_unknown(other):
        return Seen(points.category_not_given, ("category not given",))
    families = category_facts()
    if families[one].family is families[other].family:
        return Seen(points.same_family, (min(one, other), "and", max(one, other)))
    return Seen(points.other_family, (min(one, other), "is not", max(one, other)))


def _of_words(one: View, other: View, points: FusionPoints) -> Seen | None:
    shared = character_pairs.shared_ratio(one.pairs, other.pairs)
    if shared is None:
        return None
    said = points.words_unlike + (points.words_alike - points.words_unlike) * shared
    return Seen(said, (f"{shared:.0%}", "of the pairs of characters shared"))


def _of_numbers(one: Likeness, other: Likeness, rules: Fusion) -> Seen | None:
    """Totals above 0 that both state. One that contradicts outweighs those that agree; more of them say no more."""
    points, agreeing = rules.points, list[str]()
    later_of_one = (one.sketch.reported_to - other.sketch.reported_to).total_seconds()
    for name in one.facts.model_fields_set & other.facts.model_fields_set:
        mine, theirs = getattr(one.facts, name), getattr(other.facts, name)
        if not mine or not theirs or name not in _COUNTED:
            continue
        ratio = min(mine, theirs) / max(mine, theirs)
        is_vague = name in one.approximate or name in other.approximate
        if ratio == 1 or (is_vague and ratio >= rules.totals_alike_ratio):
            agreeing.append(name)
        elif ratio < rules.totals_unlike_ratio and abs(mine - theirs) > rules.totals_apart:
            if (later_of_one if mine > theirs else -later_of_one) >= rules.grown_after_seconds:
                continue
            return Seen(
                points.number_contradicts, (name, "contradicts:", min(mine, theirs), "and", max(mine, theirs))
            )
    return Seen(points.number_agrees, (*sorted(agreeing), "agree")) if agreeing else None


def _of_reporters(one: Likeness, other: Likeness, points: FusionPoints) -> Seen | None:
    if not one.reporters or not other.reporters:
        return None
    common = {*one.reporters} & {*other.reporters}
    return Seen(points.same_reporter, (min(common), "reported both")) if common else None
