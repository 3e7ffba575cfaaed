"""Outcomes: keeping what the core's answers measured; measuring the same thing again replaces it."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import OUTCOMES
from streams.store.statements import upsert
from workflows.appraisal.outcomes import Outcome


async def keep(connection: AsyncConnection, outcomes: Iterable[Outcome]) -> None:
    """Write these outcomes; of several with one id the last stands."""
    last = {outcome.outcome_id: outcome for outcome in outcomes}
    rows: list[dict[str, object]] = [
        {
            "outcome_id": outcome.outcome_id,
            "measure": outcome.measure.value,
            "district_code": outcome.district_code,
            "township_code": outcome.township_code,
            "unit_code": outcome.unit_code,
            "incident_id": outcome.incident_id,
            "happened_at": outcome.happened_at,
            "good": outcome.good,
        }
        for outcome in last.values()
    ]
    await upsert(connection, OUTCOMES, rows)
