"""A city in memory: the real core with the simulated people around it, and a clock that jumps to whatever is next.

It stands where the gateway and the topics stand in the running program, and does with each message what they do.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

from models.areas import area_tree
from models.identifiers import IncidentId, MessageId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.report import Report
from models.vocabulary import Status
from streams.gateway.showing import incident_view
from streams.gateway.views import CommandView, IncidentSummary, IncidentView, ReportView
from streams.processing import codec
from streams.processing.placing import place_of
from streams.simulator.door import Outcome
from streams.simulator.officers import Officers
from streams.simulator.outlets import GatewayOutlet
from streams.simulator.patrol import patrol
from streams.simulator.reporters import Pace, Reporters
from streams.simulator.units import Units
from tests.core_world import CoreWorld
from workflows.agenda import current_step, next_due_at
from workflows.answer import Answer
from workflows.incident import CommandState, Incident
from workflows.judgement.account import hear
from workflows.judgement.fusion import fuse
from workflows.message import DecisionTaken, Envelope, FeedbackGiven, ReportArrived

BEGAN = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
_TURNS_UNTIL_QUIET = 12


class _Turn:
    """Lets everybody else run once."""

    def __await__(self) -> Generator[None, None, None]:
        yield


async def turn() -> None:
    """Let everybody who can run, run until they wait."""
    for _ in range(_TURNS_UNTIL_QUIET):
        await _Turn()


@dataclass
class JumpingClock:
    """Stands still until everybody waits, then jumps to the first who wants to be woken."""

    time: datetime = BEGAN
    _sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def now(self) -> datetime:
        """See `streams.clock.Clock`."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """See `streams.clock.Clock`."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self.time + timedelta(seconds=seconds), next(self._order), woken))
        await woken

    def next_wake(self) -> datetime | None:
        """When the next sleeper wants to be woken."""
        while self._sleepers and self._sleepers[0][2].done():
            heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def wake_due(self) -> None:
        """Wake whoever wanted to be woken by now."""
        while (wake_at := self.next_wake()) is not None and wake_at <= self.time:
            heappop(self._sleepers)[2].set_result(None)


