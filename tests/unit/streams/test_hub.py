"""Hub: every browser gets every frame in order, resumes where it was, and a slow one costs nobody else anything."""

import asyncio

from streams.cockpit.hub import Hub, HubLimits, Viewer


async def taken(viewer: Viewer, count: int) -> list[bytes]:
    """The next frames of a viewer."""
    found: list[bytes] = []
    async for frame in viewer.frames():
        found.append(frame)
        if len(found) == count:
            break
    return found


def hub_with(*bodies: bytes, ring: int = 8, queue: int = 4) -> Hub:
    hub = Hub("e1", HubLimits(ring, queue))
    for body in bodies:
        hub.publish("delta", body)
    return hub


async def test_a_frame_carries_its_number_and_reaches_everybody() -> None:
    """Two viewers get the same bytes, with epoch and number as the id."""
    hub = hub_with()
    one, two = hub.join(hub.position), hub.join(hub.position)
    hub.publish("delta", b'{"a":1}')
    expected = [b'id: e1:1\nevent: delta\ndata: {"a":1}\n\n']
    assert await taken(one, 1) == await taken(two, 1) == expected


async def test_who_comes_back_gets_what_was_missed_and_what_follows() -> None:
    """After the frame that was seen last, nothing is left out and nothing comes twice."""
    hub = hub_with(b"1", b"2", b"3")
    viewer = hub.join("e1:1")
    hub.publish("delta", b"4")
    assert [frame.split(b"data: ")[1].strip() for frame in await taken(viewer, 3)] == [b"2", b"3", b"4"]


async def test_what_cannot_be_resumed_is_told_to_resync() -> None:
    """No position, another process', one older than the ring, one from the future and rubbish: load all again."""
    hub = hub_with(b"1", b"2", b"3", b"4", ring=2)
    for position in (None, "", "e0:3", "e1:1", "e1:9", "e1:x", "e1:٣"):
        [frame] = await taken(hub.join(position), 1)
        assert frame.startswith(b"event: resync"), position
    [frame] = await taken(hub.join("e1:2"), 1)
    assert frame.endswith(b"data: 3\n\n")


async def test_a_slow_viewer_is_let_go_and_the_others_never_notice() -> None:
    """Past its queue it gets one resync and its end; a viewer that reads has every frame."""
    hub = hub_with(queue=3)
    slow, quick = hub.join(hub.position), hub.join(hub.position)
    for number in range(5):
        hub.publish("delta", b"%d" % number)
        [frame] = await taken(quick, 1)
        assert frame.endswith(b"data: %d\n\n" % number)
    assert [frame async for frame in slow.frames()] == [b"event: resync\ndata: {}\n\n"]
    assert hub.viewers == 1


async def test_closing_ends_every_stream_after_what_it_was_owed() -> None:
    """Nobody waits for ever, frames already queued still arrive, and who joins later ends at once."""
    hub = hub_with()
    waiting, owed = hub.join(hub.position), hub.join(hub.position)
    ended = asyncio.create_task(taken(waiting, 9))
    hub.publish("delta", b"1")
    hub.close()
    assert len(await ended) == 1
    assert len([frame async for frame in owed.frames()]) == 1
    assert [frame async for frame in hub.join("e1:1").frames()] == []
    assert hub.viewers == 0


async def test_a_viewer_that_left_is_offered_nothing() -> None:
    """A closed browser takes no memory."""
    hub = hub_with()
    viewer = hub.join(hub.position)
    hub.leave(viewer)
    hub.publish("delta", b"1")
    assert hub.viewers == 0
