"""Timeline: how a unit behaves about one command, from the command to the work done. Pure, derived from the seed.

Most are quick; some are late, refuse, never answer, or finish too late. What they say carries ids derived from the
command, so a unit that lost its memory says the same again and it counts once. At the city nobody refuses or stays
silent for good: somebody answers in the end, after the red alarm, so that every incident comes to an end.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from models.identifiers import FeedbackId, derive
from models.messages.command import Command
from models.messages.feedback import Feedback
from models.messages.fields import Person
from models.units import parse_unit
from models.vocabulary import CommandKind, FeedbackKind, Tier
from streams.simulator.draws import Draws
from streams.simulator.names import name_of

_LONGEST_WORK_SECONDS = 5_400
_LATEST_OVERDUE_SECONDS = 21_600  # nobody is made to wait for a day to see a unit finish too late
_SMOOTH_WORK_SECONDS = (120, 480)
_WITHOUT_LIMIT_SECONDS = 7_200
_RETRACTION_HEARD_AFTER = timedelta(seconds=5)
_REFUSALS = ("人员装备均在其他现场，无法抽调", "该任务不在本单位职责范围，请改派", "道路中断，无法按时到达")
_NOTES = ("已到达现场，正在处置", "处置过半，未发现新的险情", "现场已控制，正在收尾")


class Manner(StrEnum):
    """How a unit takes a command."""

    SMOOTH = "smooth"  # at its best: the incidents that open a round
    PROMPT = "prompt"
    LATE = "late"  # signs when the command has climbed already
    REFUSING = "refusing"
    SILENT = "silent"
    OVERDUE = "overdue"  # signs in time and finishes too late


# Shares of the manners; what is left is prompt.
_BELOW_CITY = ((Manner.LATE, 0.06), (Manner.REFUSING, 0.05), (Manner.SILENT, 0.04), (Manner.OVERDUE, 0.05))
_AT_CITY = ((Manner.LATE, 0.08), (Manner.OVERDUE, 0.06))


def manner_of(seed: int, command: Command, *, is_smooth: bool = False) -> Manner:
    """How the unit takes this command."""
    if is_smooth:
        return Manner.SMOOTH
    drawn = Draws(seed, command.command_id).ratio("manner")
    is_city = parse_unit(command.unit_code).tier is Tier.CITY
    for manner, share in _AT_CITY if is_city else _BELOW_CITY:
        if drawn < share:
            return manner
        drawn -= share
    return Manner.PROMPT


def timeline(seed: int, command: Command, *, is_smooth: bool = False) -> tuple[Feedback, ...]:
    """Everything the unit will say about this order, in the order of time; `occurred_at` is when it says it."""
    draws = Draws(seed, command.command_id)
    manner = manner_of(seed, command, is_smooth=is_smooth)
    return tuple(_told(command, manner, draws))


def _told(command: Command, manner: Manner, draws: Draws) -> Iterator[Feedback]:
    if command.kind is CommandKind.RETRACTION:
        # Who was unplugged when the order came may not know of it, but its system answers in the end.
        yield _feedback(command, FeedbackKind.RECEIVED, command.issued_at + _RETRACTION_HEARD_AFTER)
        return
    window = (command.acknowledge_by - command.issued_at).total_seconds()
    if manner is Manner.SILENT and draws.happens("unplugged", 0.5):
        return
    yield _feedback(command, FeedbackKind.RECEIVED, _at(command, window, draws, 0.01, 0.05))
    person = Person(name=name_of(draws))
    match manner:
        case Manner.SILENT:
            return
        case Manner.REFUSING:
            refused_at, reason = _at(command, window, draws, 0.15, 0.6), draws.pick("refusal", _REFUSALS)
            yield _feedback(command, FeedbackKind.REFUSED, refused_at, person=person, words=reason)
        case _:
            low, high = {Manner.LATE: (1.2, 2.5), Manner.SMOOTH: (0.06, 0.15)}.get(manner, (0.1, 0.5))
            signed_at = _at(command, window, draws, low, high)
            yield _feedback(command, FeedbackKind.ACKNOWLEDGED, signed_at, person=person)
            yield from _worked(command, manner, signed_at, person, draws)


def _worked(
    command: Command, manner: Manner, signed_at: datetime, person: Person, draws: Draws
) -> Iterator[Feedback]:
    work_seconds = _work_seconds(command, manner, signed_at, draws)
    for step in range(1, draws.between("progress reports", 1, 2) + 1):
        at = signed_at + timedelta(seconds=work_seconds * step / 3)
        note = _NOTES[step - 1]
        yield _feedback(command, FeedbackKind.PROGRESS, at, nth=step, words=note, ratio=round(step / 3, 2))
    done_at = signed_at + timedelta(seconds=work_seconds)
    yield _feedback(command, FeedbackKind.DONE, done_at, person=person, words="处置完毕")


def _work_seconds(command: Command, manner: Manner, signed_at: datetime, draws: Draws) -> int:
    if manner is Manner.SMOOTH:
        return draws.between("work", *_SMOOTH_WORK_SECONDS)
    limit = command.complete_by
    window = (limit - signed_at).total_seconds() if limit else _WITHOUT_LIMIT_SECONDS
    share = draws.ratio("work")
    if manner is Manner.OVERDUE and 0 < window <= _LATEST_OVERDUE_SECONDS:
        return int(window * (1.1 + 0.3 * share))
    return int(min(max(window, 600), _LONGEST_WORK_SECONDS) * (0.15 + 0.5 * share))


def _at(command: Command, window_seconds: float, draws: Draws, low: float, high: float) -> datetime:
    """A moment this share of the time for acknowledgement after the issue."""
    share = low + (high - low) * draws.ratio(f"from {low}")
    return command.issued_at + timedelta(seconds=int(window_seconds * share))


def _feedback(
    command: Command,
    kind: FeedbackKind,
    occurred_at: datetime,
    *,
    nth: int = 1,
    person: Person | None = None,
    words: str | None = None,
    ratio: float | None = None,
) -> Feedback:
    is_refusal = kind is FeedbackKind.REFUSED
    return Feedback(
        feedback_id=FeedbackId(derive("simulated feedback", command.command_id, kind, nth)),
        command_id=command.command_id,
        incident_id=command.incident_id,
        unit_code=command.unit_code,
        kind=kind,
        person=person,
        occurred_at=occurred_at,
        reason=words if is_refusal else None,
        note=None if is_refusal else words,
        progress_ratio=ratio,
    )
