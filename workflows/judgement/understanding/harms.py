"""Harms: the words that say what became of people, and the kind of each.

For: `mentions`, `victims` and whoever else looks for who and how many. Must never enter: numbers, sentences, what
follows for a total. The words are those of `harms.toml`, plain literals on purpose: the search runs over every report,
and a choice of literals is what the regular expression engine finds fastest.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

from workflows.judgement.understanding.lexicon import lexicon


class Harm(StrEnum):
    """What became of people."""

    DEAD = "dead"
    HURT = "hurt"  # 受伤, however badly
    GRAVE = "grave"  # 重伤, 生命垂危
    LIGHT = "light"  # 轻伤
    POISONED = "poisoned"
    ILL = "ill"  # symptoms: hurt when people were poisoned
    TREATED = "treated"  # 送医, 住院: hurt when nothing more exact is said
    MISSING = "missing"
    TRAPPED = "trapped"
    FREED = "freed"
    MOVED = "moved"  # 疏散, 转移
    STRICKEN = "stricken"  # 受灾
    NONE = "none"  # looks like a harm and is none, or one that no fact counts: 死亡事故, 击毙, 死伤


_FILE: Final = lexicon("harms")
_CARRIED: Final = frozenset(_FILE["carried"]["treated"].split())
_SCHOLARS: Final = frozenset("学医男女师先")  # 5名学生还在住院 is no 生还
_CARE: Final = re.compile(r"[^，。；]{0,12}?(?:医院|卫生院|诊所|急救|救治|抢救|治疗)")


def _harm_of_word() -> dict[str, Harm]:
    """Every word that is written in the file, or composed of its pieces, with its harm."""
    words = {word: Harm(harm) for harm, listed in _FILE["words"].items() for word in listed.split()}
    words |= dict.fromkeys(_CARRIED, Harm.TREATED)
    degrees, acts = _FILE["degrees"], _FILE["acts"]
    for harm in (Harm.GRAVE, Harm.LIGHT):
        words |= {
            f"{state}{how}": harm for state in degrees["state"].split() for how in degrees[harm].split()
        }
    for kind, endings in _FILE["endings"].items():
        composed = {
            f"{act}{ending}": Harm(harm)
            for harm, listed in endings.items()
            for ending in listed.split()
            for act in acts[kind].split()
        }
        words |= composed | {
            f"被{word}": harm for word, harm in composed.items()
        }  # before 被压 is taken for trapped
    return words


def _pattern(words: Iterable[str]) -> str:
    """The longest word at each place; grouped by first character, which makes the search twice as fast."""
    by_head: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda one: (-len(one), one)):
        by_head.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{head}(?:{'|'.join(tails)})" for head, tails in by_head.items())


_HARMS: Final = _harm_of_word()
_SEARCH: Final = re.compile(_pattern(_HARMS))
WEAK: Final = frozenset({"死", "亡", "伤", "较重"})  # words only when they touch a number: 3死5伤


class HarmWord(NamedTuple):
    """One word and where it stands (a tuple: tens of thousands a second are made)."""

    harm: Harm
    start: int
    end: int
    words: str


def harm_words(text: str) -> list[HarmWord]:
    """Every word of the text, left to right, those that only look like a harm too (`Harm.NONE`)."""
    return [
        HarmWord(_HARMS[match[0]], match.start(), match.end(), match[0])
        for match in _SEARCH.finditer(text)
        if (match[0] not in _CARRIED or _CARE.match(text, match.end()))
        and not (match[0][0] == "生" and text[match.start() - 1 : match.start()] in _SCHOLARS)
    ]
