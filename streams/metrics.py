"""The one catalogue of metrics: each with its unit in its name, closed labels and the question that it answers.

They stand here together, and not where they are used, because the rules may not count: what happened is counted from
committed events (`streams.processing.bookkeeper`) and never from attempts, so that a batch that was rolled back and
run again counts once. Labels come from closed sets (`streams.metric_labels`); an id is never one. The list in
deploy/docs/metrics.md is written from here.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from models.vocabulary import Level
from streams.metric_labels import values_of

# The limits of the rulebook lie between 1 minute (a command of level I) and 30 days (a hazard's removal).
_DEADLINES_SECONDS = (10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400, 604_800)
_LATENESS_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 300, 3_600, 86_400)
_HANDLING_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
# From what the program promises (2 s) to what only a night without anybody on duty explains.
_FIRST_COMMAND_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 180, 600, 1_800, 3_600, 21_600)
_BATCH_RECORDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)


class Kind(StrEnum):
    """What a metric is, and so how several processes are taken together."""

    COUNTER = "counter"  # each process counts what it did: add up
    HISTOGRAM = "histogram"  # the same
    OWN_GAUGE = "gauge of a process"  # each process shows itself: look at each
    SHARED_GAUGE = "gauge of the installation"  # whoever shows it shows the same: take the greatest


@dataclass(frozen=True, slots=True)
class Described:
    """One metric of the catalogue; `name` is what a query asks for (a histogram adds `_bucket`, `_sum`, `_count`)."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    question: str


