"""People: reporters at the door and on the topics, and officers who decide about what they find in the database.

What they say is decided by the seed; that it was said, the witness writes down. A reporter whom nobody answered says
the very same again until somebody does.
"""

import asyncio
from datetime import timedelta
from random import Random

from models.categories import Category
from models.identifiers import AreaCode, DecisionId, IncidentId
from models.messages.decision import Decision, ReportRef
from models.messages.report import Facts, Report
from models.topics import Topic
from models.vocabulary import Action, Channel, Claim, Level, Role, Verdict
from streams.errors import Transient
from streams.gateway.problems import Problem
from tests.core_world import OFFICER, make_report
from tests.simulation.plan import Fault
from tests.simulation.processes import GatewayHost, HungUp
from tests.simulation.world import World

_AREAS = ("500108001", "500108001", "500108002", "500157", "500101001")
_CATEGORIES = (Category.FIRE, Category.FIRE, Category.ROAD_TRAFFIC, Category.GAS, None)
_CHANNELS = (Channel.GRID, Channel.FIRE, Channel.POLICE, Channel.HOTLINE, Channel.SENSOR, Channel.DEPARTMENT)
_ACTIONS = (
    *[Action.VERIFY] * 4,
    *[Action.RELEASE] * 3,
    Action.ACKNOWLEDGE,
    Action.REGRADE,
    Action.MERGE,
    Action.SPLIT,
    Action.CLOSE,
    Action.REOPEN,
    Action.RETRACT,
)
_GARBAGE = (b"", b"\xff", b"[]", b'{"report_id":NaN}', b'{"schema_version":99}')
_RETRIES = 60


class Reporters:
    """All who report."""

    def __init__(self, world: World, door: GatewayHost) -> None:
        self._world = world
        self._door = door
        self._chance = world.plan.chance("reporters")
        self._told = world.plan.reports
        self._sent: list[tuple[Topic, bytes, bytes]] = []

    def begin(self) -> None:
        """Each report has its moment."""
        for number in range(self._world.plan.reports):
            moment = self._chance.uniform(0.0, self._world.plan.chaos_seconds * 0.8)
            self._world.spawn(self._tell(number, moment))

    def come_again(self) -> None:
        """Later: somebody reports anew, and a producer sends again what it sent before all that time."""
        self._world.spawn(self._tell(self._told, 0.0))
        self._told += 1
        if self._sent and self._world.plan.has(Fault.DUPLICATES):
            self._send(*self._chance.choice(self._sent))

    def _send(self, topic: Topic, key: bytes, value: bytes) -> None:
        self._sent.append((topic, key, value))
        self._world.send(topic, key, value)

    async def _tell(self, number: int, moment: float) -> None:
        await asyncio.sleep(moment)
        plan, chance = self._world.plan, self._chance
        if plan.has(Fault.POISON) and chance.random() < 0.2:
            self._world.send(Topic.REPORTS, b"a", chance.choice(_GARBAGE))
        report, topic, at_the_door = self._invented(number), Topic.REPORTS, chance.random() < 0.5
        if report.urgent or report.channel.is_emergency_call:
            topic = Topic.REPORTS_URGENT
        value = report.model_dump_json(exclude_none=True).encode()
        copies = chance.choice([1, 2, 3]) if plan.has(Fault.DUPLICATES) else 1
        for _ in range(copies):
            if plan.has(Fault.REORDER):
                await asyncio.sleep(chance.choice([0.0, 0.5, 4.0]))
            if at_the_door:
                await self._knock(value)
            else:
                self._send(topic, report.area_code.encode(), value)

    def _invented(self, number: int) -> Report:
        chance = self._chance
        return make_report(
            f"r-{number}",
            source=f"s-{chance.randint(0, 3)}",
            channel=chance.choice(_CHANNELS),
            category=chance.choice(_CATEGORIES),
            area=chance.choice(_AREAS),
            at=self._world.machine.now(),
            claim=chance.choice([Claim.AFFIRM, Claim.AFFIRM, Claim.AFFIRM, Claim.DENY]),
            urgent=chance.random() < 0.3,
            refers_to=f"r-{chance.randint(0, number)}" if chance.random() < 0.15 else None,
            facts=Facts(deaths=chance.choice([None, None, 0, 1, 4, 12])),
        )

    async def _knock(self, value: bytes) -> None:
        for _ in range(_RETRIES):
            try:
                await self._door.offer(value)
            except (HungUp, Transient):
                await asyncio.sleep(self._chance.uniform(0.3, 1.5))
            except Problem as said:
                self._world.say(f"the door says {said}")
                return
            else:
                return


class Officers:
    """All who decide. They look at the database, as a screen does, and are right or wrong."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance: Random = world.plan.chance("officers")

    def begin(self) -> None:
        """Each decision has its moment."""
        for number in range(self._world.plan.decisions):
            moment = self._chance.uniform(1.0, self._world.plan.chaos_seconds)
            self._world.spawn(self._decide(number, moment))

    async def _decide(self, number: int, moment: float) -> None:
        await asyncio.sleep(moment)
        query = "SELECT incident_id FROM incidents ORDER BY opened_at, incident_id"
        known = [IncidentId(row["incident_id"]) for row in self._world.rows(query)]
        if not known:
            return
        decision = self._invented(number, known)
        value = decision.model_dump_json(exclude_none=True).encode()
        self._world.say(f"an officer decides {decision.action} about {decision.incident_id}")
        copies = 2 if self._world.plan.has(Fault.DUPLICATES) and self._chance.random() < 0.3 else 1
        for _ in range(copies):
            self._world.send(Topic.DECISIONS, decision.incident_id.encode(), value)

    def _invented(self, number: int, known: list[IncidentId]) -> Decision:
        chance, incident_id = self._chance, self._chance.choice(known)
        now = self._world.machine.now()
        return Decision(
            decision_id=DecisionId(f"d-{number}"),
            incident_id=incident_id,
            action=chance.choice(_ACTIONS),
            officer=OFFICER.model_copy(update={"role": Role.COMMANDER}),
            area_code=AreaCode("500000"),
            decided_at=now,
            reason="the seed says so",
            verdict=chance.choice([Verdict.TRUE, Verdict.TRUE, Verdict.FALSE]),
            level=chance.choice(list(Level)),
            other_incident_id=chance.choice(known),
            reports=self._last_report(incident_id),
            until=now + timedelta(hours=1),
        )

    def _last_report(self, incident_id: IncidentId) -> tuple[ReportRef, ...]:
        query = (
            "SELECT source_id, report_id FROM reports WHERE incident_id = ? ORDER BY recorded_at DESC, report_id"
            " LIMIT 1"
        )
        held = [(row["source_id"], row["report_id"]) for row in self._world.rows(query, incident_id)]
        known = held or [("nobody", "nothing")]
        return tuple(ReportRef(source_id=source, report_id=report) for source, report in known)
