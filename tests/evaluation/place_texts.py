"""Place texts: reports that name places of the area tree as people write them, each with the codes that are right.

For: the generator behind the figure of `places`; seeded, so a text can be had again by its number. Must never enter:
anything that the rules under test use; names are taken from the area tree, the sentences are our own.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.areas import Area, AreaKind, area_tree
from tests.evaluation.place_frames import ELSEWHERE, FRAMES, SIDE_REMARKS

TUNING_SEED = 20_251
FIGURE_SEED = 90_017

# Nobody writes these townships without 镇 or 街道: alone they are a big city elsewhere or a district of ours.
_NOT_SHORT = """
长沙 太原 桂林 黄石 南平 吉安 玉溪 江北 巫山 云阳 沙坪坝 新乡 朝阳 大同 长安 柏林 海洋 中山 江南 万盛 长寿 南岸 梁山
西湖 洪湖 沙市 当阳 鹤峰 大兴 文化 江东 兴义 钱塘 九龙 南溪
"""
_ANOTHER_PLACE_WHEN_SHORT = frozenset(_NOT_SHORT.split())
_SUFFIX = re.compile(r"((?:土家族|苗族|仡佬族)*乡|街道|镇)$")
_COMMUNITY_SUFFIX = re.compile(r"(社区|村)?(居民委员会|村民委员会|工作站)$")
_SURNAMES = "张王李赵刘陈杨黄周吴徐孙胡朱高林何郭马罗"
_ROADS = (
    "滨江路",
    "人民路",
    "建设大道",
    "环城北路",
    "迎宾大道",
    "学府路",
    "G65包茂高速",
    "G319国道",
    "S303省道",
    "工业园纬三路",
)
_LANDMARKS = (
    "农贸市场",
    "中心小学",
    "老车站",
    "政府旁",
    "加油站附近",
    "卫生院对面",
    "滨河公园",
    "工业园",
    "场镇老街",
    "客运站旁",
    "文化广场",
)


@dataclass(frozen=True)
class PlaceText:
    """One report. `codes` is every code that fits; none of them when the event is elsewhere."""

    number: int
    manner: str
    title: str
    text: str
    codes: frozenset[str]
    is_outside: bool = False


@dataclass(frozen=True)
class _Named:
    """A way to name a place: the words, what is right, and the district, when only the title says it."""

    manner: str
    words: str
    codes: frozenset[str]
    district: str = ""


def place_texts(seed: int, count: int) -> Iterator[PlaceText]:
    """So many texts of this seed, the manners of naming in turn; about one in eight happened elsewhere."""
    ground = _Ground(random.Random(seed))
    for number in range(count):
        yield _elsewhere(ground, number) if number % 8 == 7 else _inside(ground, number)


class _Ground:
    """The area tree and the chances of one seed."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.tree = area_tree()
        self.townships = [area for area in self.tree if area.kind is AreaKind.TOWNSHIP]
        self.districts = [area for area in self.tree if area.kind is AreaKind.DISTRICT]
        self.communities = [area for area in self.tree if area.kind is AreaKind.COMMUNITY]

    def of_name(self, name: str) -> list[Area]:
        """The townships of this name."""
        return [area for area in self.townships if area.name == name]

    def of_short_name(self, short: str) -> list[Area]:
        """The townships that are called so without their suffix."""
        return [area for area in self.townships if _short(area) == short]

    def township(self) -> tuple[Area, Area]:
        """Any township and its district."""
        township = self.chance.choice(self.townships)
        return township, self.tree.area(township.parent_code or "")

    def has(self, township: Area, community_words: str) -> bool:
        """A community of this everyday name lies in the township."""
        return any(
            c.parent_code == township.code and _community_words(c) == community_words
            for c in self.communities
        )


def _inside(ground: _Ground, number: int) -> PlaceText:
    named = _MANNERS[number % len(_MANNERS)](ground)
    title, text = ground.chance.choice(FRAMES)
    remark = ground.chance.choice(SIDE_REMARKS) if ground.chance.random() < 0.6 else ""
    values = _values(ground, named)
    heading = (named.district + title) if named.district else title
    return PlaceText(
        number, named.manner, heading.format(**values), (text + remark).format(**values), named.codes
    )


def _elsewhere(ground: _Ground, number: int) -> PlaceText:
    title, text = ground.chance.choice(ELSEWHERE)
    township = ground.chance.choice(ground.townships)
    values = _values(ground, _Named("elsewhere", township.name, frozenset({township.code})))
    return PlaceText(number, "elsewhere", title.format(**values), text.format(**values), frozenset(), True)


def _values(ground: _Ground, named: _Named) -> dict[str, object]:
    other = _other(ground, named)
    district = ground.tree.area(other.parent_code or "")
    n = ground.chance.randint
    return {
        "place": named.words,
        "other": other.name,
        "other_short": _short(other),
        "other_district": district.name,
        "other_district_short": _short_district(district),
        "road": ground.chance.choice(_ROADS),
        "surname": ground.chance.choice(_SURNAMES),
        "hour": n(1, 12), "minute": n(10, 59), "day": n(1, 28), "month": n(1, 12),
        "a": n(2, 9), "b": n(11, 48), "c": n(100, 900),
    }  # fmt: skip


def _other(ground: _Ground, named: _Named) -> Area:
    """A township that cannot decide between the places that the name fits."""
    districts = {code[:6] for code in named.codes}
    while True:
        other = ground.chance.choice(ground.townships)
        is_single = len(ground.of_name(other.name)) == 1 and len(ground.of_short_name(_short(other))) == 1
        is_plain = _short(other) not in _ANOTHER_PLACE_WHEN_SHORT and len(other.name) > 3
        if other.code[:6] not in districts and is_single and is_plain and other.parent_code != "500157":
            return other


