"""The system of a unit as its owner might have written it, whole or with one fault.

It is the integrator's side of the contract, so nothing of the engine's is used to read or answer a command. A fault is
a subclass that does one thing as somebody once got it wrong.
"""

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

Body = dict[str, Any]
KEY_ID, SECRET = "unit-key", hashlib.sha256(b"a unit").digest()
_KNOWN_FIELDS = {
    *("schema_version", "command_id", "incident_id", "kind", "retracts", "unit_code", "role", "task_id"),
    *("text_zh", "text_en", "level", "category", "area_code", "place", "position", "verified", "attempt"),
    *("released_by", "issued_at", "acknowledge_by", "complete_by", "exercise", "rulebook"),
}


class Unit:
    """Answers every command of its own once: received, and acknowledged unless it was taken back before."""

    def __init__(self, unit_code: str) -> None:
        self.unit_code = unit_code
        self.known: dict[str, list[Body]] = {}
        self.retracted: set[str] = set()

    def is_mine(self, command: Body) -> bool:
        return bool(command["unit_code"] == self.unit_code)

    def is_read(self, command: Body) -> bool:
        """Whether this version is known here."""
        return bool(command["schema_version"] == 1)

    def is_new(self, command: Body, headers: dict[str, bytes]) -> bool:
        return command["command_id"] not in self.known

    def hear(self, command: Body, headers: dict[str, bytes]) -> list[Body]:
        """The feedback on one record."""
        if not self.is_mine(command) or not self.is_read(command):
            return []
        if not self.is_new(command, headers):
            return self.again(command)
        if command["kind"] == "retraction":
            self.take_back(command)
        self.known[command["command_id"]] = [self.feedback(command, kind) for kind in self.kinds(command)]
        return self.known[command["command_id"]]

    def kinds(self, command: Body) -> list[str]:
        return ["received"] if command["command_id"] in self.retracted else ["received", "acknowledged"]

    def again(self, command: Body) -> list[Body]:
        return self.known[command["command_id"]]

    def take_back(self, retraction: Body) -> None:
        self.retracted.add(retraction["retracts"])

    def feedback(self, command: Body, kind: str) -> Body:
        said = {
            "schema_version": 1,
            "feedback_id": str(uuid.uuid4()),
            "command_id": command["command_id"],
            "incident_id": command["incident_id"],
            "unit_code": self.unit_code,
            "kind": kind,
            "occurred_at": self.now(),
        }
        person = {} if kind == "received" else self.person()
        return said | person | ({"note": "演练"} if command["exercise"] else {})

    def person(self) -> Body:
        return {"person": {"name": "王强"}}

    def now(self) -> str:
        return datetime.now(UTC).isoformat()

    def key(self, feedback: Body) -> str:
        return str(feedback["incident_id"])

    def headers(self, value: bytes) -> list[tuple[str, bytes]]:
        signature = hmac.new(SECRET, value, hashlib.sha256).hexdigest()
        return [("schema_version", b"1"), ("key_id", KEY_ID.encode()), ("signature", signature.encode())]

    async def run(self, brokers: str, prefix: str) -> None:
        """Read from the beginning and answer, until cancelled."""
        topic = prefix + "disposal-commands"
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=brokers, auto_offset_reset="earliest")
        async with AIOKafkaProducer(bootstrap_servers=brokers) as producer, consumer:
            async for record in consumer:
                for feedback in self.hear(json.loads(record.value), dict(record.headers)):
                    value = json.dumps(feedback, ensure_ascii=False).encode()
                    await producer.send_and_wait(
                        prefix + "disposal-feedback",
                        value,
                        key=self.key(feedback).encode(),
                        headers=self.headers(value),
                    )


@asynccontextmanager
async def running(unit: Unit, brokers: str, prefix: str) -> AsyncIterator[None]:
    """The unit's system, on while the block lasts."""
    task = asyncio.create_task(unit.run(brokers, prefix))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# --- one fault each -------------------------------------------------------------------------------------------------


class Silent(Unit):
    def is_mine(self, command: Body) -> bool:
        return False


