"""What every released version wrote is folded by today's code to what it was folded to then."""

from pathlib import Path

import orjson
import pytest

from models.events import EVENT_TYPES
from models.messages.event import Event
from models.messages.versions import SCHEMA_VERSION
from tests.golden.walks import HERE, LOGS, read

RELEASED = sorted(HERE.glob("v*/logs.jsonl.xz"))
# These come of words in reports, or of ids that are not the order's own, and a walk draws neither.
_NEVER_WALKED = {
    "category_settled",
    "facts_corrected",
    "retraction_received",
    "sensitivity_found",
    "task_withdrawn",
}


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.parent.name)
def test_released_logs_fold_to_what_they_did(file: Path) -> None:
    """Every log of every version, digest by digest."""
    logs = read(file)
    assert len(logs) == LOGS
    assert [one.folded for one in logs] == [one.digest for one in logs]


def test_this_version_has_its_logs() -> None:
    """A version of the contract is not released without them: `python -m tests.golden`."""
    assert f"v{SCHEMA_VERSION}" in [file.parent.name for file in RELEASED]


def test_the_logs_know_every_kind_of_fact() -> None:
    """A kind that no golden log has could be folded otherwise tomorrow, and nobody would notice."""
    seen = {orjson.loads(body)["type"] for file in RELEASED for one in read(file) for body in one.bodies}
    assert set(EVENT_TYPES) - seen == _NEVER_WALKED


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.parent.name)
def test_a_log_that_lost_a_fact_folds_otherwise(file: Path) -> None:
    """The digests bite: without its last fact that changes anything a log gives another one."""
    log = max(read(file), key=lambda one: len(one.bodies))
    events = [Event.model_validate_json(body) for body in log.bodies]
    assert any(type(log)(log.digest, log.bodies[:cut]).folded != log.digest for cut in range(1, len(events)))
