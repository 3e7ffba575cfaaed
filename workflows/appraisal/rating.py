"""Rating 五色评级: how well an area or unit works, from outcomes alone.

score = 100 x the weighted mean of the shares of good outcomes, over the measures that have any; the colour is the band
that the score lies in. It is computed in fractions, so that a band's edge is exact: 90 is green, a hair less is blue.
Weights, bands, the window and the smallest sample are the rulebook's. The colours are those of work, never of warnings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import floor
from sys import intern
from typing import NamedTuple

from models.identifiers import AreaCode, IncidentId, UnitCode
from models.messages.rating import Rating, RatingComponent
from models.units import parse_unit
from models.vocabulary import RatingColour, SubjectKind, Tier
from workflows.rulebook import RatingBands, Rulebook

MOST_INCIDENTS = 50  # the contract's bound on the ids behind a component
_DISTRICT_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a rating is about."""

    code: str
    kind: SubjectKind
    tier: Tier


@dataclass(frozen=True, slots=True)
class Window:
    """Outcomes after `start`, up to and including `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """Outcomes of one measure: how many, how many good, and the incidents behind them, bad ones first."""

    good: int
    total: int
    incident_ids: tuple[IncidentId, ...] = ()
    omitted: int = 0


class Gist(NamedTuple):
    """What of a rating is news when it changes: whose, colour, score, sample, what they are made of, the rulebook.

    That the window moved on, or that other incidents now stand behind the same figures, is none. Small on purpose: a
    worker remembers one of every area and unit of the city, ten thousand of them.
    """

    subject_kind: SubjectKind
    tier: Tier
    colour: RatingColour | None
    score: float | None
    few_data: bool
    sample: int
    rulebook: str
    shares: tuple[tuple[str, int, int], ...]  # measure, how many went well, of how many


def area_subject(code: AreaCode) -> Subject:
    """A district or township."""
    tier = Tier.DISTRICT if len(code) == _DISTRICT_DIGITS else Tier.TOWNSHIP
    return Subject(code, SubjectKind.AREA, tier)


def unit_subject(code: UnitCode) -> Subject:
    """A department of the city, a district or a township; each is rated apart."""
    return Subject(code, SubjectKind.UNIT, parse_unit(code).tier)


def rate(
    subject: Subject, tallies: Mapping[str, Tally], window: Window, rules: Rulebook, as_of: datetime
) -> Rating:
    """The rating of one subject. `tallies` by measure; a measure without outcomes is not held against anybody."""
    rated = {
        measure: tallies[measure]
        for measure in rules.rating.weights
        if measure in tallies and tallies[measure].total
    }
    score = _score(rated, rules)
    sample = sum(tally.total for tally in rated.values())
    return Rating(
        subject_code=subject.code,
        subject_kind=subject.kind,
        tier=subject.tier,
        window_start=window.start,
        window_end=window.end,
        colour=None if score is None else colour_of(score, rules.rating.bands),
        score=None if score is None else _shown(score),
        few_data=sample < rules.rating.minimum_sample,
        sample=sample,
        components=tuple(
            _component(measure, tally, rules.rating.weights[measure]) for measure, tally in rated.items()
        ),
        rulebook=rules.digest,
        as_of=as_of,
    )


def gist_of(rating: Rating) -> Gist:
    """What a reader would miss if it were another."""
    return Gist(
        rating.subject_kind,
        rating.tier,
        rating.colour,
        rating.score,
        rating.few_data,
        rating.sample,
        intern(rating.rulebook),
        tuple((intern(one.id), one.numerator, one.denominator) for one in rating.components),
    )


def has_changed(before: Gist | None, after: Rating) -> bool:
    """Whether a reader would see another rating than the one that was told last, if any was."""
    return before != gist_of(after)


def rests_on(gist: Gist, tallies: Mapping[str, Tally], rules: Rulebook) -> bool:
    """Whether a rating was made of exactly these figures under this rulebook, so that it need not be made again."""
    shares = {measure: (tally.good, tally.total) for measure, tally in tallies.items()}
    return gist.rulebook == rules.digest and shares == {
        measure: (good, total) for measure, good, total in gist.shares
    }


def _score(rated: Mapping[str, Tally], rules: Rulebook) -> Fraction | None:
    """0 to 100, exact; None when there is nothing to rate."""
    if not rated:
        return None
    weights = {measure: _exact(rules.rating.weights[measure]) for measure in rated}
    good = (weights[measure] * Fraction(tally.good, tally.total) for measure, tally in rated.items())
    return 100 * sum(good, start=Fraction()) / sum(weights.values(), start=Fraction())


def colour_of(score: Fraction, bands: RatingBands) -> RatingColour:
    """The band of a score; a band begins at its figure, 以上 includes."""
    for colour in (RatingColour.GREEN, RatingColour.BLUE, RatingColour.YELLOW, RatingColour.ORANGE):
        if score >= _exact(getattr(bands, colour)):
            return colour
    return RatingColour.RED


def _exact(figure: float) -> Fraction:
    """The decimal as the rulebook writes it: 0.1 is a tenth, not the double next to it."""
    return Fraction(str(figure))


def _shown(score: Fraction) -> float:
    """Hundredths, rounded down, so that what is shown never belongs to a better band than its colour."""
    return floor(score * 100) / 100


def _component(measure: str, tally: Tally, weight: float) -> RatingComponent:
    shown = tally.incident_ids[:MOST_INCIDENTS]
    return RatingComponent(
        id=measure,
        ratio=tally.good / tally.total,
        weight=weight,
        numerator=tally.good,
        denominator=tally.total,
        incident_ids=shown,
        omitted=tally.omitted + len(tally.incident_ids) - len(shown),
    )
