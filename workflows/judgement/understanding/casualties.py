"""Casualties: the totals of people harmed in the main event, as title and body state them latest.

For: `understand`. Must never enter: thresholds and levels. What the words do not say is absent; that nobody was harmed
is a zero with its span. `injured` includes `serious` and leaves out the dead, except where people were poisoned: there
it is everybody affected (the meaning of the labelled corpus). Perpetrators are not casualties.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from models.categories import Category
from models.understanding import FactFound, Part, Span
from workflows.judgement.understanding import tallies
from workflows.judgement.understanding.binding import mentions_in
from workflows.judgement.understanding.denials import Denial, denials_in
from workflows.judgement.understanding.harms import Harm
from workflows.judgement.understanding.mentions import Mention
from workflows.judgement.understanding.perpetrators import without_perpetrators
from workflows.judgement.understanding.script import Script
from workflows.judgement.understanding.sentences import Sentence, sentences
from workflows.judgement.understanding.shares import settled
from workflows.judgement.understanding.tallies import Total
from workflows.judgement.understanding.victims import victims_in

_POISONING: Final = frozenset({Category.FOOD_POISONING, Category.UNEXPLAINED_ILLNESS, Category.EPIDEMIC})
_SAYS_POISONED: Final = re.compile(r"(?:食物|集体|疑似|假酒|饮食)中毒")
_HURT: Final = frozenset({Harm.HURT, Harm.GRAVE, Harm.LIGHT, Harm.POISONED, Harm.TREATED})
_TOTALS: Final[Mapping[str, Callable[[Sequence[Mention]], Total | None]]] = {
    "deaths": tallies.deaths,
    "missing": partial(tallies.remaining, harm=Harm.MISSING),
    "serious": tallies.serious,
    "injured": tallies.injured,
    "trapped": partial(tallies.remaining, harm=Harm.TRAPPED),
    "affected": partial(tallies.largest, harm=Harm.STRICKEN),
    "evacuated": partial(tallies.largest, harm=Harm.MOVED),
}
_SPOKEN_OF_BY: Final[Mapping[str, frozenset[Harm]]] = {
    "deaths": frozenset({Harm.DEAD}),
    "missing": frozenset({Harm.MISSING}),
    "serious": frozenset({Harm.GRAVE}),
    "injured": _HURT | {Harm.ILL},
    "trapped": frozenset({Harm.TRAPPED}),
    "affected": frozenset({Harm.STRICKEN}),
    "evacuated": frozenset({Harm.MOVED}),
}
_AFFECTED: Final = _HURT | {Harm.ILL}
# What may be told of one victim without a number, and which numbered harms make that unnecessary.
_NUMBERED_INSTEAD: Final[Mapping[Harm, frozenset[Harm]]] = {
    Harm.DEAD: frozenset({Harm.DEAD}),
    Harm.HURT: _HURT,
    Harm.LIGHT: _HURT - {Harm.GRAVE},
    Harm.GRAVE: frozenset({Harm.GRAVE}),
    Harm.MISSING: frozenset({Harm.MISSING}),
    Harm.TRAPPED: frozenset({Harm.TRAPPED, Harm.FREED}),
}


def casualties(script: Script, category: Category | None) -> tuple[FactFound, ...]:
    """Deaths, missing, serious, injured, trapped, affected and evacuated, each with the words that say so."""
    spoken = sentences(script)
    denials = [denial for sentence in spoken for denial in denials_in(sentence)]
    numbered = [mention for sentence in spoken for mention in mentions_in(sentence, denials)]
    poisoning = category in _POISONING or (category is None and _says_poisoned(script))
    mentions = settled(_with_victims(numbered, spoken, poisoning))
    found = []
    told = {mention.harm for mention in mentions}
    for fact, total_of in _TOTALS.items():
        if told.isdisjoint(_SPOKEN_OF_BY[fact]) and not any(fact in denial.facts for denial in denials):
            continue
        total = tallies.poisoned(mentions) if fact == "injured" and poisoning else total_of(mentions)
        if fact == "deaths" and total is not None:
            lives = without_perpetrators(total, spoken, is_attack=category is Category.TERRORIST_ATTACK)
            total = replace(total, value=lives)
        denied = _denied(fact, total, denials)
        if denied is not None:
            span = script.span(denied.sentence.part, denied.start, denied.end)
            found.append(FactFound(fact=fact, value=0, approximate=False, spans=(span,)))
        elif total is not None:
            found.append(_fact(script, fact, total))
    return tuple(found)


def _says_poisoned(script: Script) -> bool:
    words = script.plain_title + script.plain_text
    return "中毒" in words and _SAYS_POISONED.search(words) is not None


def _with_victims(numbered: list[Mention], spoken: Sequence[Sentence], poisoning: bool) -> list[Mention]:
    told = {mention.harm for mention in numbered}
    wanted = [harm for harm, instead in _NUMBERED_INSTEAD.items() if told.isdisjoint(instead)]
    if poisoning and told.isdisjoint(_AFFECTED):
        wanted += [Harm.POISONED, Harm.ILL]
    named = [victim for sentence in spoken for victim in victims_in(sentence, wanted)]
    if not named:
        return numbered
    return sorted([*numbered, *named], key=lambda mention: (mention.sentence.order, mention.start))


def _denied(fact: str, total: Total | None, denials: Sequence[Denial]) -> Denial | None:
    """The denial that holds: any where no figure stands; for who was freed or found, the one said after the figure."""
    fitting = [denial for denial in denials if fact in denial.facts]
    if total is None or not fitting:
        return fitting[0] if fitting else None
    if fact not in ("trapped", "missing"):
        return None
    last = total.mentions[-1]
    after = (last.sentence.order, last.end)
    for denial in fitting:
        in_title = denial.sentence.part is Part.TITLE and not last.is_still  # a title is written last
        if in_title or (denial.sentence.order, denial.end) >= after:
            return denial
    return None


def _fact(script: Script, fact: str, total: Total) -> FactFound:
    spans: list[Span] = []
    for mention in total.mentions:
        span = script.span(mention.sentence.part, mention.start, mention.end)
        if span not in spans:
            spans.append(span)
    return FactFound(fact=fact, value=total.value, approximate=total.approximate, spans=tuple(spans))
