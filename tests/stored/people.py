"""People: what the outside says, as values that can be said again in another world.

Whom a step means it finds in the database by place in an order, so that the same steps say the same in two worlds
that hold the same.
"""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from models.categories import Category
from models.identifiers import AreaCode, CommandId, DeadlineId, DecisionId, FeedbackId, IncidentId, UnitCode
from models.messages.decision import Decision, ReportRef
from models.messages.feedback import Feedback
from models.messages.fields import Inbound
from models.messages.report import Facts
from models.topics import Topic
from models.vocabulary import Action, Channel, Claim, FeedbackKind, Level, Role, Tier, Verdict
from streams.access.signing import sign
from tests.core_world import OFFICER, PERSON, make_report
from tests.fakes.signing import CITY_KEY
from tests.stored.world import StoreWorld

_CITY = AreaCode("500000")
_NOBODY = IncidentId("no-such-incident")


@dataclass(frozen=True, slots=True)
class Says:
    """Somebody reports, straight to Kafka or at the gateway's door. Names repeat, and then so do identities."""

    name: int
    source: str
    channel: Channel
    category: Category | None
    area: str
    claim: Claim
    urgent: bool
    exercise: bool
    deaths: int | None
    at_the_door: bool
    refers_to: int | None

    def play(self, world: StoreWorld) -> None:
        """Say it. The time is part of the content: said again later it is other content under the same id."""
        report = make_report(
            f"r-{self.name}",
            source=self.source,
            channel=self.channel,
            category=self.category,
            area=self.area,
            at=world.clock.now(),
            claim=self.claim,
            urgent=self.urgent,
            exercise=self.exercise,
            refers_to=None if self.refers_to is None else f"r-{self.refers_to}",
            facts=Facts(deaths=self.deaths),
        )
        if self.at_the_door and self.area != "999999":
            world.accept(report, written(report))
        else:
            topic = Topic.REPORTS_URGENT if self.urgent else Topic.REPORTS
            world.tell(topic, self.area.encode(), written(report))


@dataclass(frozen=True, slots=True)
class Repeats:
    """What somebody sent to a topic comes once more, byte for byte, perhaps by the other way in."""

    topic: Topic
    pick: int

    def play(self, world: StoreWorld) -> None:
        """Say it again."""
        said = [(key, value) for topic, key, value in world.told if topic is self.topic]
        if said:
            is_swapped = self.topic is Topic.REPORTS_URGENT and self.pick % 2
            world.tell(Topic.REPORTS if is_swapped else self.topic, *said[self.pick % len(said)])


@dataclass(frozen=True, slots=True)
class Mumbles:
    """Bytes that are no message."""

    topic: Topic
    key: bytes
    value: bytes | None

    def play(self, world: StoreWorld) -> None:
        """They arrive all the same."""
        world.tell(self.topic, self.key, self.value)


@dataclass(frozen=True, slots=True)
class Decides:
    """An officer of the city decides about some incident, or about one that nobody opened; or somebody says so."""

    name: int
    pick: int
    other: int
    action: Action
    verdict: Verdict
    level: Level
    is_genuine: bool

    def play(self, world: StoreWorld) -> None:
        """Send the decision."""
        incidents = [
            row["incident_id"]
            for row in world.rows("SELECT incident_id FROM incidents ORDER BY opened_at, incident_id")
        ]
        known = incidents or [_NOBODY]
        incident_id = IncidentId(known[self.pick % len(known)])
        clocks = world.rows(
            "SELECT deadline_id FROM deadlines WHERE incident_id = ? ORDER BY due_at, deadline_id",
            incident_id,
        )
        decision = Decision(
            decision_id=DecisionId(f"{'d' if self.is_genuine else 'forged'}-{self.name}"),
            incident_id=incident_id,
            action=self.action,
            officer=OFFICER.model_copy(update={"role": Role.COMMANDER}),
            area_code=_CITY,
            decided_at=world.clock.now(),
            reason="the test says so",
            verdict=self.verdict,
            level=self.level,
            other_incident_id=IncidentId(known[self.other % len(known)]),
            reports=_last_report(world, incident_id),
            to_tier=Tier.CITY,
            deadline_id=DeadlineId(clocks[self.other % len(clocks)]["deadline_id"] if clocks else "none"),
            until=world.clock.now() + timedelta(hours=1),
        )
        if self.is_genuine:
            world.tell(Topic.DECISIONS, incident_id.encode(), written(decision))
        else:
            headers = () if self.pick % 2 else sign(b"other bytes", CITY_KEY)
            world.forge(
                Topic.DECISIONS, incident_id.encode(), written(decision), decision.message_id, headers
            )


