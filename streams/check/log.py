"""I5: an incident's log is whole."""

from collections.abc import Iterator

from streams.check.dossier import Dossier
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick

_REPEATED = ("event_id", "incident_id", "seq", "type", "recorded_at", "cause_id")


def seq_runs_without_gap(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I5 an incident's `seq` runs 1..n without gap or repeat, and n is the version in its row."""
    for expected, row in enumerate(dossier.event_rows, start=1):
        if row["seq"] != expected:
            detail = f"seq {row['seq']} where {expected} was to come"
            yield Violation(Invariant.I5, f"events event_id={row['event_id']}", detail)
            return
    stored = 0 if dossier.row is None else dossier.row["seq"]
    if stored != len(dossier.event_rows):
        detail = f"seq {stored}, its log has {len(dossier.event_rows)} events"
        yield Violation(Invariant.I5, f"incidents incident_id={dossier.incident_id}", detail)


def event_rows_repeat_their_bodies(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I6 every row equals the log: the columns of an event are those of its body."""
    if len(dossier.log) != len(dossier.event_rows):
        return  # `broken` says why
    for row, event in zip(dossier.event_rows, dossier.log, strict=True):
        for name in _REPEATED:
            if row[name] != getattr(event, name):
                detail = f"{name} is {row[name]!r}, the body says {getattr(event, name)!r}"
                yield Violation(Invariant.I6, f"events event_id={row['event_id']}", detail)
