"""What every released version wrote is folded by today's code to what it was folded to then."""

from pathlib import Path

import orjson
import pytest

from models.events import EVENT_TYPES
from models.messages.event import Event
from models.messages.versions import SCHEMA_VERSION
from tests.golden.walks import HERE, LOGS, read

RELEASED = sorted(HERE.glob("v*/logs.jsonl.xz"))
PLAYED = sorted(HERE.glob("v*/scenes.jsonl.xz"))


@pytest.mark.parametrize("file", [*RELEASED, *PLAYED], ids=lambda file: f"{file.parent.name}-{file.name}")
def test_released_logs_fold_to_what_they_did(file: Path) -> None:
    """Every log of every version, digest by digest."""
    logs = read(file)
    assert logs
    assert [one.folded for one in logs] == [one.digest for one in logs]


def test_this_version_has_its_logs() -> None:
    """A version of the contract is not released without them: `python -m tests.golden`."""
    for files in (RELEASED, PLAYED):
        assert f"v{SCHEMA_VERSION}" in [file.parent.name for file in files]
    assert [len(read(file)) for file in RELEASED] == [LOGS] * len(RELEASED)


def test_the_logs_know_every_kind_of_fact() -> None:
    """A kind that no golden log has could be folded otherwise tomorrow, and nobody would notice."""
    logs = [one for file in (*RELEASED, *PLAYED) for one in read(file)]
    assert set(EVENT_TYPES) == {orjson.loads(body)["type"] for one in logs for body in one.bodies}


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.parent.name)
def test_a_log_that_lost_a_fact_folds_otherwise(file: Path) -> None:
    """The digests bite: without its last fact that changes anything a log gives another one."""
    log = max(read(file), key=lambda one: len(one.bodies))
    events = [Event.model_validate_json(body) for body in log.bodies]
    assert any(type(log)(log.digest, log.bodies[:cut]).folded != log.digest for cut in range(1, len(events)))
