"""Fusion 融合: which incident a report speaks of, and which two incidents are one.

A report that refers to an earlier one of its source follows it, and one that was referred to before it arrived follows
whoever waits for it. Any other is compared with the incidents that may fit (`comparison`): it joins the likeliest when
that is likely enough, opens its own and asks the officer when it may be, and opens its own otherwise. Exercise and live
reports never share an incident, nor do hazards and emergencies. An incident that has ended is still a candidate: what
a late report changes is for `workflows.stages.perception` to say.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from models.events.perception import SUGGESTIONS_REMEMBERED, FusionOutcome, FusionScore
from models.identifiers import IncidentId, ReportId, incident_id_of
from models.likeness import Likeness, Sketch
from workflows.incident import Incident
from workflows.judgement import nearness
from workflows.judgement.account import Account
from workflows.judgement.comparison import Comparison, compare
from workflows.judgement.likeness import View, of_account, of_incident, view_of
from workflows.message import FusionChoice
from workflows.rulebook import Fusion, Rulebook

_DISTRICT = 6  # digits of a code


class Bond(StrEnum):
    """How a reference ties a report to an incident, whatever the two look like; the first kind goes before."""

    REFERS_TO = "refers_to"
    AWAITED = "awaited"


@dataclass(frozen=True)
class Candidate:
    """What fusion needs to know of an incident."""

    incident_id: IncidentId
    opened_at: datetime
    likeness: Likeness
    bond: Bond | None = None

    @cached_property
    def view(self) -> View:
        """Its likeness, laid out for comparing."""
        return view_of(self.likeness)

    @property
    def age(self) -> tuple[datetime, IncidentId]:
        """Sorts the older first."""
        return (self.opened_at, self.incident_id)


@dataclass(frozen=True, slots=True)
class _Weighed:
    candidate: Candidate
    comparison: Comparison

    @property
    def rank(self) -> tuple[float, datetime, IncidentId]:
        """Sorts the likeliest first, the older of equals."""
        return (-self.comparison.score, *self.candidate.age)


def fuse(
    account: Account, candidates: Sequence[Candidate], rules: Rulebook, *, awaits: ReportId | None = None
) -> FusionChoice:
    """Choose the incident of a report. The order of the candidates does not matter.

    `awaits` is the earlier report that it refers to, where that has not arrived.
    """
    report, mine = account.report, of_account(account)
    weighed = weigh(mine, candidates, rules.fusion)
    recorded = tuple(_score_of(one) for one in weighed[: rules.fusion.candidates_recorded])
    likely = [score for score in recorded if score.outcome is FusionOutcome.SAME]
    asked = tuple(score for score in recorded if score.outcome is FusionOutcome.ASK)
    if (bound := _bound(mine, candidates)) is not None and bound.bond is not None:
        elsewhere = tuple(score for score in likely[:1] if score.incident_id != bound.incident_id)
        return FusionChoice(bound.incident_id, False, bound.bond.value, recorded, elsewhere, awaits)
    if likely:
        return FusionChoice(likely[0].incident_id, False, "same_event", recorded, tuple(likely[1:]), awaits)
    own = incident_id_of(report.source_id, report.report_id)
    return FusionChoice(own, True, "asked" if asked else "opened", recorded, asked[:1], awaits)


def weigh(mine: Likeness, candidates: Iterable[Candidate], rules: Fusion) -> list[_Weighed]:
    """The closest candidates that may be one event with this, the likeliest first."""
    view = view_of(mine)
    closest = sorted(candidates, key=lambda candidate: _closeness(mine.sketch, candidate))
    compared = closest[: rules.candidates_compared]
    together = _spread_ratio(view, compared, rules)
    found = [
        _Weighed(candidate, comparison)
        for candidate in compared
        if (
            comparison := compare(
                view, candidate.view, rules, max(together, _spread_ratio(candidate.view, (), rules))
            )
        )
        is not None
    ]
    return sorted(found, key=lambda weighed: weighed.rank)


def _closeness(mine: Sketch, candidate: Candidate) -> tuple[bool, timedelta, datetime, IncidentId]:
    """Of the same township first, then the closest in time."""
    theirs = candidate.likeness.sketch
    apart = max(theirs.reported_from - mine.reported_to, mine.reported_from - theirs.reported_to, timedelta())
    return (mine.areas.keys().isdisjoint(theirs.areas), apart, *candidate.age)


def _spread_ratio(mine: View, candidates: Iterable[Candidate], rules: Fusion) -> float:
    """How far this has spread over its district: 0 at one township, 1 when as many report it as the rulebook asks."""
    if mine.category not in rules.wide:
        return 0.0
    most = mine.spread
    if alike := [one.view.townships for one in candidates if _is_alike(mine, one.view, rules)]:
        townships = Counter(code[:_DISTRICT] for code in mine.townships.union(*alike))
        most = max((townships[district] for district in mine.districts), default=0)
    return min(1.0, max(0, most - 1) / (rules.wide_townships - 1))


def _is_alike(mine: View, other: View, rules: Fusion) -> bool:
    is_within = nearness.of_time(mine, other, rules.wide_reach, rules.points) is not None
    return is_within and other.category is mine.category and not mine.districts.isdisjoint(other.districts)


def _bound(mine: Likeness, candidates: Iterable[Candidate]) -> Candidate | None:
    bound = [one for one in candidates if one.bond is not None and one.likeness.exercise == mine.exercise]
    return min(bound, key=lambda one: (one.bond is Bond.AWAITED, one.age), default=None)


def _score_of(weighed: _Weighed) -> FusionScore:
    comparison = weighed.comparison
    return FusionScore(
        incident_id=weighed.candidate.incident_id,
        score=comparison.score,
        outcome=comparison.outcome,
        reason=f"compared: {comparison.outcome}",
        features=comparison.features(),
    )


def may_be_twins(
    candidate: Candidate, others: Iterable[Candidate], rules: Rulebook
) -> tuple[IncidentId, ...]:
    """Which others are worth being locked and compared by `twins_of`, the likeliest first."""
    found = weigh(
        candidate.likeness, [one for one in others if one.incident_id != candidate.incident_id], rules.fusion
    )
    likely = [one for one in found if one.comparison.outcome is not FusionOutcome.DIFFERENT]
    return tuple(one.candidate.incident_id for one in likely[:SUGGESTIONS_REMEMBERED])


def twins_of(incident: Incident, others: Iterable[Incident], rules: Rulebook) -> list[FusionScore]:
    """Open incidents that are one event with this by the same rule, or may be, the likeliest first.

    What an officer split stays apart.
    """
    if not incident.is_open:
        return []
    candidates = [
        Candidate(other.incident_id, other.opened_at, of_incident(other))
        for other in others
        if other.is_open and other.incident_id != incident.incident_id and not _were_split(incident, other)
    ]
    weighed = weigh(of_incident(incident), candidates, rules.fusion)
    likely = [_score_of(one) for one in weighed if one.comparison.outcome is not FusionOutcome.DIFFERENT]
    return [_merging(score, rules.fusion) for score in likely]


def _merging(score: FusionScore, rules: Fusion) -> FusionScore:
    """A wrong merge moves many reports at once, so what would do for one report is asked about."""
    if score.outcome is not FusionOutcome.SAME or score.score >= rules.merge_at_least:
        return score
    asked = {"outcome": FusionOutcome.ASK, "reason": "compared: same, not surely enough to merge"}
    return score.model_copy(update=asked)


def _were_split(one: Incident, other: Incident) -> bool:
    return one.split_from in (other.incident_id, *other.absorbed) or other.split_from in (
        one.incident_id,
        *one.absorbed,
    )
