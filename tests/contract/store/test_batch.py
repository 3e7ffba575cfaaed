"""A batch changes the world once: what it writes, what it skips, and what one bad message costs."""

import pytest

from models.categories import Category
from models.messages.event import Event
from models.messages.receipt import Receipt
from models.topics import Topic
from models.vocabulary import Action, ReceiptOutcome, Verdict
from streams.store.outbox import Claimed
from tests.contract.store.worker import Worker, decision, decoded, fates, garbage, report
from workflows.answer import Answer
from workflows.fold import fold
from workflows.handling import handle
from workflows.incident import Incident
from workflows.message import Message
from workflows.rulebook import Rulebook


async def test_a_report_opens_an_incident_and_is_answered(worker: Worker) -> None:
    """One report gives one incident, its log, a receipt, a call of the next stage and no command yet."""
    result = await worker.take(Topic.REPORTS, report())
    (row,) = await worker.rows("incidents")
    assert fates(result.handled) == ["applied"]
    assert row["seq"] == len(result.events) == await worker.count("events")
    topics = [one.topic for one in worker.published]
    assert topics.count(Topic.INCIDENT_EVENTS) == len(result.events)
    assert topics.count(Topic.REPORT_RECEIPTS) == 1
    assert topics.count(Topic.STAGE_VERIFICATION) == 1


async def test_events_go_out_as_they_are_kept(worker: Worker) -> None:
    """What is published on incident-events is the row of the log, byte for byte."""
    await worker.take(Topic.REPORTS, report())
    kept = [
        row["body"] for row in sorted(await worker.rows("events"), key=lambda row: str(row["seq"]).zfill(9))
    ]
    assert [one.value for one in worker.published if one.topic == Topic.INCIDENT_EVENTS] == kept


async def test_the_row_is_the_fold_of_the_log(worker: Worker) -> None:
    """After several batches the stored state equals a fresh fold of the stored events."""
    await worker.take(Topic.REPORTS, report("r-1"), report("r-2", source="grid-2"))
    await worker.settle()
    (row,) = await worker.rows("incidents")
    bodies = [one["body"] for one in await worker.rows("events")]
    log = sorted(
        (Event.model_validate_json(str(body, "utf-8")) for body in bodies if isinstance(body, bytes)),
        key=_seq,
    )
    assert isinstance(row["state"], bytes)
    assert Incident.model_validate_json(row["state"]) == fold(log)


async def test_reports_of_one_event_fold_into_one_incident(worker: Worker) -> None:
    """Reports of the same category and place in one batch join the incident that the first of them opens."""
    result = await worker.take(
        Topic.REPORTS, *(report(f"r-{number}", source=f"g-{number}") for number in range(5))
    )
    (row,) = await worker.rows("incidents")
    assert row["reports"] == 5
    assert {one.incident_id for one in result.handled} == {row["incident_id"]}
    assert await worker.count("reports") == 5


async def test_a_reference_is_followed_within_and_across_batches(worker: Worker) -> None:
    """A follow-up joins what its source referred to, whatever its own category or place says."""
    first = await worker.report(report("r-1"))
    result = await worker.take(
        Topic.REPORTS,
        report("r-2", refers_to="r-1", category=None, area="500103001"),
        report("r-3", refers_to="r-2", category=None, area="500103001"),
        report("r-4", source="other", refers_to=first, area="500103001"),
    )
    assert [one.incident_id for one in result.handled] == [first] * 3


async def test_the_same_report_again_changes_nothing(worker: Worker) -> None:
    """A repeat, in the same batch or a later one, is answered as duplicate and leaves every other row alone."""
    first = await worker.take(Topic.REPORTS, report(), report())
    before = await worker.rows("incidents"), await worker.rows("events")
    again = await worker.take(Topic.REPORTS, report())
    assert fates(first.handled) == ["applied", "duplicate"]
    assert fates(again.handled) == ["duplicate"]
    assert (await worker.rows("incidents"), await worker.rows("events")) == before
    assert [one.outcome for one in receipts(worker)] == [
        ReceiptOutcome.DUPLICATE,
        ReceiptOutcome.ACCEPTED,
        ReceiptOutcome.DUPLICATE,
    ]


async def test_other_content_under_the_same_id_is_a_conflict(worker: Worker) -> None:
    """It becomes a dead letter with the original bytes, and its sender is told."""
    await worker.take(Topic.REPORTS, report())
    result = await worker.take(Topic.REPORTS, report(title="另一件事"))
    (dead,) = await worker.rows("dead_letters")
    assert fates(result.handled) == ["dead"]
    assert (dead["reason"], dead["value"]) == ("id_conflict", result.handled[0].record.value)
    assert receipts(worker)[-1].outcome is ReceiptOutcome.ID_CONFLICT


async def test_an_area_that_never_existed_is_refused(worker: Worker) -> None:
    """The report is a dead letter that names the field; the others of its batch go on."""
    result = await worker.take(Topic.REPORTS, report("r-1", area="999999"), report("r-2"))
    (dead,) = await worker.rows("dead_letters")
    assert fates(result.handled) == ["dead", "applied"]
    assert (dead["reason"], dead["field"]) == ("unknown_area", "area_code")


