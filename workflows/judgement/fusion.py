"""Fusion 融合: which incident a report speaks of. First version.

A report that refers to an earlier one follows it. Else it joins an incident of the same category and area that was
reported within the rulebook's window, the closest in time; else it opens its own. Exercise and live reports never
share an incident, nor do hazards and emergencies. An incident that has ended is still a candidate: what a late report
changes is for `workflows.stages.perception` to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.categories import Category
from models.events.perception import FusionScore
from models.identifiers import IncidentId, incident_id_of
from models.messages.report import Report
from models.vocabulary import Nature
from workflows.incident import Incident
from workflows.judgement.account import Account
from workflows.message import FusionChoice
from workflows.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Candidate:
    """What fusion needs to know of an incident. `matched_reference`: the report's refers_to names it."""

    incident_id: IncidentId
    category: Category | None
    nature: Nature
    exercise: bool
    area_code: str
    opened_at: datetime
    last_reported_at: datetime
    matched_reference: bool = False


def fuse(account: Account, candidates: Sequence[Candidate], rules: Rulebook) -> FusionChoice:
    """Choose the incident of a report. The order of the candidates does not matter."""
    report = account.report
    fitting = [c for c in candidates if c.exercise == report.exercise]
    for candidate in fitting:
        if candidate.matched_reference:
            return FusionChoice(candidate.incident_id, is_new=False, reason="refers_to")
    scored = sorted(
        (_score(report, c, rules), c.incident_id) for c in fitting if _speaks_of_same(account, c, rules)
    )
    scores = tuple(
        FusionScore(
            incident_id=incident_id, score=round(1 - distance, 6), reason="same category and area, in window"
        )
        for distance, incident_id in scored[: rules.fusion.candidates_compared]
    )
    if scored:
        return FusionChoice(scored[0][1], is_new=False, reason="same_category_and_area", candidates=scores)
    return FusionChoice(incident_id_of(report.source_id, report.report_id), is_new=True, reason="opened")


def _speaks_of_same(account: Account, candidate: Candidate, rules: Rulebook) -> bool:
    same_kind = candidate.category == account.category and candidate.nature == account.report.nature
    return (
        same_kind
        and account.category is not None
        and candidate.area_code == account.place.area_code
        and _score(account.report, candidate, rules) <= 1
    )


def _score(report: Report, candidate: Candidate, rules: Rulebook) -> float:
    """Distance in time as a share of the window: 0 is the same moment, above 1 is too far."""
    return (
        abs((report.reported_at - candidate.last_reported_at).total_seconds()) / rules.fusion.window_seconds
    )


def is_twin(incident: Incident, other: Incident, rules: Rulebook) -> bool:
    """Whether two incidents, opened apart, are one event by the same rule. What an officer split stays split."""
    split = incident.split_from == other.incident_id or other.split_from == incident.incident_id
    return (
        not split
        and incident.is_open
        and other.is_open
        and incident.category is not None
        and (incident.category, incident.nature, incident.exercise, incident.place.area_code)
        == (other.category, other.nature, other.exercise, other.place.area_code)
        and abs((incident.reported_at - other.reported_at).total_seconds()) <= rules.fusion.window_seconds
    )
