"""Landmarks: the schools, bridges, markets and yards that a text names, by how such names end.

For: telling two spots of one township apart, and knowing one spot again when the township was sent wrong. A landmark is
an ending with the two characters before it, so that 安富古桥物流园 and 古桥物流园 are one. Hospitals are left out:
texts name them as where people were taken. Must never enter: areas of the tree (`understanding.places`). The list of
endings is ours.
"""

import re

from workflows.judgement.character_pairs import IDLE

_ENDINGS = (
    "小学|中学|高中|大学|学院|职校|技校|学校|幼儿园|卫生院|卫生室|诊所|药房|农贸市场|菜市场|批发市场|市场|商场|超市|大桥|老桥|新桥|天桥|立交桥|立交|桥|加油站|加气站|"
    "充电站|车站|客运站|公交站|地铁站|轻轨站|火车站|收费站|服务区|广场|公园|派出所|敬老院|养老院|福利院|文化站|文化馆|体育馆|图书馆|村委会|居委会|水厂|水库|水电站|变电站|粮站|泵站|码头|"
    "渡口|港口|工业园|产业园|物流园|园区|花园小区|小区|安置房|公寓|大厦|大楼|写字楼|大酒店|酒店|宾馆|茶馆|隧道口|隧道|转盘|煤场|砖厂|沙场|采石场|煤矿|化工厂|快递站|驿站|景区|河堤|大坝"
)
_AREA_ENDINGS = frozenset("镇乡村区县市道街社")
_LANDMARKS = frozenset(_ENDINGS.split("|"))
# What stands before an ending and names none: words for one of a kind, and what is done there.
_NO_NAMES = (
    "老旧|某某|附近|周边|多个|部分|沿线|沿街|高层|低洼|一家|一所|一座|一处|一栋|两家|这家|"
    "那家|某家|该家|大型|小型|私人|当地|本地|新建|在建|废弃|隔壁|对面|旁边|门口|楼下|发生|"
    "深入|前往|赶到|赶往|位于|来到|进入|经过|途经|路过|冲进|冲入|撞上|撞向|撞到|靠近|送往|"
    "送到|送至|开往|驶入|驶出|抵达|到达|距离|紧邻|毗邻|包围|封闭|关闭|疏散|搜索|发现|反映|"
    "警告|全省|全市|全县|批发|水果|蔬菜|建材|家具|家电|二手"
)
_ANY = frozenset(_NO_NAMES.split("|"))
# As the beginning of 大渡口区 or 土桥镇 it is a part of an area's name; a 桥梁 is one of a kind.
_GOES_ON = "梁|镇|乡|街道|区|县|市|村|社区"
_NAME = re.compile(
    f"(?=([一-鿿]{{2}})({'|'.join(sorted(_ENDINGS.split('|'), key=len, reverse=True))})(?!{_GOES_ON}))"
)


def landmarks_in(text: str) -> tuple[str, ...]:
    """The landmarks that a text names, each once, in the order in which they stand."""
    found = [(match.start(), match[1] + match[2]) for match in _NAME.finditer(text) if _is_name(match[1])]
    return tuple(dict.fromkeys(name for at, name in found if not _runs_into(at, name, found)))


def _is_name(before: str) -> bool:
    """What stands before 大土村小学, 水厂隧道 or 老旧小区 does not say which school, tunnel or quarter it is."""
    is_telling = before not in _LANDMARKS and before not in _ANY
    return is_telling and IDLE.isdisjoint(before) and before[1] not in _AREA_ENDINGS


def _runs_into(at: int, name: str, found: list[tuple[int, str]]) -> bool:
    """Whether it is only a piece of another: 安大桥 of 通安大桥, 富古桥 of 古桥物流园 after 安富."""
    end = at + len(name)
    others = [(other, other + len(longer)) for other, longer in found if (other, longer) != (at, name)]
    return any(start <= at < end <= stop or at < start < end < stop for start, stop in others)


def are_one(one: str, other: str) -> bool:
    """Whether two names are one, a slip of one character allowed."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 1
