"""What is done to the lines between processes, database and broker: cut, silenced one way or both, made to flap."""

import asyncio

from tests.faults.lines import flap
from tests.faults.nemeses.service import Outages, served_again
from tests.faults.proxy import Line, Proxy
from tests.faults.scene import Scene

_BACK_WITHIN_SECONDS = 15.0
_FLAP_SECONDS = 0.5
_QUICK_CUTS = ((Line.CUT, 1.0), (Line.SILENT, 10.0))
_CUTS = (*_QUICK_CUTS, (Line.ONE_WAY, 10.0))
_LONG = (Line.SILENT, 60.0)  # past the budget of retries; of one line alone, since each costs minutes


async def cut_off(scene: Scene) -> None:
    """F10: each line in turn broken, silent, without answers, flapping each second; the others stand meanwhile."""
    lines, outages = scene.stack.cuttable, Outages()
    for what, line in (
        ("workers to broker", lines.workers_to_broker),
        ("workers to database", lines.workers_to_database),
        ("gateway to broker", lines.gateway_to_broker),
        ("gateway to database", lines.gateway_to_database),
    ):
        for how, seconds in _cuts(scene, is_long=what == "workers to database"):
            await scene.pause(1, 4)
            await _one(scene, outages, line, f"{what}: {how} for {seconds:g} s", how, seconds)
        async with outages.one():
            scene.record.note(f"{what}: flaps")
            await flap(line, scene.count(5, 10), _FLAP_SECONDS)
        scene.record.note(f"{what}: whole")
        outages.back_after_seconds.append(await served_again(scene))
    scene.figures += outages.figures(scene, back_at_most=_BACK_WITHIN_SECONDS, receipts_at_most_ms=None)


def _cuts(scene: Scene, *, is_long: bool) -> tuple[tuple[Line, float], ...]:
    if scene.is_quick:
        return _QUICK_CUTS
    return (*_CUTS, _LONG) if is_long else _CUTS


async def _one(scene: Scene, outages: Outages, line: Proxy, told: str, how: Line, seconds: float) -> None:
    async with outages.one():
        scene.record.note(told)
        line.set(how)
        await asyncio.sleep(seconds)
        line.set(Line.OPEN)
    outages.back_after_seconds.append(await served_again(scene))
