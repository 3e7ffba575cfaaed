"""Whatever happened, and wherever in it the backup was made: led through it again, a database comes to the same."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
import structlog
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from streams.store.database import Database
from tests.integration.reconcile.restored import TimedWorld, put_back, reconcile, what_was_meant
from tests.stored import people
from tests.stored.people import Step

_EXAMPLES = max(4, settings().max_examples // 20)
# Making a failure smaller takes longer than a test may; to look into one, leave the phases out.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
# What left no fact is not read again here but by the engine that starts next, and so is not in the inbox yet.
_COMPARED = ("events", "incidents", "reports", "deadlines", "outcomes", "commands")


@pytest.fixture(autouse=True, scope="module")
def _without_log() -> Iterator[None]:
    """Thousands of log lines would hide what fails."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@settings(max_examples=_EXAMPLES, phases=_PHASES)
@given(
    beginning=people.beginnings,
    turns=st.lists(st.lists(people.steps, min_size=1, max_size=3), min_size=2, max_size=6),
    backup_before=st.integers(0, 5),
)
def test_a_backup_of_any_moment_comes_to_the_same(
    beginning: tuple[Step, ...], turns: list[list[Step]], backup_before: int
) -> None:
    """Every fact has the bytes that went out, and every row that is derived from facts is what it was."""
    world, folder = TimedWorld(), Path(mkdtemp())
    try:
        for step in beginning:
            step.play(world)
            world.settle()
        for number, turn in enumerate(turns):
            if number == min(backup_before, len(turns) - 1):
                world.rows(f"VACUUM INTO '{folder / 'backup.db'}'")
            for step in turn:
                step.play(world)
            world.settle()
            world.clock.move(0.5)
        world.run(_comes_to_the_same(world, folder))
    finally:
        world.close()
        shutil.rmtree(folder)


async def _comes_to_the_same(world: TimedWorld, folder: Path) -> None:
    restored = Database(f"sqlite+aiosqlite:///{folder / 'restored.db'}")
    try:
        await put_back(folder / "backup.db", restored)
        done = await reconcile(restored, world.timed)
        assert [one.detail for one in done.found] == []
        was, became = await what_was_meant(world.database), await what_was_meant(restored)
        assert {name: became[name] for name in _COMPARED} == {name: was[name] for name in _COMPARED}
    finally:
        await restored.close()
