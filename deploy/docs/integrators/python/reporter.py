"""Reports one event and waits for what becomes of it.

BROKERS=host:port python reporter.py report.json

Needs aiokafka. Ends with 0 when the report was accepted or known, else with 1; prints the receipt.
"""

import asyncio
import json
import os
import sys
import uuid
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

WITHIN_SECONDS = 60


async def report(brokers: str, value: bytes) -> dict:
    """The receipt. Sending the same bytes again is harmless: a report counts once by source_id and report_id."""
    told = json.loads(value)
    consumer = AIOKafkaConsumer(
        "report-receipts",
        bootstrap_servers=brokers,
        group_id=f"{told['source_id']}.{uuid.uuid4()}",
        auto_offset_reset="earliest",
    )
    async with AIOKafkaProducer(bootstrap_servers=brokers, acks="all") as producer, consumer:
        await producer.send_and_wait(
            "reports", value, key=told["area_code"].encode(), headers=[("schema_version", b"1")]
        )
        async for record in consumer:
            receipt = json.loads(record.value)
            if all(receipt[name] == told[name] for name in ("source_id", "report_id")):
                return receipt
    raise RuntimeError("the line was closed")


async def main() -> None:
    value = Path(sys.argv[1]).read_bytes()
    receipt = await asyncio.wait_for(report(os.environ["BROKERS"], value), WITHIN_SECONDS)
    print(json.dumps(receipt, ensure_ascii=False))
    sys.exit(0 if receipt["outcome"] in ("accepted", "duplicate") else 1)


asyncio.run(main())
