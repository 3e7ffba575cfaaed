"""Units: their systems read the commands off Kafka and answer by their nature.

A unit does each command once by its id, however often it comes. After the healing nobody changes: the silent stay so.
"""

import asyncio

from models.identifiers import CommandId, FeedbackId
from models.messages.command import Command
from models.messages.feedback import Feedback
from models.topics import Topic
from models.vocabulary import CommandKind, FeedbackKind
from tests.core_world import PERSON
from tests.simulation.plan import Fault
from tests.simulation.world import World
from tests.stored.broker import PARTITIONS

_LATE_SECONDS = 30.0


class Units:
    """All of them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = world.plan.chance("units")
        self._read_to = [0] * PARTITIONS
        self._heard: set[CommandId] = set()
        self._said = 0

    def begin(self) -> None:
        """Listen."""
        self._world.spawn(self._listen())

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            if not self._world.broker.is_away:
                self._read()

    def _read(self) -> None:
        for partition in range(PARTITIONS):
            log = self._world.broker.logs[Topic.DISPOSAL_COMMANDS, partition]
            for record in log[self._read_to[partition] :]:
                command = Command.model_validate_json(record.value or b"")
                if command.command_id not in self._heard:
                    self._heard.add(command.command_id)
                    self._world.spawn(self._answer(command))
            self._read_to[partition] = len(log)

    async def _answer(self, command: Command) -> None:
        plan, chance = self._world.plan, self._chance
        if plan.has(Fault.UNITS_SILENT) and chance.random() < 0.5:
            return
        await asyncio.sleep(chance.uniform(0.1, 2.0))
        self._say(command, FeedbackKind.RECEIVED)
        if command.kind is CommandKind.RETRACTION:
            return
        if plan.has(Fault.UNITS_LATE) and chance.random() < 0.5:
            await asyncio.sleep(_LATE_SECONDS)
        if plan.has(Fault.UNITS_REFUSE) and chance.random() < 0.4:
            self._say(command, FeedbackKind.REFUSED)
            return
        self._say(command, FeedbackKind.ACKNOWLEDGED)
        await asyncio.sleep(chance.uniform(0.5, 4.0))
        if chance.random() < 0.7:
            self._say(command, FeedbackKind.DONE)

    def _say(self, command: Command, kind: FeedbackKind) -> None:
        self._said += 1
        feedback = Feedback(
            feedback_id=FeedbackId(f"f-{self._said}"),
            command_id=command.command_id,
            incident_id=command.incident_id,
            unit_code=command.unit_code,
            kind=kind,
            person=PERSON,
            occurred_at=self._world.machine.now(),
            reason="no vehicle" if kind is FeedbackKind.REFUSED else None,
        )
        value = feedback.model_dump_json(exclude_none=True).encode()
        for _ in range(2 if self._world.plan.has(Fault.UNITS_TWICE) else 1):
            self._world.send(Topic.DISPOSAL_FEEDBACK, feedback.incident_id.encode(), value)
