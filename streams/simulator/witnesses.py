"""Witnesses: who tells of an event: which channels fit which category, and how each signs its reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.categories import Category
from models.units import responsible
from models.vocabulary import Channel
from streams.simulator.draws import Draws
from streams.simulator.plot import Plot
from streams.simulator.sites import Site

_GRID, _FIRE, _POLICE, _MEDICAL = Channel.GRID, Channel.FIRE, Channel.POLICE, Channel.MEDICAL
_HOTLINE, _DEPARTMENT, _MEDIA = Channel.HOTLINE, Channel.DEPARTMENT, Channel.MEDIA
# The first of a row tell first, one of them; the rest may tell of it later.
_FIRST: Mapping[Category, tuple[Channel, ...]] = MappingProxyType(
    {
        Category.ROAD_TRAFFIC: (_POLICE, _GRID),
        Category.FIRE: (_FIRE, _GRID),
        Category.FOREST_FIRE: (_FIRE, _GRID),
        Category.EARTHQUAKE: (Channel.SENSOR, _GRID),
        Category.TERRORIST_ATTACK: (_POLICE, _GRID),
        Category.FOOD_POISONING: (_MEDICAL, _DEPARTMENT),
    }
)
_LATER: Mapping[Category, tuple[Channel, ...]] = MappingProxyType(
    {
        Category.ROAD_TRAFFIC: (_MEDICAL, _HOTLINE, _MEDIA, _DEPARTMENT),
        Category.FIRE: (_POLICE, _MEDICAL, _HOTLINE, _MEDIA),
        Category.FOREST_FIRE: (_POLICE, _HOTLINE, _DEPARTMENT, _MEDIA),
        Category.EARTHQUAKE: (_HOTLINE, _DEPARTMENT, _POLICE, _MEDIA),
        Category.TERRORIST_ATTACK: (_MEDICAL, _FIRE, _DEPARTMENT, _MEDIA),
        Category.FOOD_POISONING: (_HOTLINE, _GRID, _POLICE, _MEDIA),
    }
)
_HAZARD_FIRST = (_GRID, _HOTLINE)
_HAZARD_LATER = (_DEPARTMENT,)
_RUMOUR_FIRST = (_MEDIA, Channel.OTHER, _HOTLINE)
DENIERS = (_POLICE, _GRID, _DEPARTMENT)
_MEDIA_HOUSES = 6
_WEB_ACCOUNTS = 99
_DESKS = 12
_CALLERS = 999_999


@dataclass(frozen=True, slots=True)
class Witness:
    """One reporter of one source."""

    channel: Channel
    source_id: str
    reporter_id: str | None


def first_channel(plot: Plot, draws: Draws) -> Channel:
    """The channel that tells of it first."""
    if not plot.is_true:
        return draws.pick("first channel", _RUMOUR_FIRST)
    return draws.pick("first channel", _FIRST.get(plot.category, _HAZARD_FIRST))


def later_channels(plot: Plot, draws: Draws) -> tuple[Channel, ...]:
    """Every other channel that may tell of it, in the order in which they would."""
    return draws.shuffled("later channels", _LATER.get(plot.category, _HAZARD_LATER))


def witness(channel: Channel, site: Site, category: Category, draws: Draws) -> Witness:
    """Somebody who reports on this channel at this site. Sources are readable: `119-500108`, `grid-500108102`."""
    what = f"reporter {channel}"
    match channel:
        case Channel.GRID:
            grid = site.grid_code or site.township_code
            return Witness(channel, f"grid-{site.township_code}", f"g-{grid}")
        case Channel.HOTLINE:
            return Witness(channel, "12345-500000", f"desk-{draws.between(what, 1, _DESKS):02d}")
        case Channel.SENSOR:
            return Witness(channel, f"sensor-{site.township_code}", None)
        case Channel.DEPARTMENT:
            lead = responsible(category).lead
            return Witness(
                channel, f"{lead}-{site.district_code}", f"duty-{draws.between(what, 1, _DESKS):02d}"
            )
        case Channel.MEDIA:
            return Witness(channel, f"media-{draws.between(what, 1, _MEDIA_HOUSES)}", None)
        case Channel.OTHER:
            return Witness(channel, "web", f"account-{draws.between(what, 1, _WEB_ACCOUNTS):02d}")
        case Channel.POLICE | Channel.FIRE | Channel.MEDICAL:
            caller = f"caller-{draws.between(what, 0, _CALLERS):06d}"
            return Witness(channel, f"{channel.value}-{site.district_code}", caller)
