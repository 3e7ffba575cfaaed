"""Account: what one report states once its fields and its words are laid side by side. Fields win.

For: the one place where a report's structured fields meet what was understood of its text. Fusion, evidence and the
facts of an incident all read the account, never the raw report, so that a report in words and one in fields count
alike. A contradiction between the two is kept here and becomes an event for the officer to see.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.categories import Category
from models.events.perception import Contradiction
from models.messages.report import FACT_NAMES, Facts, Report
from models.understanding import FactFound, SensitiveFound, Span, Understanding


@dataclass(frozen=True, slots=True)
class Account:
    """`spans`: where each fact of the text stands; a fact that the fields gave has none."""

    category: Category | None
    facts: Facts
    approximate: tuple[str, ...]
    occurred_at: datetime | None
    spans: Mapping[str, tuple[Span, ...]]
    sensitive: tuple[SensitiveFound, ...]
    correction: Span | None
    contradictions: tuple[Contradiction, ...]


def account_of(report: Report, found: Understanding) -> Account:
    """Lay fields and words side by side. Never raises."""
    in_words = {one.fact: one for one in found.facts}
    given = {name: value for name in FACT_NAMES if (value := getattr(report.facts, name)) is not None}
    taken = {name: one for name, one in in_words.items() if name not in given}
    vague = {name for name, one in taken.items() if one.approximate}
    return Account(
        category=report.category or (found.category.category if found.category else None),
        facts=Facts.model_validate({**{name: one.value for name, one in taken.items()}, **given}),
        approximate=tuple(sorted({*report.approximate, *vague})),
        occurred_at=report.occurred_at or (found.time.moment if found.time else None),
        spans={name: one.spans for name, one in taken.items()},
        sensitive=found.sensitive,
        correction=found.correction,
        contradictions=(*_of_category(report, found), *_of_facts(given, in_words)),
    )


def _of_category(report: Report, found: Understanding) -> Iterator[Contradiction]:
    """Two categories that witnesses may well confuse (one family) are no contradiction."""
    read = found.category
    if report.category is None or read is None:
        return
    if read.category.facts.family is not report.category.facts.family:
        yield Contradiction(
            field="category", given=report.category.value, read=read.category.value, span=read.spans[0]
        )


def _of_facts(given: Mapping[str, float], in_words: Mapping[str, FactFound]) -> Iterator[Contradiction]:
    """An approximate number contradicts nothing that it rounds: only exact ones are held against the field."""
    for name, value in given.items():
        one = in_words.get(name)
        if one is not None and not one.approximate and one.value != value:
            yield Contradiction(field=name, given=str(value), read=str(one.value), span=one.spans[0])
