"""Field: the units' systems, played by the test: they read commands from the topic and answer there by a script.

Most acknowledge and report done; some do it late, some say everything twice, some are deaf to the first delivery, a few
refuse a first attempt. What a unit does is drawn from the seed and the command's id, so that a run can be repeated.
"""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from models.messages.feedback import Feedback
from models.topics import Topic
from streams.access.signing import Signer, speakers_of
from streams.broker.publishing import Publication, Publisher, PublishFailed
from tests.faults.witness import Witness

_OURS = UUID("6a3f0f9e-3f0b-4c57-9a35-0e6f6bd4a9c1")
_PAUSE_SECONDS = 0.5
_LATE_SECONDS = 3.0
_TOGETHER = 100


class Manner(StrEnum):
    """How a unit takes a command."""

    PROMPT = "prompt"
    LATE = "late"  # acknowledges some seconds later
    TWICE = "twice"  # each word twice, the same bytes
    DEAF_ONCE = "deaf_once"  # its system loses the first delivery
    REFUSES = "refuses"  # a first attempt; whoever gets the next takes it
    SILENT = "silent"


# In hundredths. Silence lasts for the minutes of a rulebook's clock at wall time, so only F28 has it.
USUAL = (
    (Manner.PROMPT, 70),
    (Manner.LATE, 10),
    (Manner.TWICE, 10),
    (Manner.DEAF_ONCE, 6),
    (Manner.REFUSES, 4),
)


@dataclass
class Field:
    """All units of a city. `run` until cancelled; it outlives its broker. `done` are the orders carried out."""

    brokers: str
    witness: Witness
    signer: Signer
    seed: int
    manners: tuple[tuple[Manner, int], ...] = USUAL
    done: set[str] = field(default_factory=set)
    _taken_on: set[str] = field(default_factory=set)
    _to_say: "asyncio.Queue[Publication]" = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        """Hear and speak until cancelled."""
        async with asyncio.TaskGroup() as at_work:
            at_work.create_task(self._speak())
            at_work.create_task(self._hear(at_work))

    def manner_of(self, command: dict[str, Any]) -> Manner:
        """How the unit takes this one."""
        drawn = random.Random(f"{self.seed}/{command['command_id']}").randrange(100)
        for manner, share in self.manners:
            drawn -= share
            if drawn < 0:
                is_second = manner is Manner.REFUSES and command["attempt"] > 1
                return Manner.PROMPT if is_second else manner
        return Manner.PROMPT

    async def _hear(self, at_work: asyncio.TaskGroup) -> None:
        """Everything on the topic from its beginning, again from there whenever the broker was lost: ids count once."""
        positions: dict[TopicPartition, int] = {}
        while True:
            consumer = AIOKafkaConsumer(
                Topic.DISPOSAL_COMMANDS.value,
                bootstrap_servers=self.brokers,
                group_id=None,
                auto_offset_reset="earliest",
            )
            try:
                await consumer.start()
                for partition, offset in positions.items():
                    consumer.seek(partition, offset)
                while True:
                    for partition, records in (await consumer.getmany(timeout_ms=200)).items():
                        for record in records:
                            self._take_in(record.value, at_work)
                        positions[partition] = records[-1].offset + 1
            except KafkaError:
                await asyncio.sleep(_PAUSE_SECONDS)
            finally:
                with suppress(KafkaError):
                    await consumer.stop()

    def _take_in(self, value: bytes, at_work: asyncio.TaskGroup) -> None:
        command = orjson.loads(value)
        command_id = command["command_id"]
        self.witness.hears(command_id, value)
        manner = self.manner_of(command)
        is_lost = manner is Manner.DEAF_ONCE and self.witness.deliveries[command_id] == 1
        if command["kind"] != "order" or command_id in self._taken_on or is_lost or manner is Manner.SILENT:
            return
        self._taken_on.add(command_id)
        at_work.create_task(self._answer(command, manner))

    async def _answer(self, command: dict[str, Any], manner: Manner) -> None:
        if manner is Manner.LATE:
            await asyncio.sleep(_LATE_SECONDS)
        if manner is Manner.REFUSES:
            self._say(command, "refused", reason="车辆在检修")
            return
        for kind in ("received", "acknowledged", "done"):
            for _ in range(2 if manner is Manner.TWICE else 1):
                self._say(command, kind)
        self.done.add(command["command_id"])

    def _say(self, command: dict[str, Any], kind: str, **more: object) -> None:
        said = {
            "feedback_id": str(uuid5(_OURS, f"{command['command_id']}/{kind}")),
            "command_id": command["command_id"],
            "incident_id": command["incident_id"],
            "unit_code": command["unit_code"],
            "kind": kind,
            "person": {"name": "李志强"},
            # The order's own time: what is said twice must be the same bytes.
            "occurred_at": command["issued_at"],
            **more,
        }
        feedback = Feedback.model_validate_json(orjson.dumps(said))
        value = feedback.model_dump_json(exclude_none=True).encode()
        headers = self.signer.headers(value, speakers_of(feedback))
        self.witness.note("said", command=command["command_id"], kind=kind, at_unit=datetime.now(UTC))
        key = command["incident_id"].encode()
        self._to_say.put_nowait(Publication(Topic.DISPOSAL_FEEDBACK, key, value, headers))

    async def _speak(self) -> None:
        while True:
            try:
                async with Publisher(self.brokers) as publisher:
                    while True:
                        await self._speak_once(publisher)
            except (KafkaError, PublishFailed):
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _speak_once(self, publisher: Publisher) -> None:
        words = [await self._to_say.get()]
        while not self._to_say.empty() and len(words) < _TOGETHER:
            words.append(self._to_say.get_nowait())
        while True:
            try:
                await publisher.publish(words)
                return
            except (KafkaError, PublishFailed):
                await asyncio.sleep(_PAUSE_SECONDS)