async def test_what_is_dead_makes_no_duplicate_of_a_later_one(worker: Worker) -> None:
    """A report sent again with the area put right is accepted, also in the batch that buries its first version."""
    result = await worker.take(Topic.REPORTS, report(area="999999"), report(area="999999"), report())
    assert fates(result.handled) == ["dead", "dead", "applied"]
    assert [one.outcome for one in receipts(worker)] == [
        ReceiptOutcome.REFUSED,
        ReceiptOutcome.REFUSED,
        ReceiptOutcome.ACCEPTED,
    ]


async def test_a_decision_on_no_incident_is_as_dead_the_second_time(worker: Worker) -> None:
    """It does not count as a duplicate of what nobody handled, in one batch as in two."""
    unknown = decision("no-such-incident", action=Action.ACKNOWLEDGE)  # type: ignore[arg-type]  # any text is an id
    together = await worker.take(Topic.DECISIONS, unknown, unknown)
    apart = await worker.take(Topic.DECISIONS, unknown)
    assert fates([*together.handled, *apart.handled]) == ["dead"] * 3


async def test_a_decision_is_taken_once_in_a_batch(worker: Worker) -> None:
    """The same again is a duplicate, and other content under its id a conflict."""
    incident_id = await worker.report(report())
    one = decision(incident_id, action=Action.ACKNOWLEDGE)
    other = decision(incident_id, action=Action.SUPERVISE)
    result = await worker.take(Topic.DECISIONS, one, one, other)
    assert fates(result.handled) == ["applied", "duplicate", "dead"]


async def test_a_report_is_split_off_once_in_a_batch(worker: Worker) -> None:
    """A second split of the same batch does not find what the first took away: a report is in one incident."""
    incident_id = await worker.report(report("r-1"))
    assert await worker.report(report("r-2", source="grid-2")) == incident_id
    split: dict[str, object] = {
        "action": Action.SPLIT,
        "reports": ({"source_id": "grid-2", "report_id": "r-2"},),
    }
    result = await worker.take(
        Topic.DECISIONS, decision(incident_id, "d-1", **split), decision(incident_id, "d-2", **split)
    )
    assert fates(result.handled) == ["applied", "refused"]
    assert sorted(str(row["reports"]) for row in await worker.rows("incidents")) == ["1", "1"]


async def test_a_merge_can_be_undone_in_its_own_batch(worker: Worker) -> None:
    """A split finds the reports that a merge of the same batch brought."""
    older = await worker.report(report("r-1"))
    younger = await worker.report(report("r-2", source="grid-2", category=Category.ROAD_TRAFFIC))
    assert older != younger
    merge = decision(younger, "d-1", action=Action.MERGE, other_incident_id=older)
    refs = ({"source_id": "grid-2", "report_id": "r-2"},)
    result = await worker.take(
        Topic.DECISIONS, merge, decision(older, "d-2", action=Action.SPLIT, reports=refs)
    )
    assert fates(result.handled) == ["applied", "applied"]


async def test_a_decision_on_no_incident_is_a_dead_letter(worker: Worker) -> None:
    """A decision about an incident that nobody opened is kept with its reason."""
    unknown = decision("no-such-incident", action=Action.ACKNOWLEDGE)  # type: ignore[arg-type]  # any text is an id
    await worker.take(Topic.DECISIONS, unknown)
    (dead,) = await worker.rows("dead_letters")
    assert (dead["reason"], dead["message_id"]) == ("unknown_incident", unknown.message_id)


async def test_a_refusal_is_recorded_and_changes_nothing(worker: Worker) -> None:
    """The inbox tells why; the incident and its log are as before."""
    incident_id = await worker.report(report())
    before = await worker.rows("incidents"), await worker.rows("events")
    result = await worker.take(Topic.DECISIONS, decision(incident_id, action=Action.CLOSE))
    kept = {row["message_id"]: row for row in await worker.rows("inbox")}
    assert fates(result.handled) == ["refused"]
    assert kept[result.handled[0].message_id]["refusal_code"] == result.handled[0].reason
    assert (await worker.rows("incidents"), await worker.rows("events")) == before


async def test_every_offset_is_accounted_for(worker: Worker) -> None:
    """Processed, duplicate and dead add up to the next offset of the partition (I8)."""
    arrivals = worker.next_arrivals(Topic.REPORTS, report("r-1"), report("r-1"), report("r-2", area="999999"))
    await worker.handle(*arrivals, garbage(Topic.REPORTS, 3))
    (row,) = await worker.rows("progress")
    assert (row["next_offset"], row["processed"], row["duplicate"], row["dead"]) == (4, 1, 1, 2)


async def test_what_was_processed_is_skipped(worker: Worker) -> None:
    """The same batch again, as after an answer lost on the way back, changes no row at all."""
    arrivals = worker.next_arrivals(Topic.REPORTS, report("r-1"), report("r-2", area="999999"))
    await worker.handle(*arrivals)
    before = [await worker.rows(name) for name in ("progress", "inbox", "events", "dead_letters", "outbox")]
    again = await worker.handle(*arrivals)
    assert again.handled == ()
    assert [
        await worker.rows(name) for name in ("progress", "inbox", "events", "dead_letters", "outbox")
    ] == before


