"""The first part that ends by itself ends the program; those that are told to stop do not."""

import asyncio

from structlog.testing import capture_logs

from streams.program.parts import Parts


async def forever() -> None:
    await asyncio.Event().wait()


async def crash() -> None:
    raise KeyError("ours")


async def end() -> None:
    return


async def test_a_part_that_crashes_ends_the_program() -> None:
    """Its name is kept and its error told; the others are still there to be stopped."""
    parts = Parts()
    parts.start("gateway", forever())
    with capture_logs() as lines:
        parts.start("sweeper", crash())
        async with asyncio.timeout(5):
            await parts.has_ended.wait()
    assert parts.crashed == "sweeper"
    assert [(line["event"], line["part"]) for line in lines] == [("part_crashed", "sweeper")]
    await parts.stop()


async def test_a_part_that_merely_ends_ends_the_program() -> None:
    """No part has a right to be finished while the others work."""
    parts = Parts()
    with capture_logs():
        parts.start("simulator", end())
        async with asyncio.timeout(5):
            await parts.has_ended.wait()
    assert parts.crashed == "simulator"


async def test_stopping_is_no_crash() -> None:
    """Parts that are cancelled, one by name and the rest together, leave the program in order."""
    parts = Parts()
    for name in ("one", "two", "three"):
        parts.start(name, forever())
    await parts.stop("one", "never started")
    await parts.stop()
    assert parts.crashed is None
    assert not parts.has_ended.is_set()


async def test_a_part_may_finish_what_it_has_in_hand() -> None:
    """Told to stop, it comes to its end by itself; one that does not is cancelled."""
    parts, told = Parts(), asyncio.Event()
    done: list[str] = []

    async def polite() -> None:
        await told.wait()
        done.append("answered")

    parts.start("polite", polite())
    parts.start("stubborn", forever())
    told.set()
    await parts.finish("polite", within_seconds=5)
    await parts.finish("stubborn", within_seconds=0)
    assert (done, parts.crashed) == (["answered"], None)
