"""The consumer in the integrator's guide, run as it stands there beside a real broker."""

import asyncio
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import orjson

from models.topics import Topic
from streams.broker.publishing import Publisher
from streams.broker.reading import Read, read_to_end
from streams.cli.validating import KINDS, faults
from tests.architecture.sources import ROOT
from tests.brokers.tansu import Tansu
from tests.integration.cli.conftest import Fenghuo
from tests.integration.cli.test_tailing import ORDER, record

(PROGRAM,) = re.findall(
    r"^```python\n(.*?)^```",
    (ROOT / "deploy/docs/integrators/README.md").read_text(),
    re.DOTALL | re.MULTILINE,
)
LAST = {**ORDER, "command_id": "c-9"}


def test_the_consumer_answers_each_order_once(fenghuo: Fenghuo, broker: Tansu, tmp_path: Path) -> None:
    """An order that comes twice and one for somebody else: each of its own is answered once, in a valid feedback."""
    assert fenghuo("topics", "apply").code == 0
    others = {**ORDER, "command_id": "c-2", "unit_code": "500108:police"}

    async def publish() -> None:
        async with Publisher(broker.brokers) as publisher:
            await publisher.publish([record(one) for one in (ORDER, others, ORDER, LAST)])

    async def answers() -> list[Read]:
        return [one async for one in read_to_end(broker.brokers, Topic.DISPOSAL_FEEDBACK.value)]

    asyncio.run(publish())
    done = tmp_path / "done.txt"
    own = {"UNIT": "500108:fire", "BROKERS": broker.brokers, "KEY_ID": "k-1", "SECRET": "ab" * 32}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env=os.environ | own, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            printed = [process.stdout.readline() for _ in range(2)]
            while not done.exists() or str(LAST["command_id"]) not in done.read_text():
                assert process.poll() is None
                time.sleep(0.1)
        finally:
            process.kill()
    assert all(line.startswith(b"order") for line in printed)
    found = asyncio.run(answers())
    told = [orjson.loads(one.value) for one in found]
    assert [(one["command_id"], one["kind"]) for one in told] == [
        (ORDER["command_id"], "received"),
        ("c-9", "received"),
    ]
    assert [fault for one in found for fault in faults(KINDS["feedback"], one.value, datetime.now(UTC))] == []
    assert {name for one in found for name, _ in one.headers} == {"key_id", "signature"}