def _in_full(ground: _Ground) -> _Named:
    township, district = ground.township()
    return _Named("in full", f"重庆市{district.name}{township.name}", frozenset({township.code}))


def _with_district(ground: _Ground) -> _Named:
    township, district = ground.township()
    joint = ground.chance.choice(["", "", "", "的", "境内"])
    return _Named("with district", f"{district.name}{joint}{township.name}", frozenset({township.code}))


def _both_short(ground: _Ground) -> _Named:
    township, district = ground.township()
    codes = {a.code for a in ground.of_short_name(_short(township)) if a.parent_code == district.code}
    words = ground.chance.choice([
        _short_district(district) + _short(township),
        "重庆" + _short_district(district) + _short(township),
        district.name + _short(township),
    ])  # fmt: skip
    return _Named("short with district", words, frozenset(codes))


def _alone(ground: _Ground) -> _Named:
    township, _ = ground.township()
    return _Named("township alone", township.name, frozenset(a.code for a in ground.of_name(township.name)))


def _alone_short(ground: _Ground) -> _Named:
    while True:
        township, _ = ground.township()
        if _short(township) not in _ANOTHER_PLACE_WHEN_SHORT:
            codes = frozenset(a.code for a in ground.of_short_name(_short(township)))
            return _Named("short alone", _short(township), codes)


def _shared(ground: _Ground) -> _Named:
    while True:
        named = _alone(ground)
        if len(named.codes) > 1:
            return _Named("shared name", named.words, named.codes)


def _district_in_title(ground: _Ground) -> _Named:
    township, district = ground.township()
    codes = {a.code for a in ground.of_short_name(_short(township)) if a.parent_code == district.code}
    name = ground.chance.choice(
        [district.name, _short_district(district), f"重庆{_short_district(district)}"]
    )
    words = ground.chance.choice([township.name, _short(township)])
    if words == township.name:
        codes = {township.code}
    if _short(township) in _ANOTHER_PLACE_WHEN_SHORT:
        words, codes = township.name, {township.code}
    return _Named("district in title", words, frozenset(codes), name)


def _shared_district_in_title(ground: _Ground) -> _Named:
    while True:
        township, district = ground.township()
        if len(ground.of_name(township.name)) > 1:
            return _Named(
                "shared, district in title", township.name, frozenset({township.code}), district.name
            )


def _community(ground: _Ground) -> _Named:
    community = ground.chance.choice(ground.communities)
    township = ground.tree.area(community.parent_code or "")
    group = ground.chance.choice(["", "", "3组", "五组", "2社"])
    words = f"{township.name}{_community_words(community)}{group}"
    fitting = [a for a in ground.of_name(township.name) if ground.has(a, _community_words(community))]
    return _Named("community in township", words, frozenset(a.code for a in fitting))


def _community_of_district(ground: _Ground) -> _Named:
    community = ground.chance.choice(ground.communities)
    district = ground.tree.area(ground.tree.path(community.code)[1])
    words = _community_words(community)
    codes = {
        c.parent_code or ""
        for c in ground.communities
        if c.code[:6] == district.code and _community_words(c) == words
    }
    return _Named("community in district", district.name + words, frozenset(codes))


def _community_alone(ground: _Ground) -> _Named:
    while True:
        community = ground.chance.choice(ground.communities)
        words = _community_words(community)
        same = {c.parent_code or "" for c in ground.communities if _community_words(c) == words}
        if len(same) == 1 and len(words) > 3:
            return _Named("community alone", words, frozenset(same))


def _district_only(ground: _Ground) -> _Named:
    district = ground.chance.choice(ground.districts)
    words = district.name + ground.chance.choice(
        ["", "城区", "人民广场附近", "某小区", "一处在建工地", "境内"]
    )
    return _Named("district only", words, frozenset({district.code}))


def _landmark(ground: _Ground) -> _Named:
    township, district = ground.township()
    place = ground.chance.choice([township.name, district.name + township.name])
    codes = {township.code} if place != township.name else {a.code for a in ground.of_name(township.name)}
    beside = ground.chance.choice(
        [
            ground.chance.choice(_LANDMARKS),
            f"{ground.chance.choice(_ROADS)}{ground.chance.randint(1, 300)}号",
        ]
    )
    return _Named("with landmark", place + beside, frozenset(codes))


def _old_name(ground: _Ground) -> _Named:
    codes = ("500154", "500155", "500156", "500120", "500116", "500117", "500118", "500240", "500241")
    names = ("开县", "梁平县", "武隆县", "璧山县", "江津市", "合川市", "永川市", "石柱县", "秀山县")
    at = ground.chance.randrange(len(codes))
    township = ground.chance.choice([a for a in ground.townships if a.parent_code == codes[at]])
    return _Named("old name", names[at] + township.name, frozenset({township.code}))


_MANNERS = (
    _in_full,
    _with_district,
    _both_short,
    _alone,
    _alone_short,
    _shared,
    _district_in_title,
    _shared_district_in_title,
    _community,
    _community_of_district,
    _community_alone,
    _district_only,
    _landmark,
    _old_name,
)


def _short(township: Area) -> str:
    return _SUFFIX.sub("", township.name)


def _short_district(district: Area) -> str:
    """南岸, 石柱; 忠县 and 两江新区 have no shorter name."""
    short = re.sub(r"((?:土家族|苗族)*自治县|[区县])$", "", district.name)
    return district.name if len(short) < 2 or district.name == "两江新区" else short


def _community_words(community: Area) -> str:
    stem = _COMMUNITY_SUFFIX.sub("", community.name)
    is_village = "村村民" in community.name or (
        "社区" not in community.name and "村民委员会" in community.name
    )
    return stem + ("村" if is_village else "社区")
