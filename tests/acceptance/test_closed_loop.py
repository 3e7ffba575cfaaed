"""The program as `make run` starts it: from an empty folder to closed incidents, stopped with Ctrl-C, started again.

Broker, engine, gateway and simulator in one process, with nothing set but the folder, the port and the pace.
"""

import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from models.topics import Topic
from streams.errors import EXIT_CRASHED
from tests.acceptance.outcomes import rows
from tests.acceptance.program import Program

FIRST_CLOSED_WITHIN_SECONDS = 60
STOPPED_WITHIN_SECONDS = 10
PACE = ("--speed", "200", "--seed", "3")

pytestmark = pytest.mark.timeout(180)


@dataclass(frozen=True, slots=True)
class Story:
    """What the first life showed while it went on, for the tests to look at."""

    program: Program
    ready_states: tuple[int, int]
    closed_after_seconds: float


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program in a fresh folder, alive until the first incident is closed and after."""
    program = Program(tmp_path_factory.mktemp("closed-loop"))
    yield program
    program.close()


@pytest.fixture(scope="module")
def story(program: Program) -> Story:
    """The first life, up to the first closed incident."""
    began = time.monotonic()
    program.start(*PACE)
    program.await_that(lambda: program.answers("/healthz"), "it is alive", 30)
    at_first = program.http.get("/readyz").status_code
    program.await_ready()
    then = program.http.get("/readyz").status_code
    program.await_that(lambda: bool(closed(program)), "an incident is closed", FIRST_CLOSED_WITHIN_SECONDS)
    return Story(program, (at_first, then), time.monotonic() - began)


def closed(program: Program) -> list[dict[str, object]]:
    answer = program.http.get("/api/incidents", params={"status": "closed", "limit": 5}).json()
    return list(answer["incidents"])


def decide(program: Program, incident: dict[str, object], **what: object) -> dict[str, object]:
    """Decide by hand, as an officer at a screen of another maker would; what became of it, asked for if need be."""
    body = {
        "decision_id": str(uuid4()),
        "officer": {"id": "officer-by-hand", "name": "王建国"},
        "area_code": "500000",
        "decided_at": incident["updated_at"],
        **what,
    }
    answer = program.http.post(f"/api/incidents/{incident['incident_id']}/decisions", json=body)
    if answer.status_code == 409:
        return {"outcome": "refused", **answer.json()}
    assert answer.status_code in (200, 202), answer.text
    later = f"/api/decisions/{answer.json()['message_id']}"
    program.await_that(lambda: program.http.get(later).json()["outcome"] != "pending", "it is decided", 30)
    return dict(program.http.get(later).json())


def test_the_first_incident_is_closed_within_a_minute(story: Story) -> None:
    """From nothing to a closed incident takes less than a minute from the program's start."""
    assert story.closed_after_seconds < FIRST_CLOSED_WITHIN_SECONDS


def test_probes_are_answered_before_it_is_ready(story: Story) -> None:
    """/healthz answers at once; /readyz says 503 while it starts, with every component named, and then 200."""
    assert story.ready_states == (503, 200)


def test_readers_see_heat_ratings_and_metrics(story: Story) -> None:
    """The boards are not empty, and the closed incident is counted."""
    program = story.program
    program.await_that(lambda: bool(program.http.get("/api/heat").json()["entries"]), "there is heat", 30)
    program.await_that(
        lambda: bool(program.http.get("/api/ratings").json()["ratings"]), "there are ratings", 30
    )
    lines = program.http.get("/metrics").text.splitlines()
    counted = [float(line.split()[-1]) for line in lines if line.startswith("fenghuo_incidents_closed_total")]
    assert sum(counted) > 0


def test_an_officer_decides_over_http(story: Story) -> None:
    """A decision is applied; one that was made about an older state of the incident is refused, with the reason."""
    program = story.program
    one = closed(program)[0]
    applied = decide(program, one, action="reopen", reason="回访发现仍有遗留问题")
    assert applied["outcome"] == "applied", applied
    refused = decide(program, one, action="reopen", reason="再次重新办理", expected_seq=1)
    assert refused["outcome"] == "refused", refused
    assert refused["reason"]


