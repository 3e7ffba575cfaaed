"""A worker to be killed: writes each offset to a file, slowly, and acknowledges it."""

import asyncio
import sys
from pathlib import Path

from streams.transport import Batch
from tests.contract.transport.worker import Worker


async def main(brokers: str, group: str, topic: str, seen: Path) -> None:
    worker = Worker(brokers, group, slice_records=1)

    async def handle(batch: Batch) -> None:
        with seen.open("a") as file:
            file.writelines(f"{record.offset}\n" for record in batch.records)
        await asyncio.sleep(0.005)
        batch.ack()

    worker.read(topic, handle, max_records=1)
    async with worker.running():
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])))