async def test_urgent_reports_come_first(worker: Worker) -> None:
    """Inside a batch what is flagged urgent is handled before the rest, whatever its offset."""
    arrivals = [report("r-1", area="500103001"), report("r-2", urgent=True)]
    result = await worker.take(Topic.REPORTS, *arrivals)
    assert [one.record.offset for one in result.handled] == [1, 0]


async def test_a_defect_costs_only_its_own_message(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the core fails on one message, that one becomes a dead letter and all others are applied."""

    def failing(state: Incident | None, message: Message, rules: Rulebook) -> Answer:
        if "r-2" in repr(message):
            raise ZeroDivisionError("planted")
        return handle(state, message, rules)

    monkeypatch.setattr("streams.processing.desk.handle", failing)
    result = await worker.take(Topic.REPORTS, *(report(f"r-{n}", source=f"s-{n}") for n in range(1, 4)))
    (dead,) = await worker.rows("dead_letters")
    assert result.is_isolated
    assert fates(result.handled) == ["applied", "dead", "applied"]
    assert (dead["reason"], dead["offset"]) == ("defect", 1)
    assert str(dead["detail"]).startswith("ZeroDivisionError at ")


async def test_what_the_database_refuses_costs_only_its_own_message(worker: Worker) -> None:
    """A number of more than 64 bits, which no column holds, is buried; its neighbours are stored."""
    arrivals = worker.next_arrivals(Topic.REPORTS, report("r-1"), report("r-2"), report("r-3"))
    poison = decoded(Topic.REPORTS, 1, report("r-2"))
    object.__setattr__(poison, "digest", 2**80)
    result = await worker.handle(arrivals[0], poison, arrivals[2])
    (dead,) = await worker.rows("dead_letters")
    assert fates(result.handled) == ["applied", "dead", "applied"]
    assert (dead["reason"], dead["offset"]) == ("storage_refused", 1)


async def test_each_log_counts_for_itself(worker: Worker) -> None:
    """Rows of every log are numbered 1..n, as their bodies say, also when a batch was rolled back on the way."""
    arrivals = worker.next_arrivals(
        Topic.REPORTS, report("r-1"), report("r-2"), report("r-3", source="grid-3", area="500103001")
    )
    poison = decoded(Topic.REPORTS, 1, report("r-2"))
    object.__setattr__(poison, "digest", 2**80)
    assert (await worker.handle(arrivals[0], poison, arrivals[2])).is_isolated
    await worker.settle()
    logs: dict[object, list[tuple[object, int]]] = {}
    for row in await worker.rows("events"):
        said = Event.model_validate_json(str(row["body"], "utf-8")).seq  # type: ignore[call-overload]  # bytes
        logs.setdefault(row["incident_id"], []).append((row["seq"], said))
    assert len(logs) == 2
    for log in logs.values():
        assert sorted(log, key=str) == sorted(((n, n) for n in range(1, len(log) + 1)), key=str)


async def test_a_nul_costs_only_its_own_message(worker: Worker) -> None:
    """A NUL that slipped past every door: PostgreSQL refuses it, SQLite keeps it; neighbours are stored."""
    arrivals = worker.next_arrivals(Topic.REPORTS, report("r-1"), report("r-2"), report("r-3"))
    poison = decoded(Topic.REPORTS, 1, report("r-2"))
    object.__setattr__(poison, "digest", "sha256:\0")
    result = await worker.handle(arrivals[0], poison, arrivals[2])
    wanted = "applied" if worker.database.is_sqlite else "dead"
    assert fates(result.handled) == ["applied", wanted, "applied"]


async def test_nothing_is_left_to_publish(worker: Worker) -> None:
    """After a batch was published and marked, no sweeper finds anything."""
    await worker.take(Topic.REPORTS, report())
    assert await worker.units.claim_outbox(older_than_seconds=0) == Claimed("", ())


async def test_closing_tells_every_sender(worker: Worker) -> None:
    """When the verdict is false and the incident ends, each report's sender gets a closed receipt."""
    incident_id = await worker.report(report("r-1"))
    await worker.report(report("r-2", source="grid-2"))
    await worker.settle()
    verify = decision(incident_id, action=Action.VERIFY, verdict=Verdict.FALSE)
    await worker.take(Topic.DECISIONS, verify)
    ended = [one for one in receipts(worker) if one.outcome is ReceiptOutcome.CLOSED]
    assert [(one.source_id, one.incident_id) for one in ended] == [
        ("grid-1", incident_id),
        ("grid-2", incident_id),
    ]


def receipts(worker: Worker) -> list[Receipt]:
    """The receipts that were published, in order."""
    values = [one.value for one in worker.published if one.topic == Topic.REPORT_RECEIPTS]
    return [Receipt.model_validate_json(value) for value in values]


def _seq(event: Event) -> int:
    return event.seq
