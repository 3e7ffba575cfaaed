"""Totals: what is known in numbers about an event, which of it is approximate, and which report gave it.

Per fact the highest stated counts, so that silence and the order of reports change nothing; only a stated correction
replaces a number by a lower one. Rules of ours: silence never lowers a number (decision 0003).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from models.events.perception import FactOrigin
from models.messages.report import FACT_NAMES, Facts
from models.vocabulary import Channel
from workflows.judgement.account import Account

_SPANS_KEPT = 8
_CASUALTIES = ("deaths", "missing", "serious", "injured", "trapped")


class _Known(Protocol):
    @property
    def facts(self) -> Facts: ...
    @property
    def approximate(self) -> tuple[str, ...]: ...
    @property
    def origins(self) -> Mapping[str, FactOrigin]: ...


@dataclass(frozen=True, slots=True)
class Totals:
    """What is known in numbers. `origins` has an entry for every fact that is known."""

    facts: Facts = field(default_factory=Facts)
    approximate: tuple[str, ...] = ()
    origins: Mapping[str, FactOrigin] = field(default_factory=dict)

    def as_fields(self) -> dict[str, Any]:
        """By the names that events give them."""
        return {"facts": self.facts, "approximate": self.approximate, "origins": dict(self.origins)}


def totals_of(known: _Known) -> Totals:
    """The totals that an incident, or an event that carries them, holds."""
    return Totals(known.facts, known.approximate, known.origins)


def taken_in(known: Totals, account: Account) -> Totals:
    """Totals after one more affirming report: a fact that it states higher, or states first, is now its own."""
    return _replaced(known, totals_in(account), _is_higher)


def combine(known: Totals, other: Totals) -> Totals:
    """The totals of two incidents that are one."""
    return _replaced(known, other, _is_higher)


def corrected(known: Totals, account: Account) -> Totals:
    """Totals after a stated correction: what it may correct becomes what it says, be it lower.

    A source corrects its own numbers, a department anybody's; other numbers it can only raise.
    """
    own = {name for name, origin in known.origins.items() if origin.source_id == account.report.source_id}
    everything = account.report.channel is Channel.DEPARTMENT
    return _replaced(
        known,
        totals_in(account),
        lambda name, old, new: _is_higher(name, old, new) or ((everything or name in own) and old != new),
    )


def totals_in(account: Account) -> Totals:
    """What one report states by itself."""
    stated = {name for name in FACT_NAMES if getattr(account.facts, name) is not None}
    report = account.report
    origins = {
        name: FactOrigin(
            source_id=report.source_id, report_id=report.report_id, spans=account.spans(name)[:_SPANS_KEPT]
        )
        for name in stated
    }
    return Totals(account.facts, account.approximate, origins)


def casualties_rose(known: Facts, stated: Facts) -> bool:
    """More people are dead, missing or hurt than was known; what reopens a closed incident."""
    pairs = ((getattr(known, name) or 0, getattr(stated, name) or 0) for name in _CASUALTIES)
    return any(new > old for old, new in pairs)


def _is_higher(_: str, old: float | None, new: float) -> bool:
    return old is None or new > old


def _replaced(known: Totals, other: Totals, is_taken: Callable[[str, float | None, float], bool]) -> Totals:
    taken = {
        name
        for name in FACT_NAMES
        if (new := getattr(other.facts, name)) is not None and is_taken(name, getattr(known.facts, name), new)
    }
    if not taken:
        return known
    values = {name: getattr((other if name in taken else known).facts, name) for name in FACT_NAMES}
    vague = {name for name in other.approximate if name in taken}
    return Totals(
        Facts.model_validate(values),
        tuple(sorted({*(name for name in known.approximate if name not in taken), *vague})),
        {**known.origins, **{name: other.origins[name] for name in taken if name in other.origins}},
    )