class _Shelf:
    """Registers metrics with few words; the question is Prometheus' help text."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.catalogue: list[Described] = []

    def counter(self, name: str, question: str, *labels: str) -> Counter:
        self._describe(name, Kind.COUNTER, question, labels)
        return Counter(f"fenghuo_{name}", question, labels, registry=self._registry)

    def rung(self, name: str, question: str, *labels: str) -> Counter:
        """A counter whose increase rings: every series is shown from 0 on, since from nothing none is seen."""
        made = self.counter(name, question, *labels)
        for values in product(*(values_of(f"fenghuo_{name}", label).values for label in labels)):
            made.labels(*values)
        return made

    def gauge(self, name: str, question: str, *labels: str) -> Gauge:
        self._describe(name, Kind.OWN_GAUGE, question, labels)
        return Gauge(f"fenghuo_{name}", question, labels, registry=self._registry)

    def shared(self, name: str, question: str, *labels: str) -> Gauge:
        self._describe(name, Kind.SHARED_GAUGE, question, labels)
        return Gauge(f"fenghuo_{name}", question, labels, registry=self._registry)

    def histogram(self, name: str, question: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        self._describe(name, Kind.HISTOGRAM, question, labels)
        return Histogram(f"fenghuo_{name}", question, labels, registry=self._registry, buckets=buckets)

    def _describe(self, name: str, kind: Kind, question: str, labels: tuple[str, ...]) -> None:
        self.catalogue.append(Described(f"fenghuo_{name}", kind, labels, question))


class IncidentMetrics:
    """What reports and incidents came to."""

    def __init__(self, shelf: _Shelf) -> None:
        self.reports = shelf.counter(
            "reports_total",
            "How many reports came by each channel, and what became of them?",
            "channel",
            "outcome",
        )
        self.opened = shelf.counter("incidents_opened_total", "How many incidents began?", "nature")
        self.closed = shelf.counter(
            "incidents_closed_total", "How many were closed, at which level?", "level"
        )
        for level in Level:
            self.closed.labels(level.value)  # shown as 0 before the first: an absent metric is a fault
        self.ended_otherwise = shelf.counter(
            "incidents_ended_otherwise_total", "How many were rejected, merged or reopened?", "how"
        )
        self.open = shelf.shared("incidents_open", "How many incidents are open, per stage?", "stage")
        self.open_in_district = shelf.shared(
            "district_incidents_open", "How many incidents are open in each district?", "district"
        )
        self.verdicts = shelf.counter(
            "verdicts_total", "What did verification find, by rule or by an officer?", "verdict", "actor"
        )
        self._of_time(shelf)

    def _of_time(self, shelf: _Shelf) -> None:
        self.duration = shelf.histogram(
            "incident_duration_seconds", "How long from opening to closure?", _DEADLINES_SECONDS
        )
        self.stage_entries = shelf.counter(
            "stage_entries_total", "How many incidents came into each stage?", "stage"
        )
        self.stage_duration = shelf.histogram(
            "stage_duration_seconds",
            "How long did incidents stay in each stage?",
            _DEADLINES_SECONDS,
            "stage",
        )
        self.step_duration = shelf.histogram(
            "step_duration_seconds",
            "How long did each of the twelve steps of closed incidents take?",
            _DEADLINES_SECONDS,
            "step",
        )


class DutyMetrics:
    """How well areas and units do their duty: the outcomes that ratings add up, as they are measured."""

    def __init__(self, shelf: _Shelf) -> None:
        self.outcomes = shelf.rung(
            "outcomes_total",
            "How many duties were measured, and how many of them were done as they should?",
            "measure",
            "result",
        )
        self.report_to_command = shelf.histogram(
            "report_to_command_seconds",
            "How long from the opening of an incident to its first order (exercises left out)?",
            _FIRST_COMMAND_SECONDS,
            "level",
        )
        for level in Level:
            self.report_to_command.labels(level.value)
        self.subjects = shelf.gauge(
            "rated_subjects", "How many areas and units have each colour of the five?", "subject", "colour"
        )
        self.district_rating = shelf.gauge(
            "district_rating_ratio", "What is the score of each district, 1 for 100 points?", "district"
        )


class DeadlineMetrics:
    """What was late, and what came out to the public."""

    def __init__(self, shelf: _Shelf) -> None:
        self.overdue = shelf.shared(
            "deadlines_overdue", "How many clocks have passed that nobody has handled yet?"
        )
        self.oldest_overdue = shelf.shared(
            "deadline_overdue_seconds", "How long ago did the oldest of these clocks pass?"
        )
        self.lateness = shelf.histogram(
            "deadline_lateness_seconds", "How long after its time was a deadline handled?", _LATENESS_SECONDS
        )
        self.overdue_steps = shelf.rung(
            "overdue_steps_total", "Which steps climbed a tier, and to which?", "step", "to_tier"
        )
        self.red_alarms = shelf.counter("red_alarms_total", "How often was even the city silent?")
        self.warnings = shelf.counter(
            "warnings_total", "Which public warnings went out?", "message_type", "colour"
        )


class CommandMetrics:
    """What units were told, and what they said."""

    def __init__(self, shelf: _Shelf) -> None:
        self.statuses = shelf.counter(
            "commands_total", "How many commands came to each status, and how many were late?", "status"
        )
        self.acknowledge = shelf.histogram(
            "command_acknowledge_seconds",
            "How long from a command's issue until a named person has it?",
            _DEADLINES_SECONDS,
        )
        self.redeliveries = shelf.counter(
            "command_redeliveries_total", "How many were sent again because no unit's system had them?"
        )
        self.unacknowledged = shelf.shared(
            "commands_unacknowledged", "How many orders wait for a person's name, by whose unit?", "tier"
        )
        self.unacknowledged_in_district = shelf.shared(
            "district_commands_unacknowledged",
            "For how many orders does each district owe a name?",
            "district",
        )
        self.oldest_overdue = shelf.shared(
            "command_overdue_seconds", "How long past its limit is the order that waits longest for a name?"
        )
        self.oldest_unheard = shelf.shared(
            "retraction_overdue_seconds",
            "How long past its limit is the retraction that no unit's system has?",
        )


class MessageMetrics:
    """How messages pass through the agents."""

    def __init__(self, shelf: _Shelf) -> None:
        self.handled = shelf.rung(
            "messages_total", "How many messages were processed, duplicates, or dead?", "topic", "outcome"
        )
        self.dead_letters = shelf.counter(
            "dead_letters_total", "How many messages could not be handled, and why?", "topic", "reason"
        )
        self.signatures_refused = shelf.rung(
            "signatures_refused_total",
            "How many decisions and feedback did nobody answer for, and why?",
            "reason",
        )
        self.handle = shelf.histogram(
            "message_handle_seconds",
            "How long from taking a batch until its offsets may be committed?",
            _HANDLING_SECONDS,
            "topic",
        )
        self.batch_records = shelf.histogram(
            "batch_records", "How many messages share a transaction?", _BATCH_RECORDS, "topic"
        )
        self.last_handled = shelf.gauge(
            "last_handled_timestamp_seconds", "When was a batch of this topic last finished?", "topic"
        )
        self.faults = shelf.counter(
            "faults_total", "How often was work tried again, dropped or given up, and why?", "where", "fault"
        )
        self._of_consumer(shelf)

    def _of_consumer(self, shelf: _Shelf) -> None:
        self.oldest_unacked = shelf.gauge(
            "oldest_unacknowledged_seconds", "How old is the oldest message that no agent has finished?"
        )
        self.unfinished = shelf.gauge(
            "unfinished_seconds", "For how long has an agent that has something to do finished nothing?"
        )
        self.disagreements = shelf.rung(
            "disagreements_total", "How often did Kafka say something else than the database?", "kind"
        )
        self.since_fetch = shelf.gauge(
            "since_fetch_seconds", "How long ago did the consumer last come round to fetch?"
        )
        self.assignments = shelf.counter(
            "assignments_total",
            "How often was this worker given partitions, that is, how often did it rebalance?",
        )
        self.standing_still = shelf.gauge(
            "standing_still_seconds", "How long has a partition had records that this worker does not read?"
        )
        self.lag = shelf.shared(
            "consumer_lag_records", "How many records of each topic has the group not committed yet?", "topic"
        )
        self.brakes_pulled = shelf.gauge(
            "brakes_pulled", "How many partitions stand still for their dead letters?"
        )


class OutboxMetrics:
    """What is on its way to Kafka."""

    def __init__(self, shelf: _Shelf) -> None:
        self.published = shelf.counter(
            "published_total", "How many records went to Kafka, sent by whom?", "by"
        )
        self.waiting = shelf.shared("outbox_waiting", "How many records wait to be published?")
        self.oldest = shelf.shared("outbox_oldest_seconds", "How old is the oldest record that waits?")


class DatabaseMetrics:
    """How the process gets on with its database, and whether it is ready."""

    def __init__(self, shelf: _Shelf) -> None:
        self.connections = shelf.gauge("database_connections_open", "How many connections does it use now?")
        self.most_connections = shelf.gauge(
            "database_connections_most_open", "How many connections may it use at most?"
        )
        self.look = shelf.histogram(
            "database_look_seconds", "How long does the look take that fills these gauges?", _HANDLING_SECONDS
        )
        self.ready = shelf.gauge(
            "component_ready", "Is this part of the process ready, 1, or not, 0?", "component"
        )


class DoorMetrics:
    """What happened at the gateway's door."""

    def __init__(self, shelf: _Shelf) -> None:
        self.lowered = shelf.rung(
            "reports_lowered_total",
            "How many urgent reports of a flood went into the common lane, and whose flood was it?",
            "whose",
        )


