"""The lines for kcat, run as they stand there against Apache Kafka: the embedded broker does not understand kcat."""

import hashlib
import hmac
from pathlib import Path

import orjson
import pytest

from models.topics import Topic
from streams.broker.publishing import Publication, Publisher
from streams.broker.reading import Read, read_to_end
from streams.documents.catalogue import MESSAGES
from streams.store.publications import HEADERS
from tests.brokers.kafka import KafkaBroker
from tests.integrators.conftest import require
from tests.integrators.guide import FOLDER, blocks, run

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400)]
TEXT = (FOLDER / "kcat/README.md").read_text()
EXAMPLES = {message.name: orjson.dumps(message.example) for message in MESSAGES}
USED = (Topic.REPORTS, Topic.REPORT_RECEIPTS, Topic.DISPOSAL_COMMANDS, Topic.DISPOSAL_FEEDBACK)
SECRET = "ab" * 32


async def only(broker: KafkaBroker, topic: Topic) -> Read:
    (record,) = [one async for one in read_to_end(broker.bootstrap_servers, topic.value)]
    return record


async def test_the_lines_send_and_read(kafka_broker: KafkaBroker, tmp_path: Path) -> None:
    """A report and a signed feedback lie on their topics byte for byte; a receipt and a unit's orders are read."""
    require(kcat="kcat", openssl="openssl")
    await kafka_broker.create_topics(dict.fromkeys((topic.value for topic in USED), 1))
    unit, incident = "500108:fire", "i-1"
    own = {"BROKERS": kafka_broker.bootstrap_servers, "UNIT": unit, "INCIDENT_ID": incident}
    own |= {"KEY_ID": "k-1", "SECRET": SECRET}
    (tmp_path / "report.json").write_bytes(EXAMPLES["Report"])
    (tmp_path / "feedback.json").write_bytes(EXAMPLES["Feedback"])
    async with Publisher(kafka_broker.bootstrap_servers) as publisher:
        await publisher.publish(
            [
                Publication(Topic.REPORT_RECEIPTS.value, b"grid-nanan", EXAMPLES["Receipt"], HEADERS),
                Publication(Topic.DISPOSAL_COMMANDS.value, unit.encode(), EXAMPLES["Command"], HEADERS),
                Publication(Topic.DISPOSAL_COMMANDS.value, b"500108:police", b"{}", HEADERS),
            ]
        )
    run(blocks("Report", TEXT)[0], tmp_path, own)
    report = await only(kafka_broker, Topic.REPORTS)
    assert (report.key, report.value, report.headers) == (b"500108102", EXAMPLES["Report"], HEADERS)
    assert run(blocks("Receipts", TEXT)[0], tmp_path, own) == f"grid-nanan {EXAMPLES['Receipt'].decode()}\n"
    commands = run(blocks("Commands", TEXT)[0], tmp_path, own)
    assert commands == f"{unit} schema_version=1 {EXAMPLES['Command'].decode()}\n"
    run(blocks("Feedback", TEXT)[0], tmp_path, own)
    feedback = await only(kafka_broker, Topic.DISPOSAL_FEEDBACK)
    signature = hmac.new(bytes.fromhex(SECRET), feedback.value, hashlib.sha256).hexdigest()
    signed = (("key_id", b"k-1"), ("signature", signature.encode()))
    assert (feedback.key, feedback.value) == (incident.encode(), EXAMPLES["Feedback"])
    assert feedback.headers == (*HEADERS, *signed)
