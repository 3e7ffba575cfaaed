"""Merge, split and twins through the real store: two incidents in one transaction, and what follows them."""

import pytest

from models.identifiers import IncidentId
from models.messages.decision import ReportRef
from models.messages.feedback import Feedback
from models.topics import Topic
from models.vocabulary import Action, Verdict
from streams.store.fusion_candidates import Candidates
from tests.contract.store.worker import Worker, decision, fates, report

NEXT_DOOR = "500108002"


async def test_a_merge_moves_reports_and_leaves_both_logs_whole(worker: Worker) -> None:
    """The older incident survives with all reports; the other lives on in it."""
    older, younger = await two_incidents(worker)
    merge = decision(younger, action=Action.MERGE, other_incident_id=older)
    result = await worker.take(Topic.DECISIONS, merge)
    rows = {row["incident_id"]: row for row in await worker.rows("incidents")}
    assert fates(result.handled) == ["applied"]
    assert (rows[younger]["status"], rows[younger]["merged_into"]) == ("merged", older)
    assert rows[older]["reports"] == 2
    assert {row["incident_id"] for row in await worker.rows("reports")} == {older}


async def test_what_is_meant_for_a_merged_incident_goes_to_its_survivor(worker: Worker) -> None:
    """A follow-up of a report that was merged away joins the survivor."""
    older, younger = await two_incidents(worker)
    await worker.take(Topic.DECISIONS, decision(younger, action=Action.MERGE, other_incident_id=older))
    assert await worker.report(report("r-9", source="b", refers_to="r-2", area=NEXT_DOOR)) == older
    assert await worker.report(report("r-8", source="c", refers_to=younger, area=NEXT_DOOR)) == older


async def test_feedback_follows_its_command_through_a_merge(worker: Worker) -> None:
    """A unit answers under the incident that its command was issued for; the survivor hears it."""
    older, younger = await two_incidents(worker)
    await worker.take(Topic.DECISIONS, decision(younger, action=Action.VERIFY, verdict=Verdict.TRUE))
    await worker.settle()
    (command, *_) = [row for row in await worker.rows("commands") if row["incident_id"] == younger]
    await worker.take(Topic.DECISIONS, decision(younger, "d-2", action=Action.MERGE, other_incident_id=older))
    said = Feedback.model_validate_json(
        f'{{"feedback_id": "f-1", "command_id": "{command["command_id"]}", "incident_id": "{younger}",'
        f' "unit_code": "{command["unit_code"]}", "kind": "acknowledged", "person": {{"name": "李队长"}},'
        f' "occurred_at": "2026-11-22T12:00:00Z"}}'
    )
    result = await worker.take(Topic.DISPOSAL_FEEDBACK, said)
    after = {row["command_id"]: row for row in await worker.rows("commands")}[command["command_id"]]
    assert (fates(result.handled), result.handled[0].incident_id) == (["applied"], older)
    assert (after["status"], after["incident_id"], after["body"]) == ("acknowledged", older, command["body"])


async def test_a_split_moves_its_reports_to_a_new_incident(worker: Worker) -> None:
    """The named reports belong to the new incident, the others stay, and both say so in their rows."""
    incident_id = await worker.report(report("r-1", source="a"))
    await worker.report(report("r-2", source="b"))
    await worker.report(report("r-3", source="c"))
    refs = (ReportRef.model_validate_json('{"source_id": "b", "report_id": "r-2"}'),)
    await worker.take(Topic.DECISIONS, decision(incident_id, action=Action.SPLIT, reports=refs))
    held = {row["report_id"]: row["incident_id"] for row in await worker.rows("reports")}
    counts = {row["incident_id"]: row["reports"] for row in await worker.rows("incidents")}
    assert held["r-1"] == held["r-3"] == incident_id
    assert held["r-2"] != incident_id
    assert counts == {incident_id: 2, held["r-2"]: 1}


async def test_a_split_undoes_a_merge(worker: Worker) -> None:
    """The reports of an absorbed incident can be split off again."""
    older, younger = await two_incidents(worker)
    await worker.take(Topic.DECISIONS, decision(younger, action=Action.MERGE, other_incident_id=older))
    refs = (ReportRef.model_validate_json('{"source_id": "b", "report_id": "r-2"}'),)
    result = await worker.take(Topic.DECISIONS, decision(older, "d-2", action=Action.SPLIT, reports=refs))
    assert fates(result.handled) == ["applied"]
    assert len({row["incident_id"] for row in await worker.rows("reports")}) == 2


async def test_twins_opened_elsewhere_are_merged_by_the_fusion_check(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two incidents of one event, opened without seeing each other, are one after the fusion check."""
    first = await worker.report(report("r-1", source="a"))
    with monkeypatch.context() as blind:
        # As when another worker opens its own between our look and our commit.
        blind.setattr(Candidates, "for_account", lambda *_: ())
        second = await worker.report(report("r-2", source="b"))
    await worker.pass_time(6)
    rows = {row["incident_id"]: row for row in await worker.rows("incidents")}
    assert {rows[first]["status"], rows[second]["status"]} == {"merged", "open"}
    assert len({row["incident_id"] for row in await worker.rows("reports")}) == 1


async def two_incidents(worker: Worker) -> tuple[IncidentId, IncidentId]:
    """Two incidents next door to each other, the older first, verification called on both."""
    older = await worker.report(report("r-1", source="a"))
    worker.clock.move(1)
    younger = await worker.report(report("r-2", source="b", area=NEXT_DOOR))
    await worker.settle()
    return older, younger
