"""Laws of the real unit of work: a machine that reports, decides, crashes, redelivers and wipes the broker at random.

After every step, and when everything has come to rest, nothing is lost, nothing done twice; and whatever crashes are
put into a given course of events, the database ends with the very bytes that it has without them.
"""

import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from models.topics import Topic
from streams.broker.publishing import PublishFailed
from streams.program.failpoints import Failpoint
from tests.stored import laws, people
from tests.stored.broker import PARTITIONS
from tests.stored.people import Step
from tests.stored.replayed import WORST, FaultyWorld, Mishap, everything_kept
from tests.stored.world import EVERYTHING, READ, StoreWorld

_PLACES = tuple(place for place in Failpoint if place is not Failpoint.MID_OFFSET_COMMIT)
_AT_SWEEPING = (Failpoint.MID_PUBLISH, Failpoint.AFTER_PUBLISH)
_MOST_ROUNDS = 100
_pick = st.integers(0, 50)
_most = st.sampled_from([1, 2, 5, EVERYTHING])
_partition = st.integers(0, PARTITIONS - 1)


@pytest.fixture(autouse=True, scope="module")
def _without_log() -> Iterator[None]:
    """A machine's own steps say what happened; thousands of log lines would hide them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


class _Outside(RuleBasedStateMachine):
    """What people and units do."""

    def __init__(self) -> None:
        super().__init__()
        self.world = StoreWorld()

    @initialize(turns=st.lists(people.beginnings, min_size=1, max_size=3))
    def something_happened(self, turns: list[tuple[Step, ...]]) -> None:
        """The machine begins in the middle of things: with incidents, perhaps verified, perhaps commanded."""
        for turn in turns:
            for step in turn:
                step.play(self.world)
                self.world.settle()

    @rule(step=people.says)
    def somebody_reports(self, step: Step) -> None:
        """To the gateway or straight to Kafka, under a new name or one that was used."""
        step.play(self.world)

    @rule(step=people.repeats | people.mumbles)
    def somebody_repeats_or_mumbles(self, step: Step) -> None:
        """The same bytes again, or bytes that say nothing."""
        step.play(self.world)

    @rule(step=people.decides | people.verifies | people.joins)
    def an_officer_decides(self, step: Step) -> None:
        """Merges and splits are among it."""
        step.play(self.world)

    @rule(step=people.answers)
    def a_unit_answers(self, step: Step) -> None:
        """In time or not, about its own command or another."""
        step.play(self.world)

    @rule(step=people.waits)
    def time_passes(self, step: Step) -> None:
        """Nobody sweeps yet."""
        step.play(self.world)


class _Engine(_Outside):
    """What the engine does while all is well."""

    def waiting(self) -> list[Topic]:
        """Topics on which something waits to be read."""
        return [topic for topic in READ if self.world.broker.waiting(topic, 1)]

    @precondition(lambda self: self.waiting())
    @rule(pick=_pick, most=_most)
    def a_batch_is_handled(self, pick: int, most: int) -> None:
        """Some records of both partitions, in one transaction."""
        waiting = self.waiting()
        self.world.deliver(waiting[pick % len(waiting)], most)

    @rule()
    def everything_is_handled(self) -> None:
        """The engine keeps up for once."""
        self.world.settle()

    @rule()
    def the_outbox_is_swept(self) -> None:
        """The gateway's rows, and what the dead had claimed."""
        self.world.sweep_outbox()

    @rule()
    def deadlines_are_swept(self) -> None:
        """Whatever has passed is sent."""
        self.world.sweep_deadlines()

    @rule()
    def commands_are_sent_again(self) -> None:
        """Those that no unit's system took in."""
        self.world.sweep_commands()


