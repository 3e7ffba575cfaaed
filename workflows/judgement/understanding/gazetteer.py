"""Gazetteer: every way in which people write the names of the area tree, and the names that lie elsewhere.

For: which words can be a name, and which areas each can mean, built once from the tree. Must never enter: which
of them a text means (`places`), or what stands around a name (`place_names`).

Names are found by their first two characters. A township is written with its suffix or without; a district without
its suffix, or by the name it had when it was a county; a community only with 村 or 社区, because most bare ones
are words or stand in several townships. Bare names that are also ordinary words are marked common: they need words
around them that say "place".
Old names, colloquial names and landmarks are general knowledge, listed by hand.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from typing import Final

from models.areas import Area, AreaKind, area_tree
from workflows.judgement.understanding import elsewhere


class Where(IntEnum):
    """What a name is, in the order of what it says about the place of an event."""

    INSIDE = 0  # an area of the city, `codes` says which
    COUNTY_ELSEWHERE = 1
    TELL = 2  # no name, but nobody here writes so: 当地时间, 我省
    CITY_ELSEWHERE = 3
    COUNTRY = 4


@dataclass(frozen=True, slots=True)
class Name:
    """What one written form can mean.

    `codes`: areas of the city that are called so, districts before townships before communities.
    `elsewhere`: what else it is; `is_full`: written with its suffix; `is_common`: also an ordinary word;
    `is_landmark`: also a community in another township, so that a pond or a school of that name may be there.
    """

    codes: tuple[str, ...] = ()
    elsewhere: Where = Where.INSIDE
    is_full: bool = False
    is_common: bool = False
    is_landmark: bool = False
    needs_suffix: bool = False


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All names. `lengths` gives, for two characters, the lengths of the names that begin so, longest first."""

    names: Mapping[str, Name]
    lengths: Mapping[str, tuple[int, ...]]
    landmarks: Mapping[str, tuple[str, ...]]


CITY: Final = "500000"
DISTRICT_DIGITS: Final = 6
TOWNSHIP_DIGITS: Final = 9
COMMUNITY_DIGITS: Final = 12
LANDMARK_LENGTHS: Final = (5, 4, 3, 2)
SHORTEST_LANDMARK: Final = 2  # too often part of another word

_PEOPLES = r"(?:土家族|苗族|仡佬族)+"
_TOWNSHIP_END = re.compile(rf"(?:{_PEOPLES}乡|街道|镇|乡)$")
_DISTRICT_END = re.compile(rf"(?:{_PEOPLES}自治县|区|县)$")
_COMMUNITY_END = re.compile(r"(?:社区|村)?(?:居民委员会|村民委员会|工作站)$")

_OLD_AND_COLLOQUIAL = {
    "500000": "重庆市 重庆 山城重庆",
    "500101": "万县市 万县",
    "500102": "涪陵市",
    "500106": "沙坪坝区 沙区",
    "500110": "綦江县 万盛区 万盛经开区 万盛经济技术开发区",
    "500111": "大足县 双桥经开区",
    "500112": "江北机场 江北国际机场 重庆北站",
    "500113": "巴县",
    "500114": "黔江县 黔江土家族苗族自治县",
    "500115": "长寿县",
    "500116": "江津市",
    "500117": "合川市",
    "500118": "永川市",
    "500119": "南川市",
    "500120": "璧山县",
    "500151": "铜梁县",
    "500152": "潼南县",
    "500153": "荣昌县",
    "500154": "开县",
    "500155": "梁平县",
    "500156": "武隆县",
    "500157": "两江新区",
    "500240": "石柱县",
    "500241": "秀山县",
    "500242": "酉阳县",
    "500243": "彭水县",
}

# Names that are words, what any landscape has, a family, or a road of any town.
_COMMON_WORDS = """
    文化 土地 胜利 联合 民主 青年 长安 江南 海洋 仙桃 黄金 长沙 公平 高峰 平安 新生 太原 桂林 柏林 先锋 沙市
    中山 五间 云集 天府 天文 都督 山洞 鹿角 三合 南门 一品 清水 复兴 石桥 芙蓉 丛林 鸳鸯 水土 大树 温泉 西城
    云雾 三元 三角 东城 大顺 大河 牌楼 中和 西湖 大同 天生 白石 大石 河边 鱼池 两路 五里 红土 莲花 石子 黄沙
    楠木 石板 城南 沿河 名山 石林 城西 白云 江东 大路 铁门 三星 井口 当阳 冷水 大观 仁义 打通 维新 庙宇 新桥
    安稳 竹园 太极 沙子 大湾 城东 小林 荔枝 小河 丰盛 后山 马鞍 长生 木耳 水田 南城 万安 金鸡 东林 菩提 高楼
    大兴 七星 海棠 青龙 桥头 草堂 大庙 满月 清泉 黑水 安居 龙凤 火炉 石墙 黄水 栗子 江口 燕窝 鱼鳞 鸡鸣 临江
    惠民 横山 和顺 隘口 三河 大佛 西河 万古 天元 静观 分水 高升 铜鼓 溪口 神童 三教 治平 新乡 羊角 砚台 大木
    宜居 中平 峡口 走马 盐井 菱角 梨树 礼让 鞍子 康乐 水口 同乐 丰乐 新乐 龙形 新立 直升 黄莺 黄鹤 新田 树人
    新市 虎威 卧佛 铁桥 河图 长滩 尖山 铁山 木叶 城厢 明达 南大街 曲水 磨子 曲尺 八颗 旧县 响水 花园路 善感
    接龙 石鱼 胜利路 中山路 石角 双路 后叶 野鹤 可大 别口 少云 土桥 高桥 保家 修齐 拔山 正兴 大有 大进 大昌
    大垭 群力 三建 下路 沿溪 双山 双石 双桥 新华 二郎 九龙 巴山 白马 白羊 合兴 中桥 通桥 六塘 七塘 八塘 花台
    桃花源 黄家 王家 余家 赵家 白家 高家 徐家 董家 谭家 田家 孙家 熊家 任家 冯家 石家 姜家 季家 杨家 丁家 吴家
    邓家 包家 柏家 郭家 曾家 陶家 蔡家 肖家 杠家 沙区 新妙 土场 安全 高观 人和 义和 同心 回龙
"""
_COMMON = frozenset(_COMMON_WORDS.split())