class ProjectionMetrics:
    """What was told of heat and ratings."""

    def __init__(self, shelf: _Shelf) -> None:
        self.published = shelf.counter(
            "projections_published_total", "How many heat rankings and ratings changed and went out?", "topic"
        )
        self.looked_at = shelf.gauge(
            "projection_looked_at_timestamp_seconds",
            "When was it last made sure that what is told of heat and ratings is so?",
            "topic",
        )
        self.refolded = shelf.counter(
            "heat_refolded_total", "How many heats were folded again from their logs for a new epoch?"
        )


class ScreenMetrics:
    """Who looks on."""

    def __init__(self, shelf: _Shelf) -> None:
        self.streams = shelf.gauge(
            "screen_streams_open", "How many browsers are told live (the tabs of one share a stream)?"
        )


class HeartbeatMetrics:
    """Whether the loop turns, by a report of nobody that goes round it."""

    def __init__(self, shelf: _Shelf) -> None:
        self.hop = shelf.histogram(
            "heartbeat_hop_seconds",
            "How long after it was written was a heartbeat through each hop (accepted: how long was writing it)?",
            _HANDLING_SECONDS,
            "hop",
        )
        self.came_round = shelf.gauge(
            "heartbeat_came_round_timestamp_seconds",
            "When did this process last bring a heartbeat round, or begin to send them?",
        )


class ClockMetrics:
    """Whether the clocks around the program agree with its time."""

    def __init__(self, shelf: _Shelf) -> None:
        self.jumps = shelf.rung(
            "clock_jumps_total", "How often did a clock part from the program's time by over 2 s?", "clock"
        )
        self.wrong = shelf.gauge(
            "clock_wrong_seconds", "How far is a clock from the program's time, either way?", "clock"
        )


class AnchorMetrics:
    """Whether a dropped end of the database would be found out."""

    def __init__(self, shelf: _Shelf) -> None:
        self.age = shelf.gauge(
            "anchor_age_seconds", "How long ago did this process anchor the database at its second place?"
        )


class Metrics:
    """All metrics of one process; the composition root makes one, on the registry that /metrics shows."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        shelf = _Shelf(registry)
        self.incidents = IncidentMetrics(shelf)
        self.duties = DutyMetrics(shelf)
        self.deadlines = DeadlineMetrics(shelf)
        self.commands = CommandMetrics(shelf)
        self.messages = MessageMetrics(shelf)
        self.outbox = OutboxMetrics(shelf)
        self.database = DatabaseMetrics(shelf)
        self.projections = ProjectionMetrics(shelf)
        self.screens = ScreenMetrics(shelf)
        self.door = DoorMetrics(shelf)
        self.heartbeat = HeartbeatMetrics(shelf)
        self.clocks = ClockMetrics(shelf)
        self.anchors = AnchorMetrics(shelf)
        self.catalogue = tuple(shelf.catalogue)
