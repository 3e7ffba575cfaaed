"""What is done to the broker: killed, frozen past every timeout, filled up."""

import asyncio

from tests.faults.nemeses.service import Outages, served_again
from tests.faults.scene import Scene

BACK_WITHIN_SECONDS = 20.0
RECEIPT_WITHIN_MS = 2_000.0
_FROZEN_SECONDS = ((5, 20), (5, 30, 120))


async def killed(scene: Scene) -> None:
    """F02: kill -9, and back after 1 to 20 s."""
    outages = Outages()
    for _ in range(scene.count(2, 10)):
        await scene.pause(3, 8)
        async with outages.one():
            scene.record.note("kill -9 broker")
            await asyncio.to_thread(scene.stack.broker.kill)
            await scene.pause(1, 8 if scene.is_quick else 20)
            await asyncio.to_thread(scene.stack.broker.start)
        scene.record.note("broker serves again")
        outages.back_after_seconds.append(await served_again(scene))
    scene.figures += outages.figures(
        scene, back_at_most=BACK_WITHIN_SECONDS, receipts_at_most_ms=RECEIPT_WITHIN_MS
    )


async def frozen(scene: Scene) -> None:
    """F03: SIGSTOP for 5, 30 and 120 s: past the session and past the 90 s that Faust waits for an answer."""
    outages = Outages()
    for seconds in _FROZEN_SECONDS[0 if scene.is_quick else 1]:
        await scene.pause(3, 8)
        async with outages.one():
            scene.record.note(f"freeze broker for {seconds} s")
            scene.stack.broker.pause()
            await asyncio.sleep(seconds)
            scene.stack.broker.resume()
        scene.record.note("broker goes on")
        outages.back_after_seconds.append(await served_again(scene))
    scene.figures += outages.figures(
        scene, back_at_most=BACK_WITHIN_SECONDS, receipts_at_most_ms=RECEIPT_WITHIN_MS
    )