@dataclass(frozen=True, slots=True)
class Answers:
    """A unit answers some command, or one that nobody issued."""

    name: int
    pick: int
    kind: FeedbackKind

    def play(self, world: StoreWorld) -> None:
        """Send the feedback, under the incident for which the command was issued."""
        commands = world.rows(
            "SELECT command_id, incident_id, unit_code FROM commands ORDER BY issued_at, command_id"
        )
        if not commands:
            return
        about = commands[self.pick % len(commands)]
        feedback = Feedback(
            feedback_id=FeedbackId(f"f-{self.name}"),
            command_id=CommandId(about["command_id"]),
            incident_id=IncidentId(about["incident_id"]),
            unit_code=UnitCode(about["unit_code"]),
            kind=self.kind,
            person=PERSON,
            occurred_at=world.clock.now(),
            reason="no vehicle" if self.kind is FeedbackKind.REFUSED else None,
        )
        world.tell(Topic.DISPOSAL_FEEDBACK, feedback.incident_id.encode(), written(feedback))


@dataclass(frozen=True, slots=True)
class Waits:
    """Time passes."""

    seconds: int

    def play(self, world: StoreWorld) -> None:
        """Only the clock moves: what is due stays due until somebody sweeps."""
        world.clock.move(self.seconds)


Step = Says | Repeats | Mumbles | Decides | Answers | Waits


def written(message: Inbound) -> bytes:
    """The bytes of a message as its sender writes them."""
    return message.model_dump_json(exclude_none=True).encode()


def _last_report(world: StoreWorld, incident_id: IncidentId) -> tuple[ReportRef, ...]:
    query = (
        "SELECT source_id, report_id FROM reports WHERE incident_id = ? ORDER BY recorded_at DESC, report_id"
    )
    held = world.rows(query + " LIMIT 1", incident_id)
    known = [(row["source_id"], row["report_id"]) for row in held] or [("nobody", "nothing")]
    return tuple(ReportRef(source_id=source, report_id=report) for source, report in known)


_names = st.integers(0, 30)
_picks = st.integers(0, 50)
_messages = st.integers(0, 200)
_intakes = st.sampled_from([Topic.REPORTS, Topic.REPORTS_URGENT])

says = st.builds(
    Says,
    name=_names,
    source=st.sampled_from(["s-0", "s-1", "s-2", "s-3"]),
    channel=st.sampled_from([Channel.GRID, Channel.GRID, *Channel]),
    category=st.sampled_from([Category.FIRE, Category.FIRE, Category.ROAD_TRAFFIC, None]),
    area=st.sampled_from(["500108001"] * 4 + ["500108002", "500157", "500101001", "999999"]),
    claim=st.sampled_from([Claim.AFFIRM, Claim.AFFIRM, Claim.AFFIRM, Claim.DENY]),
    exercise=st.sampled_from([False, False, False, True]),
    deaths=st.none() | st.integers(0, 40),
    refers_to=st.none() | st.none() | _names,
)
repeats = st.builds(
    Repeats, topic=_intakes | st.sampled_from([Topic.DECISIONS, Topic.DISPOSAL_FEEDBACK]), pick=_picks
)
mumbles = st.builds(
    Mumbles,
    topic=_intakes | st.sampled_from([Topic.DECISIONS, Topic.DISPOSAL_FEEDBACK]),
    key=st.sampled_from([b"a", b"b"]),
    value=st.sampled_from([None, b"", b"\xff", b"[]", b'{"report_id":NaN}', b'{"schema_version":99}']),
)
decides = st.builds(
    Decides,
    name=_messages,
    pick=_picks,
    other=_picks,
    is_genuine=st.sampled_from([True, True, True, False]),
)
verifies = st.builds(
    Decides,
    name=_messages,
    pick=_picks,
    other=_picks,
    action=st.just(Action.VERIFY),
    verdict=st.sampled_from([Verdict.TRUE, Verdict.TRUE, Verdict.TRUE, Verdict.FALSE]),
    is_genuine=st.just(True),
)
joins = st.builds(
    Decides,
    name=_messages,
    pick=_picks,
    other=_picks,
    action=st.sampled_from([Action.MERGE, Action.SPLIT]),
    is_genuine=st.just(True),
)
answers = st.builds(Answers, name=_messages, pick=_picks, kind=st.sampled_from(FeedbackKind))
waits = st.builds(Waits, seconds=st.sampled_from([0, 1, 6, 70, 400, 4_000, 90_000]))
beginnings = st.tuples(says) | st.tuples(says, verifies) | st.tuples(says, says, verifies, answers)
steps: st.SearchStrategy[Step] = st.one_of(
    says, says, repeats, mumbles, decides, joins, verifies, answers, answers, waits
)
