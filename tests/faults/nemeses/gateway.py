"""What is done to the gateway: killed while it answers."""

import asyncio

from tests.faults.outcome import Figure, promise
from tests.faults.scene import Scene

_TOGETHER = (20, 50)
_READY_WITHIN_SECONDS = 90.0


async def killed_mid_request(scene: Scene) -> None:
    """F27: kill -9 with many requests in its hands; whoever got no answer sends the same again until it has one."""
    gateway, hits, kills = scene.stack.gateway, scene.count(20, 300), 0
    while scene.witness.cut_short < hits:
        await gateway.await_ready(_READY_WITHIN_SECONDS)
        crowd = asyncio.create_task(scene.load.burst(scene.count(*_TOGETHER), 1_000))
        await scene.pause(0.0, 0.25)
        gateway.kill()
        kills += 1
        await crowd
    scene.figures += [
        Figure("kills -9 of the gateway", kills),
        Figure("requests cut short", scene.witness.cut_short, at_least=hits),
        promise("receipts that changed when asked again", len(scene.witness.unequal_receipts)),
    ]
