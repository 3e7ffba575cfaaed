"""Shares: mentions that are part of what was mentioned before, without saying so by themselves.

For: `casualties`, before `tallies` makes figures. Must never enter: reading words. Whoever was taken to hospital and is
then told apart by harm was hurt (9人在医院救治，其中4人危重: 9 hurt). What remains of a number of people that is told
apart is a share too, although 另 introduces it (3名伤者中，一名死亡，另两人重伤: 3 and no 2 more).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from workflows.judgement.understanding.harms import Harm
from workflows.judgement.understanding.mentions import Mention

_DEGREES: Final = frozenset({Harm.HURT, Harm.GRAVE, Harm.LIGHT})
_TOLD_APART: Final = _DEGREES | {Harm.DEAD, Harm.TREATED}


def settled(mentions: Sequence[Mention]) -> list[Mention]:
    """The same mentions in the same order, shares marked as such."""
    found = list(mentions)
    for at, whole in enumerate(mentions):
        if whole.harm not in _TOLD_APART or whole.harm is Harm.DEAD or found[at].is_share:
            continue
        following = [
            later
            for later in range(at + 1, len(found))
            if found[later].start != whole.start or found[later].sentence is not whole.sentence
        ]
        if (
            whole.harm is Harm.TREATED
            and following
            and _is_of(whole, found[following[0]])
            and not _is_told_as_hurt(whole, mentions)
        ):
            found[at] = replace(whole, harm=Harm.HURT)
        rest = _rest(whole, found, following)
        if rest is not None:
            found[rest] = replace(found[rest], is_share=True, is_further=False)
    return found


def _is_told_as_hurt(treated: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether the same count is of the hurt already: 7名伤者被送往医院."""
    return any(
        other.harm in _DEGREES
        and other.sentence is treated.sentence
        and other.start < treated.end
        and treated.start < other.end
        for other in mentions
    )


def _is_of(whole: Mention, share: Mention) -> bool:
    near = 0 <= share.sentence.order - whole.sentence.order <= 1
    return share.is_share and near and share.harm in _DEGREES | {Harm.DEAD} and share.value <= whole.value


def _rest(whole: Mention, found: Sequence[Mention], following: Sequence[int]) -> int | None:
    """Where the mention stands that is what the shares before it leave, or those of it who are gravely hurt."""
    left = whole.value
    for at in following:
        mention = found[at]
        if mention.sentence is not whole.sentence or mention.harm not in _TOLD_APART:
            return None
        if not mention.is_share:
            is_rest = left < whole.value and mention.is_further
            is_rest &= mention.value == left or (mention.harm is Harm.GRAVE and mention.value < left)
            return at if is_rest else None
        left -= mention.value
    return None