# (bare name) -> the longer words in which it is not a place. General knowledge, from reading; each costs nothing where
# its name does not stand.
_SIDE = "[岸侧面麓坡边门站端头段]"
NOT_A_PLACE: Mapping[str, re.Pattern[str]] = {
    name: re.compile(longer)
    for name, longer in {
        "长寿": r"健康长寿|长寿(?:老人|老太|之|命|面|乡|花|星|秘)|(?:祝|益寿|更|最|百岁)长寿",
        "南岸": r"[江河湖库]南岸|南岸线",
        "大足": r"大足[够球]|足大足",
        "江北": r"(?:长|嘉陵|[江河])江北|江北岸",
        "渝北": r"渝北京",
        "开县": r"[召离]开县",
        "开州": r"[召离]开州",
        "巴县": r"大巴县",
        "万县": r"[一二两三四五六七八九十百千\d]万县",
        "重庆": r"重庆(?:小面|火锅|鸡公煲|烤鱼|酸辣粉|路|街)",
        "非洲": r"非洲(?:猪瘟|象|鼓|菊)",
        "内江": r"[境国市区县省域港辖道段]内江",
        "江门": r"(?:[临滨沿长]|嘉陵)江门",
        "上海": r"[涌游冲登驶爬漂岸]上海",
        "镇江": r"[古该全本集乡]镇江",
        "定西": r"[决一规制确]定西",
        "日本": r"日本报|[今昨当每\d]日本[市区县镇村次级月来]",
        "大连": r"大连[续接环]",
        "台中": r"[平舞出站月柜]台中",
        "台北": r"[平舞站月柜]台北",
        "台南": r"[平舞站月柜]台南",
        "海地": r"沿海地",
        "长春": r"[市院校部局县处镇]长春",
        "长沙": r"[市校镇局]长沙",
        "济南": r"经济南",
        "中卫": r"[其之]中卫|中卫生",
        "巴中": r"[尾嘴大小]巴中",
        "开封": r"[召展离打]开封|开封[闭锁存堵]",
        "成都": r"[形组完造]成都",
        "衡水": r"平衡水",
        "福建": r"幸福建",
        "乐山": r"[音娱快欢]乐山",
        "金边": r"[资基合黄]金边",
        "金华": r"[资基奖黄]金华",
        "合肥": r"[联结复综混]合肥",
        "海南": r"沿海南",
        "周口": r"[四每一]周口",
        "保定": r"确保定",
        "丽水": r"[美秀壮]丽水",
        "包头": r"[面背书钱红]包头",
        "普洱": r"普洱茶",
        "海口": r"[出入]海口",
        "大理": r"大理[石由论想解念智财]|[加放扩巨重强]大理",
        "大庆": r"大庆[典祝功贺]",
        "河池": r"河池塘",
        "南通": r"南通[道过往向]",
        "安阳": r"安阳光",
        "南阳": r"南阳光",
        "贵阳": r"贵阳光",
        "广安": r"广安门|推广安",
        "湖南": rf"湖南{_SIDE}",
        "湖北": rf"湖北{_SIDE}",
        "河南": rf"河南{_SIDE}",
        "河北": rf"河北{_SIDE}",
        "山东": rf"山东{_SIDE}",
        "山西": rf"山西{_SIDE}",
        "江西": rf"江西{_SIDE}",
        "四川": r"四川(?:外国?语|美术学院|美院|仪表)",
        "新华": r"新华(?:社|网|书店|保险|日报)",
        "后山": r"后山",  # behind any village; 后山镇 is written out
        "高峰": r"高峰[期时值段]|[早晚客登攀]高峰",
        "平安": r"平安[夜无里是脱获返回到度保健]|(?:中国|创建?|报)平安",
        "文化": r"文化[局馆广中旅站课宫节用娱市活程遗执]|(?:酒|水|经)文化",
        "青年": r"青年[人男女志旅节团学教]|[男女名位]青年",
        "联合": r"联合[国检执调救会体工处行发开收]",
        "土地": r"土地[证纠征承流局使补款性面]|[占耕征]土地",
        "海洋": r"海洋[公馆局]",
        "温泉": r"温泉[酒度水浴城池]",
        "黄金": r"黄金[周首饰救时价]",
        "公平": r"公平[公正竞性]|[不]公平",
        "民主": r"民主[党测评选]",
        "打通": r"打通[电生了道]",
        "高楼": r"高楼[层大住坠]",
        "石板": r"石板[路桥材]",
        "一品": r"一品[质]",
    }.items()
}


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """All names of the shipped tree and of elsewhere, built once in under 0.3 s: call it at start-up."""
    names: dict[str, Name] = {}
    for word, name in (*_names_inside(area_tree()), *_names_elsewhere()):
        names[word] = _joined(names[word], name) if word in names else name
    for word in _COMMON & names.keys():
        names[word] = replace(names[word], is_common=True)
    landmarks = _landmarks(area_tree())
    for word in landmarks.keys() & names.keys():
        if not names[word].is_full and not _is_in(landmarks[word], names[word].codes or (CITY,)):
            names[word] = replace(names[word], is_landmark=True)
    return Gazetteer(names, _lengths(names), landmarks)


