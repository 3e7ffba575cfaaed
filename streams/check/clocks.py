"""I4: every deadline fired exactly once, or was cancelled or moot."""

from collections.abc import Iterator

from models.events.steps import DeadlineCancelled, DeadlineFired, DeadlineSet
from models.tables.deadlines import DeadlineProgress
from streams.check.dossier import Dossier
from streams.check.rows import Row
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick

# What a row may say when the log says this of its clock.
_SAYS: dict[str, frozenset[DeadlineProgress]] = {
    "runs": frozenset({DeadlineProgress.OPEN, DeadlineProgress.SENT}),
    "fired": frozenset({DeadlineProgress.FIRED}),
    "was cancelled": frozenset({DeadlineProgress.CANCELLED, DeadlineProgress.MOOT}),
}


def deadlines_fire_once(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I4 every deadline fired exactly once, or was cancelled or moot - in the row as in the log."""
    said, ends = _told_by(dossier)
    for deadline_id, count in ends.items():
        if count > 1:
            where = f"events incident_id={dossier.incident_id}"
            yield Violation(Invariant.I4, where, f"deadline {deadline_id} ended {count} times in the log")
    for row in dossier.deadlines:
        progress = DeadlineProgress(row["progress"])
        if row["fire_count"] != (progress is DeadlineProgress.FIRED):
            yield _of(row, f"{progress.value} with fire_count {row['fire_count']}")
        wanted = said.get(row["deadline_id"])
        if wanted is not None and progress not in _SAYS[wanted]:
            yield _of(row, f"it is {progress.value}, the log says that it {wanted}")


def deadlines_are_not_forgotten(dossier: Dossier, yardstick: Yardstick) -> Iterator[Violation]:
    """I4 none is long past and still waiting: a clock that passed is sent, and what is sent is heard."""
    for row in dossier.deadlines:
        if row["progress"] == DeadlineProgress.OPEN.value and yardstick.is_overdue(row["due_at"]):
            yield _of(row, f"passed at {row['due_at'].isoformat()} and was never sent")
        elif row["progress"] == DeadlineProgress.SENT.value and yardstick.is_overdue(row["updated_at"]):
            yield _of(row, f"sent at {row['updated_at'].isoformat()} and was never heard")


def _told_by(dossier: Dossier) -> tuple[dict[str, str], dict[str, int]]:
    said: dict[str, str] = {}
    ends: dict[str, int] = {}
    for event in dossier.log:
        match event.data:
            case DeadlineSet(deadline_id=deadline_id):
                said[deadline_id] = "runs"
            case DeadlineFired(deadline_id=deadline_id) | DeadlineCancelled(deadline_id=deadline_id):
                said[deadline_id] = "fired" if isinstance(event.data, DeadlineFired) else "was cancelled"
                ends[deadline_id] = ends.get(deadline_id, 0) + 1
    return said, ends


def _of(row: Row, detail: str) -> Violation:
    return Violation(Invariant.I4, f"deadlines deadline_id={row['deadline_id']}", detail)
