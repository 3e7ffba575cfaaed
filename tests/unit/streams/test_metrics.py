"""The catalogue keeps to its naming rules; the bookkeeper counts committed facts."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import prod

import pytest
from prometheus_client import CollectorRegistry, Metric

from models.categories import Category
from models.events.assessment import WarningIssued
from models.events.disposal import CommandAcknowledged, CommandIssued, CommandReceived
from models.events.follow_up import IncidentClosed, IncidentRejected, Review, StepReview
from models.events.registry import EventData
from models.events.steps import DeadlineFired, RedAlarmRaised, StageEntered, StepEscalated
from models.events.verification import VerdictReached
from models.identifiers import AreaCode, CommandId, DeadlineId, IncidentId, MessageId, UnitCode, WarningId
from models.messages.command import Command
from models.messages.event import Actor, Event
from models.messages.fields import Person
from models.messages.public_warning import PublicWarning
from models.messages.report import Report
from models.topics import Topic
from models.vocabulary import (
    Action,
    ActorKind,
    Channel,
    CommandKind,
    CommandRole,
    Level,
    MessageType,
    Stage,
    Status,
    Step,
    Tier,
    Verdict,
    WarningColour,
    WarningStatus,
)
from streams.gateway.rates import Flood
from streams.metric_labels import values_of
from streams.metrics import Metrics
from streams.processing.arrivals import BatchResult, Fate, FirstOrder, Handled, Record
from streams.processing.bookkeeper import ENDED_OTHERWISE, STATUS_OF_COMMAND, Bookkeeper
from streams.processing.codec import Readable, read
from streams.processing.first_orders import first_orders
from tests.core_world import CoreWorld, make_report
from tests.fakes.clock import NOON
from tests.unit.streams.test_codec import REPORT
from workflows.appraisal.outcomes import Measure, Outcome

INCIDENT = IncidentId("i-1")
COMMAND = CommandId("c-1")
DIGEST = "sha256:" + "0" * 64
# Seconds, ratios and timestamps; else the plain number of what the name says.
UNITS = (
    "_total",
    "_seconds",
    "_ratio",
    "_records",
    "_open",
    "_waiting",
    "_pulled",
    "_overdue",
    "_unacknowledged",
    "_subjects",
    "_ready",
)
MOST_SERIES = 130


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def bookkeeper(registry: CollectorRegistry) -> Bookkeeper:
    return Bookkeeper(Metrics(registry))


def catalogue(registry: CollectorRegistry) -> Iterator[Metric]:
    Metrics(registry)
    yield from registry.collect()


def event(data: EventData, at: datetime = NOON, seq: int = 1) -> Event:
    return Event(
        event_id=f"e-{seq}",
        incident_id=INCIDENT,
        seq=seq,
        type=data.type_name,
        recorded_at=at,
        cause_id=MessageId("m-1"),
        actor=Actor(kind=ActorKind.RULE),
        rulebook=DIGEST,
        data=data,
    )


def order() -> Command:
    return Command(
        command_id=COMMAND,
        incident_id=INCIDENT,
        kind=CommandKind.ORDER,
        unit_code=UnitCode("500108:fire"),
        role=CommandRole.LEAD,
        task_id="rescue",
        text_zh="救援",
        level=Level.II,
        area_code=AreaCode("500108"),
        verified=False,
        attempt=1,
        released_by="rule",
        issued_at=NOON,
        acknowledge_by=NOON + timedelta(minutes=5),
        exercise=False,
        rulebook=DIGEST,
    )


def warning() -> PublicWarning:
    return PublicWarning(
        warning_id=WarningId("50010800000017_20251001110000_0"),
        incident_id=INCIDENT,
        message_type=MessageType.ALERT,
        status=WarningStatus.ACTUAL,
        colour=WarningColour.RED,
        category=Category.GAS,
        headline_zh="警报",
        description_zh="警报",
        area_codes=(AreaCode("500108"),),
        effective=NOON,
        expires=NOON + timedelta(hours=1),
        sender_code="50010800000017",
    )


def test_every_metric_says_its_unit_and_its_question(registry: CollectorRegistry) -> None:
    """Names are prefixed, in base units and end with them; the help is a question that somebody asks."""
    for metric in catalogue(registry):
        name = metric.name + ("_total" if metric.type == "counter" else "")
        assert re.fullmatch(r"fenghuo_[a-z]+(_[a-z]+)*", name)
        assert name.endswith(UNITS), name
        assert metric.documentation.endswith("?"), name


def test_every_label_has_a_closed_set(registry: CollectorRegistry) -> None:
    """Each label of each metric says what its values are, and no metric has more series than a screen could show."""
    for one in Metrics(registry).catalogue:
        sets = [values_of(one.name, label) for label in one.labels]
        assert all(found.meaning for found in sets)
        assert prod(len(found.values) for found in sets if found.is_listed) <= MOST_SERIES, one.name


def test_the_catalogue_is_what_is_exported(registry: CollectorRegistry) -> None:
    """The catalogue names each registered metric and no other, a counter with its ending, and its question."""
    described = {(one.name, one.question) for one in Metrics(registry).catalogue}
    assert described == {
        (m.name + "_total" * (m.type == "counter"), m.documentation) for m in registry.collect()
    }


def test_the_words_of_other_rooms_are_all_listed() -> None:
    """Labels that another room fills have exactly that room's words."""
    assert set(values_of("fenghuo_reports_lowered_total", "whose").values) == {flood.value for flood in Flood}
    assert set(values_of("fenghuo_commands_total", "status").values) == set(STATUS_OF_COMMAND.values())
    assert set(values_of("fenghuo_incidents_ended_otherwise_total", "how").values) == set(
        ENDED_OTHERWISE.values()
    )


