"""Ground: the townships of a district, the landmarks in them, and how people write such a place.

Landmarks are made up from the names of real communities, so that each township has its own. Which township lies next
to which is not in the data; "next door" is another one of the same district. Must never enter: what happened there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from models.areas import AreaKind, area_tree
from models.identifiers import AreaCode
from tests.storm.phrasebook import Voice

_LANDMARKS = [
    "小学",
    "中学",
    "幼儿园",
    "卫生院",
    "卫生室",
    "农贸市场",
    "菜市场",
    "老桥",
    "大桥",
    "加油站",
    "车站",
    "广场",
    "派出所",
    "超市",
    "敬老院",
    "文化站",
    "村委会",
    "水厂",
    "粮站",
    "工业园",
    "公交站",
    "安置房",
    "花园小区",
    "大酒店",
    "茶馆",
    "立交",
    "隧道口",
    "码头",
    "水库",
    "煤场",
    "砖厂",
    "物流园",
    "职校",
    "变电站",
    "快递站",
]
_BESIDE = ("", "", "", "门口", "旁边", "附近", "对面", "背后", "后面", "路口", "那点", "楼下", "边上", "前头")
_TOWNSHIP_ENDS = ("土家族苗族乡", "苗族土家族乡", "土家族乡", "苗族乡", "街道", "镇", "乡")
_DISTRICT_ENDS = ("土家族苗族自治县", "苗族土家族自治县", "土家族自治县", "新区", "区", "县")
_COMMUNITY_ENDS = ("社区居民委员会", "居民委员会", "村村民委员会", "村民委员会", "居委会", "村委会", "社区")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is: a landmark in a community of a township. Positions are made up, in degrees of CGCS2000."""

    township_code: AreaCode
    district_code: AreaCode
    community_code: AreaCode | None
    township: str
    district: str
    community: str
    landmark: str
    lon: float
    lat: float


# How each voice writes a place. {t} township as it is called, {T} short; {d} district, {D} short; {c} community,
# {L} landmark. The first list holds those that say which township, landmark or community it is.
_FORMS: Mapping[Voice, tuple[str, ...]] = {
    Voice.GRID: ("{c}{L}", "{t}{c}", "{c}{L}{b}", "{L}{b}", "我们{c}", "{T}{L}{b}", "{c}"),
    Voice.CALLER: ("{L}{b}", "{T}{L}", "{T}这边{L}{b}", "{t}{L}{b}", "{c}{L}", "{T}{c}", "{D}{T}{L}{b}"),
    Voice.HOTLINE: ("{d}{t}{c}", "{t}{L}{b}", "{d}{L}", "{D}{T}{L}{b}", "{t}{c}{L}", "{d}{t}{L}"),
    Voice.DEPARTMENT: (
        "{d}{t}{c}",
        "我区{t}{c}",
        "{t}{c}",
        "{d}{t}",
        "重庆市{d}{t}{c}",
        "{t}{L}",
        "{d}{t}{c}{L}",
    ),
    Voice.SENSOR: ("{t}{c}", "{d}{t}{L}", "{t}{L}", "{d}{t}{c}"),
    Voice.MEDIA: ("{d}{t}", "重庆{d}{t}", "{D}{T}{L}", "{d}{t}{c}", "{D}{L}{b}"),
}


def place_words(spot: Spot, voice: Voice, random: Random, *, by_landmark: bool = False) -> str:
    """The place in this voice's words. `by_landmark`: by the one name that no other spot has."""
    forms = _FORMS[voice]
    if by_landmark:
        forms = tuple(form for form in forms if "{L}" in form)
    return random.choice(forms).format(
        t=spot.township,
        T=_short(spot.township, _TOWNSHIP_ENDS),
        d=spot.district,
        D=_short(spot.district, _DISTRICT_ENDS),
        c=spot.community,
        L=spot.landmark,
        b=random.choice(_BESIDE),
    )


def spot_in(township_code: AreaCode, random: Random) -> Spot:
    """Some landmark in this township."""
    tree = area_tree()
    district_code = tree.parent(township_code)
    assert district_code is not None
    communities = communities_of()[township_code]
    code = random.choice(communities) if communities else None
    full = tree.area(code).name if code else tree.area(township_code).name
    name = _short(full, _COMMUNITY_ENDS)
    lon, lat = _middle_of(township_code)
    return Spot(
        township_code=township_code,
        district_code=district_code,
        community_code=code,
        township=tree.area(township_code).name,
        district=tree.area(district_code).name,
        community=name + ("村" if "村民委员会" in full else "社区"),
        landmark=name + random.choice(_LANDMARKS),
        lon=round(lon + random.uniform(-0.01, 0.01), 5),
        lat=round(lat + random.uniform(-0.01, 0.01), 5),
    )


@lru_cache(maxsize=1)
def townships_of() -> Mapping[AreaCode, tuple[AreaCode, ...]]:
    """The townships in force of every district that has at least four with communities."""
    below: dict[AreaCode, list[AreaCode]] = {}
    for area in area_tree():
        if area.kind is AreaKind.TOWNSHIP and area.valid_to is None and area.parent_code is not None:
            below.setdefault(area.parent_code, []).append(area.code)
    return {district: tuple(codes) for district, codes in sorted(below.items()) if len(codes) >= 4}


@lru_cache(maxsize=1)
def communities_of() -> Mapping[AreaCode, tuple[AreaCode, ...]]:
    """The communities of each township."""
    below: dict[AreaCode, list[AreaCode]] = {code: [] for codes in townships_of().values() for code in codes}
    for area in area_tree():
        if area.kind is AreaKind.COMMUNITY and area.parent_code in below:
            below[area.parent_code].append(area.code)
    return {township: tuple(codes) for township, codes in below.items()}


def _middle_of(township_code: AreaCode) -> tuple[float, float]:
    """A made-up middle, some kilometres from every other township's of the district."""
    random = Random(f"middle of {township_code}")
    district = Random(f"middle of {township_code[:6]}")
    return (
        district.uniform(106.0, 109.5) + random.uniform(-0.25, 0.25),
        district.uniform(28.6, 31.6) + random.uniform(-0.25, 0.25),
    )


def _short(name: str, ends: tuple[str, ...]) -> str:
    for end in ends:
        if name.endswith(end) and len(name) - len(end) >= 2:
            return name.removesuffix(end)
    return name
