"""Case: what grading asks about one event, whether it is an incident by now or still a single report.

For: laying out kind, totals, place, day and what makes it sensitive, so that one function grades both. Must never
enter: figures, and any level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from models.categories import Category
from models.events.perception import FactOrigin
from models.identifiers import AreaCode
from models.messages.report import Facts
from models.understanding import SensitiveFound
from models.vocabulary import Nature
from workflows.incident import Incident
from workflows.judgement.account import Account
from workflows.judgement.totals import totals_in

_BEIJING = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Case:
    """One event as grading sees it. `happened_on` is a Beijing day; `origins` says which report gave a total."""

    category: Category | None
    nature: Nature
    facts: Facts
    origins: Mapping[str, FactOrigin]
    happened_on: date
    district_code: AreaCode | None
    sensitive: tuple[SensitiveFound, ...]


def case_of(incident: Incident) -> Case:
    """The incident as grading sees it, by everything that is known by now."""
    return Case(
        category=incident.category,
        nature=incident.nature,
        facts=incident.facts,
        origins=incident.origins,
        happened_on=beijing_day(incident.occurred_at or incident.reported_at),
        district_code=incident.place.district_code,
        sensitive=incident.sensitive,
    )


def case_of_account(account: Account) -> Case:
    """One report as grading sees it, by what it alone says."""
    return Case(
        category=account.category,
        nature=account.report.nature,
        facts=account.facts,
        origins=totals_in(account).origins,
        happened_on=beijing_day(account.occurred_at or account.report.reported_at),
        district_code=account.place.district_code,
        sensitive=account.found.sensitive,
    )


def beijing_day(moment: datetime) -> date:
    """The day that this moment falls on in Beijing."""
    return moment.astimezone(_BEIJING).date()