def test_the_promised_metrics_are_there(registry: CollectorRegistry) -> None:
    """Those that dashboards and the acceptance tests name exist under these names."""
    names = {metric.name for metric in catalogue(registry)}
    assert names >= {
        "fenghuo_reports",
        "fenghuo_incidents_closed",
        "fenghuo_incidents_open",
        "fenghuo_commands",
        "fenghuo_command_acknowledge_seconds",
        "fenghuo_stage_duration_seconds",
        "fenghuo_dead_letters",
        "fenghuo_signatures_refused",
        "fenghuo_outbox_oldest_seconds",
        "fenghuo_message_handle_seconds",
        "fenghuo_batch_records",
        "fenghuo_deadline_lateness_seconds",
        "fenghuo_overdue_steps",
    }


@pytest.mark.parametrize(
    ("data", "sample", "labels"),
    [
        (
            VerdictReached(verdict=Verdict.TRUE, reason="two sources"),
            "fenghuo_verdicts_total",
            {"verdict": "true", "actor": "rule"},
        ),
        (IncidentRejected(reason="false"), "fenghuo_incidents_ended_otherwise_total", {"how": "rejected"}),
        (StageEntered(stage=Stage.DISPOSAL), "fenghuo_stage_entries_total", {"stage": "disposal"}),
        (
            CommandReceived(command_id=COMMAND, occurred_at=NOON),
            "fenghuo_commands_total",
            {"status": "received"},
        ),
        (
            StepEscalated(
                step=Step.CONFIRM,
                from_tier=Tier.TOWNSHIP,
                to_tier=Tier.DISTRICT,
                area_code=AreaCode("500108"),
            ),
            "fenghuo_overdue_steps_total",
            {"step": "confirm", "to_tier": "district"},
        ),
        (RedAlarmRaised(step=Step.CONFIRM), "fenghuo_red_alarms_total", {}),
        (
            DeadlineFired(deadline_id=DeadlineId("d-1"), late_by_seconds=0.2),
            "fenghuo_deadline_lateness_seconds_count",
            {},
        ),
        (
            WarningIssued(warning=warning()),
            "fenghuo_warnings_total",
            {"message_type": "alert", "colour": "red"},
        ),
    ],
)
def test_a_fact_is_counted_once(
    registry: CollectorRegistry, bookkeeper: Bookkeeper, data: EventData, sample: str, labels: dict[str, str]
) -> None:
    """Each kind of fact that somebody asks about moves its own metric by one."""
    bookkeeper.count_events([event(data)])
    assert registry.get_sample_value(sample, labels) == 1