def test_what_it_keeps_is_its_owner_s_alone(story: Story) -> None:
    """Nobody else on the machine can enter the data folder, or read what lies in it."""
    folder = story.program.database.parent
    kept = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert {"fenghuo.db", "running.json"} <= kept.keys()
    assert {name: oct(mode) for name, mode in kept.items() if mode & 0o077} == {}


def test_whoever_has_no_token_stays_outside(story: Story) -> None:
    """Without the token /api answers 401, and health stays open."""
    bare = {"Authorization": ""}
    assert story.program.http.get("/api/incidents", headers=bare).status_code == 401
    assert story.program.http.get("/healthz", headers=bare).status_code == 200


def test_stopped_and_started_again_it_goes_on(story: Story) -> None:
    """Ctrl-C ends it in time with 0; the next life has every report, and its open incidents move on.

    What a new cluster needs is on its topics again, and every invariant holds.
    """
    program = story.program
    assert program.interrupt(STOPPED_WITHIN_SECONDS) == 0
    before = _standing(program)
    program.start(*PACE)
    program.await_ready()
    _holds_what_was_known(program, before)
    _new_cluster_has_what_it_needs(program, before)
    program.await_that(lambda: _has_moved_on(program, before), "open incidents go on", 60)
    checked = program.command("check")
    assert checked.code == 0, checked.answer
    replayed = program.command("replay", "--all")
    assert replayed.code == 0, replayed.answer
    assert program.interrupt(STOPPED_WITHIN_SECONDS) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="finds the broker's process in /proc")
def test_it_ends_with_its_broker_and_the_next_life_goes_on(story: Story) -> None:
    """A broker that is killed takes the program with it, visibly; started again it has lost nothing it had."""
    program = story.program
    program.start(*PACE)
    program.await_ready()
    program.kill_broker()
    assert program.ended_by_itself(STOPPED_WITHIN_SECONDS) == EXIT_CRASHED
    before = _standing(program)
    program.start(*PACE)
    program.await_ready()
    _holds_what_was_known(program, before)
    program.await_that(lambda: _has_moved_on(program, before), "open incidents go on", 60)
    checked = program.command("check")
    assert checked.code == 0, checked.answer
    assert program.interrupt(STOPPED_WITHIN_SECONDS) == 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What was there when nobody was at work."""

    reports: set[tuple[object, ...]]
    seqs: dict[object, int]
    unsigned: set[str]
    boards: set[tuple[str, str]]


def _standing(program: Program) -> Standing:
    database = program.database
    unsigned = "SELECT command_id FROM commands WHERE kind = 'order' AND status IN ('issued', 'received')"
    open_ones = "SELECT incident_id, seq FROM incidents WHERE status = 'open'"
    return Standing(
        reports=set(rows(database, "SELECT source_id, report_id FROM reports")),
        seqs={row[0]: int(str(row[1])) for row in rows(database, open_ones)},
        unsigned={str(row[0]) for row in rows(database, unsigned)},
        boards={
            (str(topic), str(key)) for topic, key in rows(database, "SELECT topic, key FROM projections")
        },
    )


def _holds_what_was_known(program: Program, before: Standing) -> None:
    assert before.reports
    assert before.reports <= set(rows(program.database, "SELECT source_id, report_id FROM reports"))


def _new_cluster_has_what_it_needs(program: Program, before: Standing) -> None:
    """Unacknowledged commands and the latest ratings and heat are on the new broker, which began empty."""
    assert before.unsigned
    assert before.boards
    wanted = {Topic.DISPOSAL_COMMANDS: before.unsigned}
    for topic, key in before.boards:
        wanted.setdefault(Topic(topic), set()).add(f" {key} ")
    for topic, told in wanted.items():
        program.await_that(lambda: _is_told(program, topic, told), f"{topic} is published again", 45)  # noqa: B023 - called at once


def _is_told(program: Program, topic: Topic, told: set[str]) -> bool:
    lines = _tail(program, topic)
    return all(one in lines for one in told)


def _tail(program: Program, topic: Topic) -> str:
    said = program.command("tail", topic, "--limit", "5000")
    assert said.code == 0, said.remarks
    return said.answer


def _has_moved_on(program: Program, before: Standing) -> bool:
    now = {
        row[0]: int(str(row[1])) for row in rows(program.database, "SELECT incident_id, seq FROM incidents")
    }
    moved = sum(now[one] > seq for one, seq in before.seqs.items())
    return moved * 2 > len(before.seqs)
