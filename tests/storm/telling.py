"""Telling: one report about an event: who sends it, under which area code, and what he gives beside his words.

Everything that is sent wrong is sent wrong here: the township next door, a slip of the hand, a denial of the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from models.categories import Category
from models.identifiers import AreaCode, ReportId
from models.messages.report import Facts, Position, Report
from models.units import responsible
from models.vocabulary import Channel, Claim, CoordinateSystem, ReportKind
from tests.storm.events import Scene, StormEvent
from tests.storm.ground import townships_of
from tests.storm.phrasebook import Voice, phrasebooks
from tests.storm.slips import slipped
from tests.storm.words import Occasion, Words

_VOICES: Mapping[Voice, int] = {
    Voice.CALLER: 36,
    Voice.GRID: 24,
    Voice.HOTLINE: 18,
    Voice.DEPARTMENT: 11,
    Voice.MEDIA: 7,
    Voice.SENSOR: 4,
}
_TITLED_RATIO: Mapping[Voice, float] = {
    Voice.CALLER: 0.15,
    Voice.GRID: 0.4,
    Voice.HOTLINE: 0.6,
    Voice.DEPARTMENT: 0.9,
    Voice.MEDIA: 0.5,
    Voice.SENSOR: 0.3,
}
_ON_THE_SPOT = (Voice.GRID, Voice.SENSOR)  # they know their township
_FOLLOW_UP_RATIO, _FINAL_RATIO, _DENIAL_RATIO = 0.10, 0.01, 0.006
_SAME_REPORTER_RATIO = 0.12
_NEXT_DOOR_RATIO, _DISTRICT_RATIO, _COMMUNITY_RATIO = 0.05, 0.15, 0.5
_SLIP_RATIO, _FIELDS_RATIO, _CATEGORY_RATIO, _OCCURRED_RATIO = 0.3, 0.05, 0.08, 0.08
_POSITION_RATIO, _POSITION_SPREAD_DEGREES = 0.12, 0.004


@dataclass(frozen=True, slots=True)
class Telling:
    """A report and what is true of it. `stated` are the totals that its words give; no slip ever touches them."""

    report: Report
    event_id: str
    arrives_at: datetime
    stated: Facts


@dataclass(frozen=True, slots=True)
class _Sender:
    """Somebody on one channel. `reporter_id` None: the source speaks for itself."""

    voice: Voice
    channel: Channel
    source_id: str
    reporter_id: str | None


@dataclass(slots=True)
class Teller:
    """Tells of one event, report after report, and remembers who has spoken."""

    event: StormEvent
    random: Random
    _sent: list[tuple[_Sender, Scene, ReportId]] = field(default_factory=list)

    def tell(self, report_id: ReportId, at: datetime, arrives_at: datetime) -> Telling:
        """One more report, sent at this time."""
        kind, claim = self._kind()
        sender, scene, refers_to = self._who(kind)
        self._sent.append((sender, scene, report_id))
        area_code, by_landmark = self._filed_under(scene, sender.voice)
        words = Words(Occasion(self.event, scene, sender.voice, at, by_landmark), self.random)
        text = words.text(kind, claim)
        told = {
            "report_id": report_id,
            "source_id": sender.source_id,
            "channel": sender.channel,
            "reporter_id": sender.reporter_id,
            "kind": kind,
            "refers_to": refers_to,
            "claim": claim,
            "title": words.title() if self._happens(_TITLED_RATIO[sender.voice]) else None,
            "text": slipped(text, self.random) if self._happens(_SLIP_RATIO) else text,
            "area_code": area_code,
            "reported_at": at,
        }
        report = Report.model_validate(told | self._beside(scene, words))
        return Telling(report, self.event.event_id, arrives_at, words.stated)

    def _kind(self) -> tuple[ReportKind, Claim]:
        if not self._sent:
            return ReportKind.INITIAL, Claim.AFFIRM
        if self._happens(_DENIAL_RATIO):
            return ReportKind.INITIAL, Claim.DENY
        chance = self.random.random()
        if chance < _FINAL_RATIO:
            return ReportKind.FINAL, Claim.AFFIRM
        return (ReportKind.FOLLOW_UP if chance < _FOLLOW_UP_RATIO else ReportKind.INITIAL), Claim.AFFIRM

    def _who(self, kind: ReportKind) -> tuple[_Sender, Scene, ReportId | None]:
        """Somebody new, or somebody again: a follow-up is always somebody's who has spoken."""
        is_follow_up = kind is not ReportKind.INITIAL
        if self._sent and (is_follow_up or self._happens(_SAME_REPORTER_RATIO)):
            sender, scene, earlier = self.random.choice(self._sent)
            return sender, scene, earlier if is_follow_up else None
        scene = self.random.choice(self.event.scenes)
        voice = self.random.choices(tuple(_VOICES), tuple(_VOICES.values()))[0]
        return _sender(voice, scene, self.event.category, self.random), scene, None

    def _filed_under(self, scene: Scene, voice: Voice) -> tuple[AreaCode, bool]:
        """The area code, and whether the words must name the landmark: whoever files it next door does."""
        spot, chance, by_landmark = scene.spot, self.random.random(), self.event.is_crowded
        if voice in _ON_THE_SPOT:
            has_community = spot.community_code is not None and voice is Voice.GRID
            if spot.community_code is not None and has_community and chance < _COMMUNITY_RATIO:
                return spot.community_code, by_landmark
        elif chance < _NEXT_DOOR_RATIO:
            others = [code for code in townships_of()[spot.district_code] if code != spot.township_code]
            return self.random.choice(others), True
        elif chance < _NEXT_DOOR_RATIO + _DISTRICT_RATIO:
            return spot.district_code, by_landmark or voice is Voice.CALLER
        return spot.township_code, by_landmark

    def _beside(self, scene: Scene, words: Words) -> dict[str, object]:
        """The few things that some senders give outside the text."""
        given: dict[str, object] = {}
        if self._happens(_CATEGORY_RATIO):
            given["category"] = self.event.category
        if self._happens(_FIELDS_RATIO):
            given["facts"] = words.stated
        if self._happens(_OCCURRED_RATIO):
            given["occurred_at"] = words.happened_at
        if self._happens(_POSITION_RATIO):
            spread = _POSITION_SPREAD_DEGREES
            given["position"] = Position(
                lon=round(scene.spot.lon + self.random.uniform(-spread, spread), 5),
                lat=round(scene.spot.lat + self.random.uniform(-spread, spread), 5),
                crs=self.random.choice(tuple(CoordinateSystem)),
            )
        return given

    def _happens(self, ratio: float) -> bool:
        return self.random.random() < ratio