class Core(CoreWorld):
    """The pure core, taking the very messages that arrive instead of what a test makes up."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGAN

    def take(self, message: Report | Decision | Feedback) -> Answer:
        """Handle one message that was not handled before."""
        match message:
            case Report():
                return self._take_report(message)
            case Decision():
                return self._take_decision(message)
            case Feedback():
                into = self._survivor(message.incident_id)
                return self._handle(FeedbackGiven(Envelope(message.message_id, into, self.now), message))

    def next_due_at(self) -> datetime | None:
        """When the next deadline passes."""
        clocks = [clock.due_at for i in self.incidents.values() for clock in i.deadlines.values()]
        return min(clocks, default=None)

    def _take_report(self, report: Report) -> Answer:
        place = place_of(report, area_tree())
        assert place is not None
        account = hear(report, place)
        choice = fuse(account, self._candidates(report), self.rules)
        into = self._survivor(choice.incident_id)
        envelope = Envelope(report.message_id, into, self.now)
        message = ReportArrived(envelope, account, replace(choice, incident_id=into), self.now)
        self.reports.setdefault(into, []).append(message)
        return self._handle(message)

    def _take_decision(self, decision: Decision) -> Answer:
        into, other = self._survivor(decision.incident_id), decision.other_incident_id
        envelope = Envelope(decision.message_id, into, self.now)
        second = None if other is None else self.incidents[other]
        answer = self._handle(DecisionTaken(envelope, decision, other=second))
        self._follow_reports(into, answer, ())
        return answer


class City:
    """A door over the core. `sent` is every message that reached it, `refused` what it would not have, and why."""

    def __init__(self) -> None:
        self.core = Core()
        self.clock = JumpingClock()
        self.sent: list[Report | Decision | Feedback] = []
        self.refused: list[tuple[Report | Decision | Feedback, str]] = []
        self.units: Units | None = None
        self.officers: Officers | None = None
        self._taken: dict[MessageId, tuple[str, Outcome]] = {}
        self._answers_spread = 0

    # --- what the outside sends

    async def report(self, value: bytes) -> Outcome:
        """See `Door`."""
        read = codec.read(Report, value, self.clock.now())
        if isinstance(read, codec.Unreadable):
            return Outcome.REFUSED
        assert isinstance(read.message, Report)
        if read.message.area_code not in area_tree():
            return Outcome.REFUSED
        return self._once(read.message, read.digest)

    async def decide(self, decision: Decision) -> Outcome:
        """See `Door`."""
        return self._once(decision, decision.model_dump_json())

    async def feed_back(self, feedback: Feedback) -> Outcome:
        """See `Door`."""
        return self._once(feedback, feedback.model_dump_json())

    def _once(self, message: Report | Decision | Feedback, digest: str) -> Outcome:
        """The same message again has the same outcome; other content under its id is refused."""
        self.sent.append(message)
        known = self._taken.get(message.message_id)
        if known is not None:
            if known[0] != digest:
                self.refused.append((message, "id_conflict"))
            return known[1] if known[0] == digest else Outcome.REFUSED
        answer = self.core.take(message)
        if answer.refusal is not None:
            self.refused.append((message, answer.refusal.code))
        outcome = Outcome.APPLIED if answer.refusal is None else Outcome.REFUSED
        self._taken[message.message_id] = (digest, outcome)
        self._spread()
        return outcome

    def _spread(self) -> None:
        """Deliver hand-overs, then tell officers of every change and units of every command."""
        self.core.deliver()
        fresh, self._answers_spread = self.core.answers[self._answers_spread :], len(self.core.answers)
        for _before, message, answer in fresh:
            if self.officers is not None:
                self.officers.look_at(message.envelope.incident_id)
            for command in answer.commands:
                if self.units is not None:
                    self.units.hear(command)

    # --- what the outside sees

    async def incident(self, incident_id: IncidentId) -> IncidentView | None:
        """See `Door`."""
        state = self.core.incidents.get(incident_id)
        if state is None:
            return None
        open_now = {other for other, held in self.core.incidents.items() if held.is_open}
        return incident_view(summary_of(state), state, self.core.rules, open_now, undo=None)

    async def commands_of(self, incident_id: IncidentId) -> tuple[CommandView, ...]:
        """See `Door`."""
        return tuple(command_view_of(held) for held in self.core.incidents[incident_id].commands.values())

    async def reports_of(self, incident_id: IncidentId) -> tuple[ReportView, ...]:
        """See `Door`; newest first."""
        return tuple(report_view_of(message) for message in reversed(self.core.reports.get(incident_id, [])))

    async def open_incidents(self) -> AsyncIterator[IncidentSummary]:
        """See `Door`."""
        for state in list(self.core.incidents.values()):
            if state.status is Status.OPEN:
                yield summary_of(state)

    # --- how time passes

    async def play(self, *people: Coroutine[Any, Any, None], until: datetime) -> None:
        """Let people and deadlines act until this time, or until nobody wants anything more."""
        tasks = [asyncio.create_task(person) for person in people]
        try:
            await turn()
            while (at := self._next_at()) is not None and at <= until:
                self.clock.time = max(self.core.now, at)
                self.core.advance((self.clock.time - self.core.now).total_seconds())
                self._spread()
                self.clock.wake_due()
                await turn()
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    def _next_at(self) -> datetime | None:
        wanted = (self.clock.next_wake(), self.core.next_due_at())
        return min((at for at in wanted if at is not None), default=None)


def summary_of(state: Incident) -> IncidentSummary:
    """The line of the list, as the row would have it."""
    step = current_step(state)
    beside = {
        "red_alarm": state.red_alarm,
        "area_code": state.place.area_code,
        "district_code": state.place.district_code,
        "township_code": state.place.township_code,
        "updated_at": state.last_recorded_at,
        "sources": len(state.sources),
        "open_commands": len(state.owed_commands),
        "acknowledged": state.acknowledged_by is not None,
        "community_code": state.place.community_code,
        "grid_code": state.place.grid_code,
        "next_due_at": next_due_at(state),
        "step": step,
        "step_tier": None if step is None else state.steps[step].tier,
    }
    missing = IncidentSummary.model_fields.keys() - beside
    return IncidentSummary.model_validate(beside | {name: getattr(state, name) for name in missing})


def command_view_of(held: CommandState) -> CommandView:
    """One command, as its row would have it."""
    return CommandView(
        command=held.command,
        tier=held.tier,
        status=held.status,
        deliveries=1,
        acknowledged_by=held.acknowledged_by,
        acknowledged_at=held.acknowledged_at,
        done_at=held.done_at,
    )


def report_view_of(message: ReportArrived) -> ReportView:
    """One report, as its row would have it."""
    report = message.report
    shown = {name: getattr(report, name) for name in Report.model_fields if name in ReportView.model_fields}
    beside = {
        "unknown_fields": (),
        "has_contact": report.contact is not None,
        "low_trust": message.low_trust,
        "resolved_place": message.account.place,
        "received_at": message.received_at,
        "recorded_at": message.envelope.recorded_at,
    }
    return ReportView.model_validate(shown | beside)


def at_work(city: City, pace: Pace) -> list[Coroutine[Any, Any, None]]:
    """Officers, units and reporters who have just come to work in this city and remember nothing."""
    outlet = GatewayOutlet(city)
    city.officers = Officers(pace.seed, city, city.clock)
    city.units = Units(pace.seed, outlet, city.clock, pace.scenario(1).opening_incidents())
    reporters = Reporters(pace, city, outlet, city.clock)
    return [
        patrol(city, city.officers, city.units),
        city.officers.run(),
        city.units.run(),
        reporters.run(),
    ]
