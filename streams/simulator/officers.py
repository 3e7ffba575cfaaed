"""Officers: duty officers at the three tiers, who look at an incident when it changes and when something is due.

What they decide is `conduct`'s; here it is only looked up, waited for and sent. Everything that is remembered can be
found out again, so an officer who was killed goes on. Must never enter: what is right for an incident.
"""

from collections import OrderedDict, defaultdict
from datetime import timedelta

from models.identifiers import DecisionId, IncidentId
from models.vocabulary import Status
from streams.clock import Clock
from streams.gateway.views import IncidentSummary
from streams.simulator.agenda import Agenda
from streams.simulator.case import Case
from streams.simulator.conduct import Act, acts
from streams.simulator.door import Door, Outcome
from streams.simulator.scenario import TrueEvent, event_of

# One change brings several events; a desk looks once when they have all come.
_SETTLES_WITHIN = timedelta(seconds=10)
_ASKS_AGAIN_AFTER = timedelta(seconds=120)
_DECISIONS_REMEMBERED = 20_000


class Officers:
    """All duty desks. Several `run`s may go on side by side; each takes the next incident that is due."""

    def __init__(self, seed: int, door: Door, clock: Clock) -> None:
        self._seed = seed
        self._door = door
        self._clock = clock
        self._agenda: Agenda[IncidentId] = Agenda(clock)
        self._events: dict[IncidentId, TrueEvent | None] = {}
        self._open_of_event: dict[str, dict[IncidentId, IncidentSummary]] = defaultdict(dict)
        self._decided: OrderedDict[DecisionId, int | None] = OrderedDict()

    def look_at(self, incident_id: IncidentId) -> None:
        """Something happened there: look soon, whatever was planned."""
        self._agenda.put_sooner(incident_id, self._clock.now() + _SETTLES_WITHIN)

    async def run(self) -> None:
        """Look at whatever is due next, until cancelled."""
        while True:
            await self.visit(await self._agenda.next_due())

    async def visit(self, incident_id: IncidentId) -> None:
        """Decide what is due about one incident, and note when to look again."""
        case = await self._case(incident_id)
        act = None if case is None else self._next_act(case)
        if case is None or act is None:
            return
        if act.due_at > self._clock.now():
            self._agenda.put_sooner(incident_id, act.due_at)
            return
        outcome = await self._door.decide(act.decision)
        if outcome is Outcome.PENDING:
            self._agenda.put_sooner(incident_id, self._clock.now() + _ASKS_AGAIN_AFTER)
        else:
            self._remember(act, case.summary.seq if outcome is Outcome.REFUSED else None)
            self.look_at(incident_id)

    async def _case(self, incident_id: IncidentId) -> Case | None:
        view = await self._door.incident(incident_id)
        if view is None:
            return None
        event = await self._event_of(incident_id)
        self._note_open(event, view.summary)
        if view.summary.status is Status.MERGED:
            return None
        commands = await self._door.commands_of(incident_id)
        return Case(view, commands, event, self._twin_of(event, incident_id))

    async def _event_of(self, incident_id: IncidentId) -> TrueEvent | None:
        if incident_id not in self._events:
            reports = await self._door.reports_of(incident_id)
            if not reports:
                return None  # its rows are not to be seen yet: ask again next time
            known = (event_of(self._seed, report.report_id) for report in reversed(reports))
            self._events[incident_id] = next((event for event in known if event is not None), None)
        return self._events[incident_id]

    def _note_open(self, event: TrueEvent | None, summary: IncidentSummary) -> None:
        if event is None:
            return
        known = self._open_of_event[event.event_id]
        if summary.status is not Status.OPEN:
            known.pop(summary.incident_id, None)
            return
        is_new = summary.incident_id not in known
        known[summary.incident_id] = summary
        for other in known if is_new else ():
            if other != summary.incident_id:
                self.look_at(other)  # its officer learns of the twin

    def _twin_of(self, event: TrueEvent | None, incident_id: IncidentId) -> IncidentSummary | None:
        known = self._open_of_event[event.event_id] if event is not None else {}
        return next((summary for other, summary in known.items() if other != incident_id), None)

    def _next_act(self, case: Case) -> Act | None:
        """The first act that is not done with. One that was refused waits until the incident has moved on."""
        for planned in acts(self._seed, case):
            act = planned
            while act.decision.decision_id in self._decided:
                refused_at = self._decided[act.decision.decision_id]
                if refused_at is None or refused_at == case.summary.seq:
                    break
                act = act.again(refused_at)
            else:
                return act
        return None

    def _remember(self, act: Act, refused_at_seq: int | None) -> None:
        self._decided[act.decision.decision_id] = refused_at_seq
        if len(self._decided) > _DECISIONS_REMEMBERED:
            self._decided.popitem(last=False)
