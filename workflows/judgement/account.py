"""Account: what one report states once its fields and its words are laid side by side. Fields win.

For: the one place where a report's structured fields meet what was understood of its text. Fusion, evidence and the
facts of an incident all read the account, never the raw fields, so that a report in words and one in fields count
alike. A contradiction between the two is kept here and becomes an event for the officer to see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.areas import area_tree
from models.categories import Category
from models.events.perception import Contradiction
from models.messages.report import FACT_NAMES, Facts, Report
from models.places import Place
from models.understanding import Span, Understanding
from models.vocabulary import Claim, Tier
from workflows.judgement.understanding.understand import understand


@dataclass(frozen=True, slots=True)
class Account:
    """`place` is the report's, narrowed to the township that its words name inside the given district."""

    report: Report
    place: Place
    found: Understanding
    category: Category | None
    facts: Facts
    approximate: tuple[str, ...]
    occurred_at: datetime | None
    claim: Claim
    contradictions: tuple[Contradiction, ...]

    def spans(self, fact: str) -> tuple[Span, ...]:
        """Where the words state this fact; none when a field of the report gave it."""
        if getattr(self.report.facts, fact) is not None:
            return ()
        return next((one.spans for one in self.found.facts if one.fact == fact), ())


def hear(report: Report, place: Place) -> Account:
    """Read a report's words and lay them beside its fields. Never raises."""
    return account_of(report, place, understand(report.title, report.text, report.reported_at))


def account_of(report: Report, place: Place, found: Understanding) -> Account:
    """Lay fields and words side by side. Never raises."""
    given = {name: value for name in FACT_NAMES if (value := getattr(report.facts, name)) is not None}
    taken = {one.fact: one for one in found.facts if one.fact not in given}
    vague = {name for name, one in taken.items() if one.approximate}
    return Account(
        report=report,
        place=_narrowed(place, found),
        found=found,
        category=report.category or (found.category.category if found.category else None),
        facts=Facts.model_validate({**{name: one.value for name, one in taken.items()}, **given}),
        approximate=tuple(sorted({*report.approximate, *vague})),
        occurred_at=report.occurred_at or (found.time.moment if found.time else None),
        claim=_claim(report, found),
        contradictions=(*_of_category(report, found), *_of_facts(report, found), *_of_area(place, found)),
    )


def _claim(report: Report, found: Understanding) -> Claim:
    """The report's own field if its sender gave it; else words that deny, and tell of nobody hurt after all, deny."""
    if "claim" in report.model_fields_set or found.denial is None:
        return report.claim
    return Claim.AFFIRM if any(one.value for one in found.facts) else Claim.DENY


def _narrowed(place: Place, found: Understanding) -> Place:
    """A district was given and the words name one township in it, if others elsewhere too: that is where it is."""
    if place.tier is not Tier.DISTRICT or not found.places:
        return place
    tree = area_tree()
    inside = [code for code in found.places[0].area_codes if place.area_code in tree.path(code)[:-1]]
    if len(inside) != 1:
        return place
    (township,) = inside
    return place.model_copy(
        update={"area_code": township, "tier": tree.tier_of(township), "township_code": township}
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


def _of_facts(report: Report, found: Understanding) -> Iterator[Contradiction]:
    """An approximate number contradicts nothing: only exact ones are held against the field."""
    for one in found.facts:
        given = getattr(report.facts, one.fact)
        if given is not None and given != one.value and not one.approximate:
            yield Contradiction(field=one.fact, given=str(given), read=str(one.value), span=one.spans[0])


def _of_area(place: Place, found: Understanding) -> Iterator[Contradiction]:
    """The words clearly name a place of the city, and it is in another district than the one given."""
    if place.district_code is None or not found.places or not found.places[0].is_clear:
        return
    named, tree = found.places[0], area_tree()
    if not any(tree.is_within(code, place.district_code) for code in named.area_codes):
        yield Contradiction(
            field="area_code", given=place.given_code, read=" ".join(named.area_codes), span=named.span
        )
