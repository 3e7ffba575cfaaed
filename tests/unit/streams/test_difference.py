"""The first field in which a stored state and its fold differ is named as a person would look for it."""

from datetime import UTC, datetime

import orjson
import pytest

from models.identifiers import AreaCode, IncidentId
from models.likeness import Sketch
from models.places import Place
from models.vocabulary import Nature, Step, Tier
from streams.check.difference import first_difference
from workflows.incident import Incident, StepState

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CITY = AreaCode("500000")
INCIDENT = Incident(
    incident_id=IncidentId("i-1"),
    seq=3,
    opened_at=NOON,
    last_recorded_at=NOON,
    nature=Nature.EMERGENCY,
    category=None,
    title="起火",
    place=Place(given_code=CITY, area_code=CITY, tier=Tier.CITY, city_code=CITY),
    exercise=False,
    urgent=False,
    occurred_at=None,
    reported_at=NOON,
    sketch=Sketch(reported_from=NOON, reported_to=NOON),
    sources=("grid-1", "call-119"),
    steps={Step.CONFIRM: StepState(tier=Tier.CITY, started_at=NOON)},
)


def stored(**changes: object) -> bytes:
    return orjson.dumps({**orjson.loads(INCIDENT.model_dump_json()), **changes})


def test_equal_states_have_no_difference() -> None:
    """The order of fields and a default left out make no difference."""
    plain = orjson.loads(stored())
    del plain["merged_into"]
    assert first_difference(orjson.dumps(dict(reversed(plain.items()))), INCIDENT) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": "no fire"}, 'title: stored "no fire", the fold says "起火"'),
        ({"sources": ["grid-1", "grid-2"]}, 'sources.1: stored "grid-2", the fold says "call-119"'),
        ({"sources": ["grid-1"]}, 'sources: stored ["grid-1"], the fold says ["grid-1","call-119"]'),
        ({"steps": {}}, "steps.confirm: stored null, the fold says {"),
        ({"verdict": "perhaps"}, "verdict: cannot be read: "),
        ({"seq": 4, "urgent": True}, "seq: stored 4, the fold says 3"),
    ],
)
def test_the_first_difference_is_named(changes: dict[str, object], told: str) -> None:
    """A dotted path, the stored value and the folded one; a state that cannot be read is told as such."""
    found = first_difference(stored(**changes), INCIDENT)
    assert found is not None
    assert found.startswith(told)


def test_long_values_are_cut() -> None:
    """A value of any length is told in one line."""
    found = first_difference(stored(title="x" * 5_000), INCIDENT)
    assert found is not None
    assert len(found) < 400
