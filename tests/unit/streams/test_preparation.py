"""A start waits for a database that goes away in the middle of it, and says so."""

import pytest

from streams.errors import Transient
from streams.program import preparation
from streams.program.readiness import Component, Readiness


@pytest.fixture(autouse=True)
def _asks_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "_ASK_AGAIN_SECONDS", 0)


class Step:
    """A step of the start during which the database is away so many times."""

    def __init__(self, readiness: Readiness, times_away: int) -> None:
        self.readiness = readiness
        self.times_away = times_away
        self.seen: list[str | None] = []

    async def __call__(self) -> None:
        """Raises Transient while it is away; notes what readiness said when it was called."""
        self.seen.append(self.readiness.components()["database"])
        if len(self.seen) <= self.times_away:
            raise Transient("the database system is starting up")


async def test_a_step_is_taken_again_until_the_database_answers() -> None:
    """While it is away readiness gives its words; afterwards the database is ready again."""
    readiness = Readiness([Component.DATABASE])
    readiness.ready(Component.DATABASE)
    step = Step(readiness, times_away=2)
    await preparation.take_step(step, readiness)
    assert step.seen == [None, "the database system is starting up", "the database system is starting up"]
    assert readiness.is_ready()


async def test_a_defect_of_a_step_is_no_absence() -> None:
    """What is no fault of the database passes through: waiting would not mend it."""

    async def broken() -> None:
        raise ValueError("a defect")

    with pytest.raises(ValueError, match="a defect"):
        await preparation.take_step(broken, Readiness([Component.DATABASE]))
