"""A heartbeat goes round the whole program, and leaves nothing that anybody could take for an incident."""

import re
from collections.abc import Iterator

import pytest

from streams.metric_labels import Hop
from tests.acceptance.program import Program
from tests.browser.by_hand import report

pytestmark = pytest.mark.timeout(180)
_ROUNDS = 3
_SOON_SECONDS = 60


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A quiet night with a heartbeat every second."""
    program = Program(tmp_path_factory.mktemp("heartbeat"), simulate=False, heartbeat_report_seconds=1)
    program.start()
    program.await_ready(90)
    yield program
    program.close()


def rounds(program: Program) -> dict[str, float]:
    """How many heartbeats were through each hop."""
    told = program.http.get("/metrics").text
    found = re.findall(r'^fenghuo_heartbeat_hop_seconds_count\{hop="(\w+)"\} (\S+)$', told, re.MULTILINE)
    return {hop: float(count) for hop, count in found}


def test_it_comes_round_by_every_hop_and_is_no_incident(program: Program) -> None:
    """Each hop sees each; no list, screen, ranking, rating or count of reports does, and every invariant holds."""
    program.await_that(
        lambda: rounds(program).get(Hop.PUBLISHED.value, 0) >= _ROUNDS, "heartbeats came round", _SOON_SECONDS
    )
    assert set(rounds(program)) == {hop.value for hop in Hop}
    assert min(rounds(program).values()) >= _ROUNDS
    asked = {
        path: program.http.get(path).json()
        for path in ("/api/incidents", "/api/screen/snapshot", "/api/heat")
    }
    assert asked["/api/incidents"]["incidents"] == []
    assert asked["/api/screen/snapshot"]["rows"] == []
    assert asked["/api/heat"]["entries"] == []
    told = program.http.get("/metrics").text
    assert not re.search(
        r"^fenghuo_(?:reports|incidents_opened|commands)_total\{.*\} [^0]", told, re.MULTILINE
    )
    assert re.search(r"^fenghuo_dead_letters_total\{", told, re.MULTILINE) is None
    came_round = re.search(r"^fenghuo_heartbeat_came_round_timestamp_seconds (\S+)$", told, re.MULTILINE)
    assert came_round is not None
    assert float(came_round[1]) > 0


def test_a_report_beside_it_is_handled_and_everything_adds_up(program: Program) -> None:
    """A report under the heartbeat's very source is a report; after both, check and replay find nothing."""
    report(program, text="河水漫过滨江路", source_id="fenghuo-heartbeat", channel="other", exercise=True)
    listed = program.http.get("/api/incidents").json()["incidents"]
    assert [one["title"] for one in listed] == ["河水漫过滨江路"]
    checked = program.command("check")
    assert checked.code == 0, checked.answer + checked.remarks
    replayed = program.command("replay", "--all")
    assert replayed.code == 0, replayed.answer + replayed.remarks