class StatesBeijingTimeAsUtc(Unit):
    def now(self) -> str:
        return (datetime.now(UTC) - timedelta(hours=8)).isoformat()


class TrustsTheDeliveryHeader(Unit):
    def is_new(self, command: Body, headers: dict[str, bytes]) -> bool:
        return "delivery" not in headers or super().is_new(command, headers)


class RemembersTheLastCommandAlone(Unit):
    def is_new(self, command: Body, headers: dict[str, bytes]) -> bool:
        return bool(command["command_id"] != next(reversed(self.known), None))

    def again(self, command: Body) -> list[Body]:
        return []

    def hear(self, command: Body, headers: dict[str, bytes]) -> list[Body]:
        if self.is_new(command, headers):
            self.known.pop(command["command_id"], None)
        return super().hear(command, headers)


class FinishesWhatWasTakenBack(Unit):
    def hear(self, command: Body, headers: dict[str, bytes]) -> list[Body]:
        answers = super().hear(command, headers)
        if command["kind"] == "retraction" and command["retracts"] in self.known:
            done = self.feedback(command | {"command_id": command["retracts"]}, "done")
            return [*answers, done]
        return answers


class ForgetsARetractionOfWhatItHasNot(Unit):
    def take_back(self, retraction: Body) -> None:
        if retraction["retracts"] in self.known:
            super().take_back(retraction)


class DropsOlderAttempts(Unit):
    newest: dict[str, int]

    def is_mine(self, command: Body) -> bool:
        self.newest = {**getattr(self, "newest", {})}
        newest = max(self.newest.get(command["task_id"], 0), command["attempt"])
        self.newest[command["task_id"]] = newest
        return super().is_mine(command) and command["attempt"] == newest


class DropsWhatIsOver(Unit):
    def is_mine(self, command: Body) -> bool:
        is_over = datetime.fromisoformat(command["acknowledge_by"]) < datetime.now(UTC)
        return super().is_mine(command) and not is_over


class RefusesUnknownFields(Unit):
    def is_mine(self, command: Body) -> bool:
        return super().is_mine(command) and set(command) <= _KNOWN_FIELDS


class RefusesUnknownWords(Unit):
    def is_mine(self, command: Body) -> bool:
        return super().is_mine(command) and command["category"] == "accident.fire"


class AnswersForEverybody(Unit):
    def is_mine(self, command: Body) -> bool:
        return True


class GuessesAtNewerVersions(Unit):
    def is_read(self, command: Body) -> bool:
        return True


class DiesOfANewerVersion(Unit):
    def is_read(self, command: Body) -> bool:
        if not super().is_read(command):
            raise ValueError(command["schema_version"])
        return True


class TakesExercisesForReal(Unit):
    def feedback(self, command: Body, kind: str) -> Body:
        return super().feedback(command | {"exercise": False}, kind)


class TakesEverythingForAnExercise(Unit):
    def feedback(self, command: Body, kind: str) -> Body:
        return super().feedback(command | {"exercise": True}, kind)


class AcknowledgesWithoutAName(Unit):
    def person(self) -> Body:
        return {}


class NamesTheTaskForTheIncident(Unit):
    def feedback(self, command: Body, kind: str) -> Body:
        return super().feedback(command | {"incident_id": command["task_id"]}, kind) | {
            "key": command["incident_id"]
        }

    def key(self, feedback: Body) -> str:
        return str(feedback["key"])


class KeysByUnit(Unit):
    def key(self, feedback: Body) -> str:
        return str(feedback["unit_code"])


class ForgetsTheVersionHeader(Unit):
    def headers(self, value: bytes) -> list[tuple[str, bytes]]:
        return super().headers(value)[1:]


class AnswersAnewUnderTheOldId(Unit):
    def again(self, command: Body) -> list[Body]:
        return [said | {"occurred_at": self.now()} for said in super().again(command)]


class SignsBeforeItIsSent(Unit):
    def headers(self, value: bytes) -> list[tuple[str, bytes]]:
        return super().headers(value + b" ")


class AcknowledgesNothing(Unit):
    def kinds(self, command: Body) -> list[str]:
        return ["received"]