def test_a_closure_tells_its_level_and_how_long_it_took(
    registry: CollectorRegistry, bookkeeper: Bookkeeper
) -> None:
    """The review of a closed incident feeds the durations of the whole and of its steps."""
    review = Review(
        verdict=Verdict.TRUE,
        level=Level.III,
        reports=2,
        commands=1,
        commands_late=0,
        commands_escalated=0,
        total_seconds=700,
        steps=(StepReview(step=Step.CONFIRM, seconds=60, overdue=0),),
    )
    bookkeeper.count_events([event(IncidentClosed(reason="done", review=review))])
    assert registry.get_sample_value("fenghuo_incidents_closed_total", {"level": "III"}) == 1
    assert registry.get_sample_value("fenghuo_incident_duration_seconds_sum") == 700
    assert registry.get_sample_value("fenghuo_step_duration_seconds_sum", {"step": "confirm"}) == 60


def test_the_time_to_acknowledge_runs_from_the_issue(
    registry: CollectorRegistry, bookkeeper: Bookkeeper
) -> None:
    """A command acknowledged after 90 s is 90 s in the histogram, and its issue and its answer are both counted."""
    acknowledged = CommandAcknowledged(
        command_id=COMMAND, person=Person(name="王五"), occurred_at=NOON, within_limit=True
    )
    bookkeeper.count_events([event(CommandIssued(command=order(), tier=Tier.DISTRICT))])
    bookkeeper.count_events([event(acknowledged, NOON + timedelta(seconds=90), seq=2)])
    assert registry.get_sample_value("fenghuo_command_acknowledge_seconds_sum") == 90
    assert registry.get_sample_value("fenghuo_commands_total", {"status": "issued"}) == 1
    assert registry.get_sample_value("fenghuo_commands_total", {"status": "acknowledged"}) == 1


def test_a_stage_lasts_until_the_next_is_entered(registry: CollectorRegistry, bookkeeper: Bookkeeper) -> None:
    """Entered at noon, left a minute later: verification took 60 s; one that was not seen entering is not guessed."""
    bookkeeper.count_events([event(StageEntered(stage=Stage.VERIFICATION))])
    later = NOON + timedelta(seconds=60)
    bookkeeper.count_events([event(StageEntered(stage=Stage.ASSESSMENT), later, seq=2)])
    sums = {
        stage: registry.get_sample_value("fenghuo_stage_duration_seconds_sum", {"stage": stage.value})
        for stage in Stage
    }
    assert {stage: seconds for stage, seconds in sums.items() if seconds} == {Stage.VERIFICATION: 60}


def test_every_stage_that_works_is_counted_once(registry: CollectorRegistry, bookkeeper: Bookkeeper) -> None:
    """Perception counts with the opening; reopening counts the stage that takes it up, not the one it is put behind."""
    world = CoreWorld()
    world.report(make_report())
    world.deliver()
    (incident_id,) = world.incidents
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.FALSE)
    assert world.incidents[incident_id].status is Status.REJECTED
    world.report(make_report("r-2", source="119-1", channel=Channel.FIRE))
    world.deliver()
    assert world.incidents[incident_id].stage is Stage.DISPOSAL
    bookkeeper.count_events(world.log[incident_id])
    entered = {
        stage: registry.get_sample_value("fenghuo_stage_entries_total", {"stage": stage.value})
        for stage in Stage
    }
    assert entered == {
        Stage.PERCEPTION: 1,
        Stage.VERIFICATION: 2,
        Stage.ASSESSMENT: 1,
        Stage.DISPOSAL: 1,
        Stage.FOLLOW_UP: None,
    }