def _is_in(communities: tuple[str, ...], townships: tuple[str, ...]) -> bool:
    return all(code.startswith(townships) for code in communities)


def _names_inside(areas: Iterable[Area]) -> Iterator[tuple[str, Name]]:
    for code, words in _OLD_AND_COLLOQUIAL.items():
        for word in words.split():
            yield word, Name((code,), is_full=True)
    for area in areas:
        if area.kind is AreaKind.COMMUNITY:
            yield community_name(area), Name((area.code,), is_full=True)
            continue
        yield area.name, Name((area.code,), is_full=True)
        bare = bare_name(area)
        if len(bare) > 1:
            yield bare, Name((area.code,))
        if area.kind is AreaKind.TOWNSHIP and area.name.endswith("族乡"):
            yield bare + "乡", Name((area.code,), is_full=True)


def bare_name(area: Area) -> str:
    """The name of a district or township without its suffix: 南岸, 涂山, 后坪; 忠县 gives one character."""
    end = _TOWNSHIP_END if area.kind is AreaKind.TOWNSHIP else _DISTRICT_END
    return re.sub(rf"{_PEOPLES}$", "", end.sub("", area.name))


def community_name(area: Area) -> str:
    """The name of a community as people write it: 福民村, 高笋塘社区."""
    stem, suffix = _community_parts(area)
    return stem + suffix


def _community_parts(area: Area) -> tuple[str, str]:
    stem = _COMMUNITY_END.sub("", area.name)
    is_village = "村村民" in area.name or ("社区" not in area.name and area.name.endswith("村民委员会"))
    return stem, "村" if is_village else "社区"


def _names_elsewhere() -> Iterator[tuple[str, Name]]:
    city, county = Name(elsewhere=Where.CITY_ELSEWHERE), Name(elsewhere=Where.COUNTY_ELSEWHERE)
    for word in f"{elsewhere.PROVINCES} {elsewhere.CITIES}".split():
        yield word, city
    for word in f"{elsewhere.COUNTRIES} {elsewhere.FOREIGN_CITIES}".split():
        yield word, Name(elsewhere=Where.COUNTRY)
    for word in elsewhere.TELLS.split():
        yield word, Name(elsewhere=Where.TELL, is_full=True)
    for word in elsewhere.COUNTIES.split():
        yield word, county
    for word in elsewhere.COUNTIES_WITH_SUFFIX.split():
        yield word, replace(county, needs_suffix=True)
    for word in elsewhere.WHOLE_NAMES.split():
        yield word, replace(county, is_full=True)
    for word in elsewhere.MOTORWAYS.split():
        yield f"{word}高速", replace(county, is_full=True)


def _joined(one: Name, other: Name) -> Name:
    codes = tuple(sorted({*one.codes, *other.codes}, key=lambda code: (len(code), code)))
    return Name(
        codes=codes,
        elsewhere=max(one.elsewhere, other.elsewhere),
        is_full=one.is_full or other.is_full,
        is_common=one.is_common or other.is_common,
        needs_suffix=one.needs_suffix or other.needs_suffix,
    )


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for word in words:
        found.setdefault(word[:2], set()).add(len(word))
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    ordered = {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}
    return {head: shared.setdefault(lengths, lengths) for head, lengths in ordered.items()}


def _landmarks(areas: Iterable[Area]) -> dict[str, tuple[str, ...]]:
    """Bare names of communities, which are often those of a square, a mill or a bridge: 高笋塘, 五里店."""
    found: dict[str, tuple[str, ...]] = {}
    for area in areas:
        if area.kind is AreaKind.COMMUNITY:
            stem, _ = _community_parts(area)
            found[stem] = (*found.get(stem, ()), area.code)
    return found