class UnitOfWorkMachine(_Engine):
    """What goes wrong, and what must hold all the same."""

    lost_on: set[tuple[Topic, int]]

    def __init__(self) -> None:
        super().__init__()
        self.lost_on = set()

    def was_read(self) -> list[tuple[Topic, int]]:
        """Partitions of which something was read."""
        return [
            (topic, number)
            for topic in READ
            for number in range(PARTITIONS)
            if self.world.broker.read_to[topic, number] > 0
        ]

    @precondition(lambda self: self.waiting())
    @rule(pick=_pick, most=_most, place=st.sampled_from(_PLACES), seeks=st.booleans())
    def the_process_dies_at_a_batch(self, pick: int, most: int, place: Failpoint, seeks: bool) -> None:
        """The next one reads from where the database stands, or once more what nobody acknowledged."""
        waiting = self.waiting()
        self.world.deliver(waiting[pick % len(waiting)], most, place)
        if seeks:
            self.world.seek_where_the_database_stands()

    @rule(place=st.sampled_from(_AT_SWEEPING))
    def the_process_dies_sweeping_deadlines(self, place: Failpoint) -> None:
        """What was committed and not published is left to the outbox sweeper."""
        self.world.sweep_deadlines(place)

    @rule(place=st.sampled_from(_AT_SWEEPING))
    def the_process_dies_sweeping_the_outbox(self, place: Failpoint) -> None:
        """Half is on the broker, or all of it, and nothing is marked."""
        self.world.sweep_outbox(place)

    @rule()
    def the_broker_takes_only_half(self) -> None:
        """The next publication fails, and some of it is there."""
        self.world.broker.fault = PublishFailed("only half of it")

    @precondition(lambda self: self.was_read())
    @rule(pick=_pick, share=st.sampled_from([0.0, 0.0, 0.5, 0.9]), most=_most)
    def a_partition_is_read_again(self, pick: int, share: float, most: int) -> None:
        """Its offsets were reset, to the beginning or somewhere later."""
        was_read = self.was_read()
        topic, partition = was_read[pick % len(was_read)]
        read_to = self.world.broker.read_to
        read_to[topic, partition] = int(read_to[topic, partition] * share)
        self.world.deliver(topic, most)

    @precondition(lambda self: self.was_read())
    @rule(pick=_pick, first=st.sampled_from([0, 0, 1, 3]), count=st.integers(1, 9))
    def a_zombie_wakes(self, pick: int, first: int, count: int) -> None:
        """What it fetched was handled since; it changes nothing at all."""
        was_read = self.was_read()
        topic, partition = was_read[pick % len(was_read)]
        before = everything_kept(self.world), self.world.rows("SELECT count(*) FROM outbox")[0][0]
        self.world.wake_zombie(topic, partition, first, count)
        assert (everything_kept(self.world), self.world.rows("SELECT count(*) FROM outbox")[0][0]) == before

    @rule(topic=st.sampled_from(READ), partition=_partition, width=st.integers(1, 3))
    def offsets_are_left_out(self, topic: Topic, partition: int, width: int) -> None:
        """Markers and compaction take offsets that no reader gets."""
        self.world.broker.leave_hole(topic, partition, width)

    @rule(topic=st.sampled_from(READ), partition=_partition)
    def unread_records_are_lost(self, topic: Topic, partition: int) -> None:
        """The engine learns it from the next record, and sends again what it wrote itself."""
        if self.world.broker.lose_unread(topic, partition):
            self.lost_on.add((topic, partition))

    @rule()
    def the_broker_comes_back_empty(self) -> None:
        """A new cluster id: what nobody has read and no outbox holds died with the old one."""
        self.holds(laws.every_record_has_one_end(self.world))
        self.lost_on.clear()
        self.world.wipe_broker()

    @staticmethod
    def holds(broken: Iterator[str]) -> None:
        """Nothing breaks the law."""
        found = list(broken)
        assert not found, "\n".join(found)

    @invariant()
    def laws_hold_after_every_step(self) -> None:
        """Those that are cheap to look at."""
        self.holds(laws.after_every_step(self.world))

    def teardown(self) -> None:
        """Left alone, everything comes to rest and every clock runs out, and then all laws hold."""
        try:
            self._come_to_rest()
            self.holds(laws.at_rest(self.world))
            self._let_every_clock_run_out()
            self.holds(laws.at_rest(self.world))
            self.holds(laws.every_clock_has_run_out(self.world))
        finally:
            self.world.close()

    def _come_to_rest(self) -> None:
        self.world.settle()
        for topic, partition in sorted(self.lost_on):
            self.world.broker.append(topic, b"", b"a record after the hole", partition)
        self.world.settle()

    def _let_every_clock_run_out(self) -> None:
        for _ in range(_MOST_ROUNDS):
            if not self.world.rows("SELECT 1 FROM deadlines WHERE progress = 'open' LIMIT 1"):
                return
            self.world.clock.move(86_400)
            self.world.settle()


# A step is a transaction or two on a real database, a hundred times what a step of the core costs.
_EXAMPLES = max(4, settings().max_examples // 10)
# Making a failure smaller takes longer than a test may; to look into one, leave the phases out.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
UnitOfWorkMachine.TestCase.settings = settings(
    max_examples=_EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    phases=_PHASES,
    suppress_health_check=[HealthCheck.too_slow],
)
TestUnitOfWorkMachine = UnitOfWorkMachine.TestCase


@settings(max_examples=_EXAMPLES, phases=_PHASES)
@given(
    beginning=people.beginnings,
    turns=st.lists(st.lists(people.steps, min_size=1, max_size=4), min_size=1, max_size=4),
    mishaps=st.lists(st.sampled_from(WORST), min_size=5, max_size=12),
)
def test_crashes_change_nothing(
    beginning: tuple[Step, ...], turns: list[list[Step]], mishaps: list[Mishap]
) -> None:
    """Whatever dies, is delivered again or is wiped on the way, the database ends with the same bytes as without."""
    calm, faulty = StoreWorld(), FaultyWorld(mishaps)
    try:
        for turn in (*([step] for step in beginning), *turns):
            for world in (calm, faulty):
                for step in turn:
                    step.play(world)
                world.settle()
        assert everything_kept(faulty) == everything_kept(calm)
        assert list(laws.at_rest(faulty)) == []
    finally:
        calm.close()
        faulty.close()
