"""Words: what one report says: a frame that fits what its sender knows, with every slot filled, and what it states.

What is known grows with time, and some hear late; when it happened is believed, not known. Must never enter: who
sends it, and under which area code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from models.categories import Category
from models.messages.report import FACT_NAMES, Facts
from models.vocabulary import Claim, ReportKind
from tests.storm.events import Scene, StormEvent
from tests.storm.ground import place_words
from tests.storm.numerals import about_zh, clock_zh, count_zh, time_zh, yuan_zh
from tests.storm.phrasebook import ABOUT, Frame, Voice, frames_of_any_event, phrasebooks

_CASUALTIES = ("deaths", "missing", "injured", "serious")
_COUNTED: Mapping[str, tuple[str, ...]] = {
    "deaths": ("死亡{}人", "{}人死亡", "{}人遇难"),
    "missing": ("失踪{}人", "{}人失联", "{}人失踪"),
    "serious": ("重伤{}人", "其中{}人重伤"),
    "injured": ("受伤{}人", "{}人受伤", "伤{}人"),
    "trapped": ("被困{}人", "{}人被困"),
    "evacuated": ("转移{}人", "疏散群众{}人"),
    "affected": ("受灾{}人", "{}人受影响"),
}
_HEARS_LATE_RATIO = 0.15
_KNOWN_AT_ONCE = 0.35
_WRONG_HOUR_RATIO, _MOST_WRONG_SECONDS, _USUALLY_WRONG_SECONDS = 0.3, 3_600, 300
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who speaks of what, and when. `by_landmark`: the place is called by the one name that no other has."""

    event: StormEvent
    scene: Scene
    voice: Voice
    at: datetime
    by_landmark: bool


class Words:
    """The words of one report. Ask for `stated` once they are spoken."""

    def __init__(self, occasion: Occasion, random: Random) -> None:
        self._occasion = occasion
        self._random = random
        self._book = phrasebooks()[occasion.event.category]
        self._known = _known(occasion, random)
        self._stated: dict[str, int | float] = {}
        self.happened_at = _happened_at(occasion, random)

    @property
    def stated(self) -> Facts:
        """The totals that the words give."""
        return Facts.model_validate(self._stated)

    def text(self, kind: ReportKind, claim: Claim) -> str:
        """The sentence."""
        any_event = frames_of_any_event()
        frames = _fitting(self._book.category, self._occasion.voice, frozenset(self._known))
        if claim is Claim.DENY:
            frames = any_event.denials
        elif kind is ReportKind.FOLLOW_UP:
            frames = any_event.follow_ups
        elif kind is ReportKind.FINAL:
            frames = any_event.finals
        frame = self._random.choice(frames)
        return frame.text.format_map({slot: self._filled(slot) for slot in sorted(frame.slots)})

    def title(self) -> str:
        """A few words above it."""
        named = {name: self._random.choice(names) for name, names in self._occasion.scene.details.items()}
        return self._random.choice(self._book.titles).format_map({"place": self._place(), **named})

    def _filled(self, slot: str) -> str:
        name = slot.removesuffix(ABOUT)
        if name in FACT_NAMES:
            return self._total(name, is_about=slot != name)
        words = self._occasion.scene.details.get(slot) or self._book.fillers.get(slot)
        return self._random.choice(words) if words else self._slots()[slot]()

    def _slots(self) -> Mapping[str, Callable[[], str]]:
        """The slots that every category has."""
        random = self._random
        return {
            "place": self._place,
            "spot": self._spot,
            "time": lambda: time_zh(self.happened_at, self._occasion.at, random),
            "clock": lambda: clock_zh(self._occasion.at, random),
            "loss": lambda: yuan_zh(int(self._state("direct_loss_yuan")), random),
            "counts": self._counts,
            "nobody": lambda: random.choice(frames_of_any_event().nobody),
            "name": lambda: random.choice(_SURNAMES) + random.choice(("女士", "先生", "某")),
            "digit": lambda: str(random.randint(1, 9)),
        }

    def _place(self) -> str:
        told = self._occasion
        return place_words(told.scene.spot, told.voice, self._random, by_landmark=told.by_landmark)

    def _spot(self) -> str:
        return place_words(self._occasion.scene.spot, Voice.CALLER, self._random, by_landmark=True)

    def _total(self, name: str, *, is_about: bool) -> str:
        value = self._state(name)
        if not isinstance(value, int):
            return f"{value:.1f}"
        if not is_about:
            return count_zh(value, self._random)
        words, self._stated[name] = about_zh(value, self._random)
        return words

    def _state(self, name: str) -> int | float:
        self._stated[name] = self._known[name]
        return self._known[name]

    def _counts(self) -> str:
        """Up to three of the totals that are known, or that nobody was hurt."""
        names = [name for name in _COUNTED if name in self._known]
        if not names:
            return self._random.choice(frames_of_any_event().nobody)
        chosen = sorted(self._random.sample(names, min(len(names), 3)), key=names.index)
        told = (
            self._random.choice(_COUNTED[name]).format(self._total(name, is_about=False)) for name in chosen
        )
        return "，".join(told)


@lru_cache(maxsize=4_096)
def _fitting(category: Category, voice: Voice, known: frozenset[str]) -> tuple[Frame, ...]:
    """The frames of which every total is known. Each voice of each category has some that need none."""
    nobody_hurt = known.isdisjoint(_CASUALTIES)
    fitting = tuple(
        frame
        for frame in phrasebooks()[category].frames[voice]
        if _needed(frame) <= known and (nobody_hurt or not frame.says_nobody)
    )
    if not fitting:
        raise ValueError(f"no frame of {category} in the voice {voice} without totals")
    return fitting


def _needed(frame: Frame) -> frozenset[str]:
    return frame.facts | ({"direct_loss_yuan"} if "loss" in frame.slots else frozenset())


def _known(occasion: Occasion, random: Random) -> dict[str, int | float]:
    """The totals that this sender has heard of."""
    event = occasion.event
    share = min(1.0, _KNOWN_AT_ONCE + (occasion.at - event.began_at).total_seconds() / event.lasts_seconds)
    if random.random() < _HEARS_LATE_RATIO:
        share /= 2
    heard: dict[str, int | float] = {}
    for name in FACT_NAMES:
        total = getattr(occasion.scene.facts, name)
        if isinstance(total, float):
            heard[name] = total
        elif total is not None and (part := int(total * share + 0.5)):
            heard[name] = part
    if "serious" in heard:
        heard["injured"] = max(heard.get("injured", 0), heard["serious"])
    if "direct_loss_yuan" in heard:
        heard["direct_loss_yuan"] = max(int(heard["direct_loss_yuan"]) // 10_000, 1) * 10_000
    return heard


def _happened_at(occasion: Occasion, random: Random) -> datetime:
    """When this sender believes that it happened: never later than he speaks, and up to an hour wrong."""
    is_wrong = random.random() < _WRONG_HOUR_RATIO
    most = _MOST_WRONG_SECONDS if is_wrong else _USUALLY_WRONG_SECONDS
    believed = occasion.event.began_at + timedelta(seconds=random.randint(-most, most))
    return min(believed, occasion.at)
