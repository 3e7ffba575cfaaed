"""Carrier: what an agent needs - the app that delivers, the loop that handles, and how much at a time."""

from dataclasses import dataclass

from faust.types import StreamT

from models.topics import Topic
from streams.broker.transport import FastLaneApp, batches
from streams.processing.loop import Loop


@dataclass(frozen=True, slots=True)
class Carrier:
    """Joins one topic at a time to the loop."""

    app: FastLaneApp
    loop: Loop
    batch_max_records: int

    def carry(self, name: str, topic: Topic) -> None:
        """Let an agent of this name take the topic's batches to the loop."""

        async def agent(stream: StreamT[list[object]]) -> None:
            await self.loop.consume(topic, batches(stream, self.batch_max_records))

        self.app.agent(self.app.topic(topic.value), name=name, concurrency=1)(agent)