@pytest.mark.parametrize(
    ("fate", "reason", "outcome", "counted"),
    [
        (Fate.APPLIED, None, "accepted", "processed"),
        (Fate.REFUSED, "not_open", "refused", "processed"),
        (Fate.DUPLICATE, None, "duplicate", "duplicate"),
        (Fate.DEAD, "id_conflict", "id_conflict", "dead"),
        (Fate.DEAD, "unknown_area", "refused", "dead"),
    ],
)
def test_reports_are_counted_by_what_became_of_them(
    registry: CollectorRegistry,
    bookkeeper: Bookkeeper,
    fate: Fate,
    reason: str | None,
    outcome: str,
    counted: str,
) -> None:
    """Each fate has its outcome under the report's channel, and its share of the topic's messages."""
    found = read(Report, json.dumps(REPORT).encode(), NOON)
    assert isinstance(found, Readable)
    record = Record(Topic.REPORTS, 0, 7, None, b"")
    handled = Handled(record, fate, reason=reason, message=found.message)
    bookkeeper.count_batch(BatchResult((handled,)))
    labels = {"channel": "grid", "outcome": outcome}
    assert registry.get_sample_value("fenghuo_reports_total", labels) == 1
    labels = {"topic": "reports", "outcome": counted}
    assert registry.get_sample_value("fenghuo_messages_total", labels) == 1
    dead = registry.get_sample_value(
        "fenghuo_dead_letters_total", {"topic": "reports", "reason": reason or ""}
    )
    assert (dead == 1) is (fate is Fate.DEAD)


def test_a_measured_duty_counts_for_what_it_was(registry: CollectorRegistry, bookkeeper: Bookkeeper) -> None:
    """A direct report beyond its limit is one bad one, and the good ones are shown as 0."""
    late = Outcome(
        "o-1",
        Measure.DIRECT_REPORT,
        AreaCode("500108"),
        AreaCode("500108100"),
        None,
        INCIDENT,
        NOON,
        good=False,
    )
    bookkeeper.count_batch(BatchResult(outcomes=(late,)))
    counted = [
        registry.get_sample_value("fenghuo_outcomes_total", {"measure": "direct_report", "result": result})
        for result in ("good", "bad")
    ]
    assert counted == [0, 1]


def test_the_first_order_is_timed_from_the_opening(
    registry: CollectorRegistry, bookkeeper: Bookkeeper
) -> None:
    """A fire's first orders are one observation of its level; a later batch of the same incident gives none."""
    world = CoreWorld()
    world.report(make_report())
    world.deliver()
    (incident_id,) = world.incidents
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    state = world.incidents[incident_id]
    log = world.log[incident_id]
    (first,) = first_orders(log, world.incidents.get)
    orders = [held.command for held in state.commands.values()]
    after_seconds = (min(order.issued_at for order in orders) - state.opened_at).total_seconds()
    assert (first.level, first.after_seconds) == (orders[0].level, after_seconds)
    later = orders[0].model_copy(update={"issued_at": orders[0].issued_at + timedelta(hours=1)})
    issued = event(CommandIssued(command=later, tier=Tier.DISTRICT)).model_copy(
        update={"incident_id": incident_id}
    )
    assert first_orders([issued], world.incidents.get) == ()
    drill = state.model_copy(update={"exercise": True})
    assert first_orders(log, lambda _: drill) == ()
    bookkeeper.count_batch(BatchResult(first_orders=(FirstOrder(Level.II, 1.5),)))
    assert registry.get_sample_value("fenghuo_report_to_command_seconds_sum", {"level": "II"}) == 1.5


def test_open_incidents_show_every_stage(registry: CollectorRegistry, bookkeeper: Bookkeeper) -> None:
    """A stage without open incidents shows 0, not what it had before."""
    bookkeeper.show_open({Stage.DISPOSAL: 3})
    bookkeeper.show_open({Stage.FOLLOW_UP: 1})
    shown = [registry.get_sample_value("fenghuo_incidents_open", {"stage": s.value}) for s in Stage]
    assert shown == [0, 0, 0, 0, 1]
