"""Tallies: one figure for each fact out of everything that was mentioned about the main event.

For: `casualties`. Must never enter: reading words. The rules, in the order in which they hold:
a figure that says that it replaces others (更正为, 降至) ends what was said before; parts of one sentence add up
(2人当场死亡，另1人送医后死亡) unless they are shares of what was said (其中) or a later total; of several sentences the
largest figure is the latest, because tolls rise; exact figures win over vague ones of the same order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from workflows.judgement.understanding.harms import Harm
from workflows.judgement.understanding.mentions import Mention, says_again


@dataclass(frozen=True, slots=True)
class Total:
    """A figure and the mentions that it rests on."""

    value: int
    approximate: bool
    mentions: tuple[Mention, ...]


_VAGUE_SHARE: Final = 0.5  # 267 said beside 数百 is what 数百 meant
_TWO: Final = 2
_HURT: Final = frozenset({Harm.HURT, Harm.GRAVE, Harm.LIGHT})
_INJURED: Final = _HURT | {Harm.TREATED}


def deaths(mentions: Sequence[Mention]) -> Total | None:
    """Everybody who died, at once or later."""
    found = [_sum(group) for group in _by_sentence(_dead(mentions))]
    at_once = [total for total in found if any(mention.at_once for mention in total.mentions)]
    for total in list(found):
        later = total.mentions[0].in_care and not any(mention.at_once for mention in total.mentions)
        before = [
            base for base in at_once if base.mentions[0].sentence.order < total.mentions[0].sentence.order
        ]
        if later and before and not any(mention.is_total for mention in total.mentions):
            found.append(_joined(before[-1], total))
    return _largest(found)


def injured(mentions: Sequence[Mention]) -> Total | None:
    """Everybody who was hurt and lives: what is said of 受伤, or 重伤 and 轻伤 together, or else of 中毒 or 送医."""
    found = [_hurt_in_sentence(group) for group in _by_sentence(_of(mentions, *_HURT))]
    hurt = _largest([_without_dead(total, mentions) for total in found])
    if hurt is not None:
        hurt = _in_care_now(hurt, mentions) or hurt
    gassed = [_sum(group) for group in _by_sentence(_of(mentions, Harm.POISONED))]
    affected = _largest([_without_dead(total, mentions) for total in gassed])
    if hurt is None or affected is None:
        return (
            hurt or affected or _largest([_sum(group) for group in _by_sentence(_of(mentions, Harm.TREATED))])
        )
    dead = deaths(mentions)
    is_rest = dead is not None and hurt.value + dead.value == affected.value  # 7人中毒，4人死亡，3人受伤
    return hurt if is_rest or hurt.value >= affected.value else affected


def _in_care_now(hurt: Total, mentions: Sequence[Mention]) -> Total | None:
    """仍有4人住院 once one of the 5 hurt has died: then 4 are hurt. None when the numbers do not say that."""
    at = mentions.index(hurt.mentions[-1]) + 1
    died = 0
    for mention in mentions[at:]:
        if mention.harm is Harm.DEAD and mention.in_care:
            died += mention.value
        elif mention.harm is Harm.TREATED and mention.is_still and hurt.value - died == mention.value:
            return Total(mention.value, mention.approximate, (mention,)) if died else None
    return None


def poisoned(mentions: Sequence[Mention]) -> Total | None:
    """Everybody affected where people were poisoned, the dead too when they were counted in."""
    harms = (Harm.POISONED, Harm.ILL, Harm.TREATED, Harm.HURT, Harm.GRAVE, Harm.LIGHT)
    return _largest([Total(m.value, m.approximate, (m,)) for m in _of(mentions, *harms)])


def serious(mentions: Sequence[Mention]) -> Total | None:
    """Everybody who was gravely hurt and lives."""
    found = [_sum(group) for group in _by_sentence(_of(mentions, Harm.GRAVE))]
    return _largest([_without_dead(total, mentions) for total in found])


def largest(mentions: Sequence[Mention], harm: Harm) -> Total | None:
    """For people moved or stricken: the largest figure."""
    return _largest([_sum(group) for group in _by_sentence(_of(mentions, harm))])


def remaining(mentions: Sequence[Mention], harm: Harm) -> Total | None:
    """Who is still missing or trapped: what 仍有 says last, else the largest figure less those freed after it."""
    still = [mention for mention in _of(mentions, harm) if mention.is_still]
    if still:
        return Total(still[-1].value, still[-1].approximate, (still[-1],))
    total = _largest([_sum(group) for group in _by_sentence(_of(mentions, harm))])
    if total is None or harm is not Harm.TRAPPED:
        return total
    freed = [mention for mention in _of(mentions, Harm.FREED) if mention.sentence.order]
    out = _largest([_sum(group) for group in _by_sentence(freed)])
    if out is None:
        return _less_those_found(total, mentions)
    return Total(
        max(0, total.value - out.value), total.approximate or out.approximate, total.mentions + out.mentions
    )


def _less_those_found(total: Total, mentions: Sequence[Mention]) -> Total:
    """三人被埋。挖出一人遗体，另外两人下落不明: all are told of, so nobody is trapped."""
    later = mentions[mentions.index(total.mentions[-1]) + 1 :]
    told = tuple(m for m in later if m.harm in (Harm.DEAD, Harm.MISSING) and not m.is_reference)
    if sum(mention.value for mention in told) != total.value:
        return total
    return Total(0, total.approximate, total.mentions + told)


def _of(mentions: Iterable[Mention], *harms: Harm) -> list[Mention]:
    return [mention for mention in mentions if mention.harm in harms]


def _dead(mentions: Sequence[Mention]) -> list[Mention]:
    """The dead; those who were among the hurt before (6人受伤，其中4人医治无效死亡) are no share of the dead."""
    dead: list[Mention] = []
    whole = Harm.NONE
    for mention in mentions:
        if mention.harm is Harm.DEAD:
            among_hurt = mention.is_share and mention.in_care and whole in _INJURED
            dead.append(replace(mention, is_share=False) if among_hurt else mention)
        whole = whole if mention.is_share else mention.harm
    return dead


def _by_sentence(mentions: Sequence[Mention]) -> list[list[Mention]]:
    return [list(group) for _, group in groupby(mentions, key=lambda mention: mention.sentence.order)]


def _sum(mentions: Sequence[Mention]) -> Total:
    """What one sentence says of one harm."""
    first = next((at for at, mention in enumerate(mentions) if not mention.is_share), len(mentions))
    whole = [mention for at, mention in enumerate(mentions) if at <= first or not mention.is_share]
    parts = [whole[0]]
    for mention in whole[1:]:
        held = sum(part.value for part in parts)
        if mention.is_replacing:
            parts = [mention]
        elif mention.is_total or mention.is_reference or any(says_again(part, mention) for part in parts):
            parts = [mention] if mention.value > held else parts
        else:
            parts.append(mention)
    if len(parts) > _TWO and parts[0].value == sum(part.value for part in parts[1:]):
        parts = parts[:1]  # 死亡5人：3人当场死亡，2人送医后死亡
    return Total(sum(part.value for part in parts), any(part.approximate for part in parts), tuple(parts))


def _hurt_in_sentence(mentions: Sequence[Mention]) -> Total:
    """受伤 and, beside it, 重伤 with 轻伤; what 另 adds is added."""
    hurt = [mention for mention in mentions if mention.harm is Harm.HURT]
    degrees = [mention for mention in mentions if mention.harm in (Harm.GRAVE, Harm.LIGHT)]
    if not hurt or not degrees:
        return _sum(mentions)
    first, last = (hurt, degrees) if hurt[0].start < degrees[0].start else (degrees, hurt)
    if last[0].is_further and not last[0].is_share:
        return _joined(_sum(first), _sum(last))
    return max(_sum(hurt), _sum(degrees), key=lambda total: total.value)


def _without_dead(total: Total, mentions: Sequence[Mention]) -> Total:
    """3人受伤，其中1人死亡 leaves 2 hurt."""
    last = total.mentions[-1]
    following = [
        m for m in mentions if m.start > last.start and 0 <= m.sentence.order - last.sentence.order <= 1
    ]
    dead = next(iter(following), None)
    if dead is None or dead.harm is not Harm.DEAD or not dead.is_share or dead.value > total.value:
        return total
    if dead.at_once or (dead.sentence is not last.sentence and not dead.in_care):
        return total
    return Total(total.value - dead.value, total.approximate or dead.approximate, (*total.mentions, dead))


def _joined(first: Total, second: Total) -> Total:
    return Total(
        first.value + second.value, first.approximate or second.approximate, first.mentions + second.mentions
    )


def _largest(totals: Sequence[Total]) -> Total | None:
    """The latest figure: the largest since the last replacement; an exact one rather than a vague one like it."""
    replaced = [
        at for at, total in enumerate(totals) if any(mention.is_replacing for mention in total.mentions)
    ]
    standing = totals[replaced[-1] :] if replaced else totals
    if not standing:
        return None
    best = max(standing, key=lambda total: (total.value, not total.approximate))
    if not any(mention.is_vague for mention in best.mentions):
        return best
    exact = [t for t in standing if not t.approximate and t.value >= best.value * _VAGUE_SHARE]
    return max(exact, key=lambda total: total.value, default=best)