def _sender(voice: Voice, scene: Scene, category: Category, random: Random) -> _Sender:
    """Somebody who has not spoken yet."""
    spot = scene.spot
    match voice:
        case Voice.GRID:
            grid = f"g-{spot.community_code or spot.township_code}-{random.randint(1, 6):02d}"
            return _Sender(voice, Channel.GRID, f"grid-{spot.township_code}", grid)
        case Voice.CALLER:
            channel = random.choice(phrasebooks()[category].callers)
            caller = f"caller-{random.randrange(10**6):06d}"
            return _Sender(voice, channel, f"{channel.value}-{spot.district_code}", caller)
        case Voice.HOTLINE:
            return _Sender(voice, Channel.HOTLINE, "12345-500000", f"desk-{random.randint(1, 40):02d}")
        case Voice.SENSOR:
            return _Sender(voice, Channel.SENSOR, f"sensor-{spot.township_code}", None)
        case Voice.DEPARTMENT:
            source = f"{responsible(category).lead}-{spot.district_code}"
            return _Sender(voice, Channel.DEPARTMENT, source, f"duty-{random.randint(1, 12):02d}")
        case Voice.MEDIA if random.random() < 0.4:
            return _Sender(voice, Channel.OTHER, "web", f"account-{random.randint(1, 999):03d}")
        case Voice.MEDIA:
            return _Sender(voice, Channel.MEDIA, f"media-{random.randint(1, 9)}", None)
