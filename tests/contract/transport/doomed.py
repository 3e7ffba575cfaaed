"""A worker to be killed: writes each offset to a file, slowly, and acknowledges it; in a seat when given a folder."""

import asyncio
import sys
from contextlib import nullcontext
from pathlib import Path

from streams.broker.seat import OwnSeat, Seat
from streams.broker.transport import Batch
from streams.program import seating
from tests.contract.transport.worker import Broker, Worker


async def main(broker: Broker, group: str, topic: str, seen: Path, seat: Seat) -> None:
    worker = Worker(broker, group, slice_records=1, seat=seat)

    async def handle(batch: Batch) -> None:
        with seen.open("a") as file:
            file.writelines(f"{record.offset}\n" for record in batch.records)
        await asyncio.sleep(0.005)
        batch.ack()

    worker.read(topic, handle, max_records=1)
    async with worker.running():
        await asyncio.Event().wait()


if __name__ == "__main__":
    _, brokers, session_timeout_seconds, fetch_max_wait_ms, _, group, topic, seen, *folder = sys.argv
    broker = Broker(brokers, float(session_timeout_seconds), int(fetch_max_wait_ms), answers_at_once=False)
    with seating.taken(Path(folder[0])) if folder else nullcontext(OwnSeat()) as seat:
        asyncio.run(main(broker, group, topic, Path(seen), seat))
