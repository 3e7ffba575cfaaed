"""The system of one unit, to begin from: takes on each command once, answers it, and goes on after a restart.

UNIT=500108:fire BROKERS=host:port KEY_ID=... SECRET=... python unit.py

Needs aiokafka. Without KEY_ID nothing is signed (a test broker). With PERSON every order is acknowledged at once in
that name, for tries alone: in your system an acknowledgement is a person's, by a button.
"""

import asyncio
import hashlib
import hmac
import json
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

UNIT, BROKERS = os.environ["UNIT"], os.environ["BROKERS"]
KEY_ID, SECRET = os.environ.get("KEY_ID"), bytes.fromhex(os.environ.get("SECRET", ""))
PERSON = os.environ.get("PERSON")
KNOWN_VERSION = 1


class Answers:
    """What was answered to which command: a line each, `command_id retracts value`, written before it is sent.

    In your system: the table of orders, written in the transaction that takes one on.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.by_command: dict[str, list[bytes]] = {}
        self.taken_back: set[str] = set()
        for line in file.read_bytes().splitlines() if file.exists() else ():
            self._remember(*line.split(b" ", 2))

    def keep(self, command: dict, values: list[bytes]) -> None:
        """On disk, so that after a restart the very same bytes are sent again and not others."""
        retracts = command.get("retracts") or "-"
        with self._file.open("ab") as file:
            for value in values:
                line = (command["command_id"].encode(), retracts.encode(), value)
                file.write(b" ".join(line) + b"\n")
                self._remember(*line)
            file.flush()
            os.fsync(file.fileno())

    def _remember(self, command_id: bytes, retracts: bytes, value: bytes) -> None:
        self.by_command.setdefault(command_id.decode(), []).append(value)
        self.taken_back.add(retracts.decode())


def answers_to(command: dict, taken_back: set[str]) -> list[bytes]:
    """Received, always; acknowledged where that is wanted and the order was not taken back before it came."""
    kinds = ["received"]
    if PERSON and command["command_id"] not in taken_back:
        kinds.append("acknowledged")
    return [json.dumps(feedback(command, kind), ensure_ascii=False).encode() for kind in kinds]


def feedback(command: dict, kind: str) -> dict:
    said = {
        "schema_version": 1,
        # Derived, so that the same answer counts once however often it is sent.
        "feedback_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{command['command_id']}/{kind}")),
        "command_id": command["command_id"],
        "incident_id": command["incident_id"],
        "unit_code": UNIT,
        "kind": kind,
        "occurred_at": datetime.now(UTC).isoformat(),
    }
    if kind == "acknowledged":
        said["person"] = {"name": PERSON}
    if command["exercise"]:
        said["note"] = "演练 EXERCISE"
    return said


def headers(value: bytes) -> list[tuple[str, bytes]]:
    unsigned = [("schema_version", b"1")]
    if not KEY_ID:
        return unsigned
    signature = hmac.new(SECRET, value, hashlib.sha256).hexdigest()
    return [*unsigned, ("key_id", KEY_ID.encode()), ("signature", signature.encode())]


async def handle(value: bytes, answers: Answers, producer: AIOKafkaProducer) -> None:
    command = json.loads(value)  # fields that are not known here are simply not read
    if command["unit_code"] != UNIT:
        return
    command_id = command["command_id"]
    if command.get("schema_version", 1) > KNOWN_VERSION:
        print(f"{command_id} is of a newer version: show it to a person", file=sys.stderr, flush=True)
        return
    if command_id not in answers.by_command:
        print(
            "EXERCISE" if command["exercise"] else "ACTUAL", command["kind"], command["text_zh"], flush=True
        )
        answers.keep(command, answers_to(command, answers.taken_back))
    for said in answers.by_command[command_id]:  # a repeated command gets the same bytes again
        key = command["incident_id"].encode()
        await producer.send_and_wait("disposal-feedback", said, key=key, headers=headers(said))


async def main() -> None:
    answers = Answers(Path(os.environ.get("ANSWERS", "answers.txt")))
    consumer = AIOKafkaConsumer(
        "disposal-commands",
        bootstrap_servers=BROKERS,
        group_id=os.environ.get("GROUP", f"unit-{UNIT.replace(':', '-')}"),
        enable_auto_commit=False,  # committed when it is done, and not when it is read
        auto_offset_reset="earliest",
        metadata_max_age_ms=5_000,  # finds a topic that is made after the start
    )
    async with AIOKafkaProducer(bootstrap_servers=BROKERS, acks="all") as producer, consumer:
        async for record in consumer:
            await handle(record.value, answers, producer)
            await consumer.commit()


if __name__ == "__main__":
    asyncio.run(main())
