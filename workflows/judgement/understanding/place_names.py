"""Place names: where names of places stand in a script.

For: finding names, and disowning those that the words around them show to be something else. Must never enter: which
area a name means (`place_chains`), or what part the place plays (`place_roles`). The words here are general knowledge
of how reports are written.

A name is read longest first and never inside another (江北机场 is not 江北). A bare name before 路 or 大道 is a road
that any town may have. A bare name of two characters needs a word beside it that speaks of a place or a time, and one
that is also an ordinary word (平安, 打通) needs such words on both sides, or a name of ours right before it.
"""

import re
from collections.abc import Iterator
from itertools import compress, count
from typing import NamedTuple

from models.understanding import Part
from workflows.judgement.understanding.gazetteer import COMMUNITY_DIGITS, NOT_A_PLACE, Gazetteer, Name
from workflows.judgement.understanding.script import Script


class PlaceName(NamedTuple):
    """One name where it stands. `is_elsewhere_only`: so written that it means nothing in the city."""

    part: Part
    start: int
    end: int
    name: Name
    is_elsewhere_only: bool
    is_doubtful: bool = False  # too little says that it is a place: only when its district is named elsewhere


_ROAD_BEHIND = re.compile(
    r"[东西南北中新]?(?:[一二三四五六七八九十]|\d)?(?:路(?!口|段|上|过|边|旁|面|阳)|大道|大街|街(?!道|上|头|边|镇|办)|巷|弄)"
)  # 路阳 is a township: 云阳路阳
_NO_PLACE_ELSEWHERE = re.compile(
    r"大众|现代|本田|福特|汽车(?!站)|牌(?!照)|拉面|火锅|烤鸭|大厦|大酒店|宾馆|银行|证券|日报|保险|花园|小镇|春天|假日|风情|料理|烤肉"
    r"|梧桐|红枫|菜|餐厅|大学|理工|交大|小区|公馆|名都|新城|国际城|豆腐|米线|面馆|产业"
    # its last character begins the next word: 精美|国家, 周六|安排, 大巴|中途, 古|镇江|水
    r"|(?<=国)(?:家|际|内|民经|务院|庆|道|土|防|企)|(?<=安)(?:全|置|装|排|检|防|保|抚)|(?<=中)(?:心|央|学|途|断|毒|暑|午|旬|年|型)"
    r"|(?<=山)(?:体|坡|洪|脚|谷|沟|崖)|(?<=海)(?:拔|面|啸|底|鲜|军)|(?<=江)(?:水|边|面|堤|滩|畔)|(?<=水)(?:平|库|管|质|位|面|泥)"
    r"|(?<=口)(?:味|罩|径|号|腔|服|供|袋)|(?<=[东西南北])(?:侧|面|方|岸|部(?!分))|(?<=原)(?:来|因|则|本|告|定)"
)
_SUFFIX_ELSEWHERE = frozenset("县市区旗省州盟")
_LISTED_BEFORE = frozenset("、和与及")

_CUE_BEHIND = re.compile(
    r"境内|在建|的[一某]|[后屋背]后|后山|门口|多处|爆发|自来水|因[^为此]|失控|[河江溪湖水塘]边|[A-Z]\d|[，,](?:一|\d)|养殖|举办|主干管|[\u4e00-\u9fff]某"
    r"|辖区|地区|一带|附近|周边|场镇|古[镇城街寨]|街上|老街|集镇|大桥|又?突?发生|突发|发现|出现|遭|突降|暴雨|山火|大?火灾|大火|火情|车祸|交通事故"
    r"|事故|爆炸|滑坡|山洪|内涝|起火|失火|着火|坍塌|垮塌|泥石流|地震|疑似|多[人名地户]|等(?:乡镇|镇街|镇|地|街道)|[、段]"
    r"|[\d一两三四五六七八九十数几](?:人|名|死|伤|车|户|家)"
    r"|一(?:非法|处|家|栋|座|居民|村民|小区|工厂|仓库|出租|民房|工地|学校|小学|中学|餐馆|饭店|商铺|货车|轿车|客车|面包车|在建|化工|养老院"
    r"|幼儿园|鞭炮|烟花|加油站|超市|网吧|酒店|宾馆|歌城|农房|自建房|废品|煤矿|隧道|男子|女子|老人|儿童|小孩|公交|大巴|三轮"
    r"|摩托|油罐|火锅|[\u4e00-\u9fff]{0,4}[厂场店站矿楼房])"
    r"|某|居民|村民|(?:老|新)?[\u4e00-\u9fff]{0,4}?(?=[路小隧水工农菜收服出互立公轻广码车中幼社])(?:路口|路段|小区|隧道|水库|工业园|农贸市场|菜市场|收费站|服务区|出口|互通|立交|公路"
    r"|轻轨站|公交站|广场|码头|车站|中学|小学|幼儿园|工地|[社小]区\d)"
)
_BUILT_BEHIND = re.compile(
    r"(?:水库|小学|中学|学校|幼儿园|[大老]桥|隧道|立交|加油站|快递站|公交站|变电站|水厂|粮站|煤场|砖厂|卫生[院室所]|村委会|文化站"
    r"|农贸市场|菜市场|超市|敬老院|茶馆|大酒店|花园|安置房|职校|物流园)"
)
_CUE_BEFORE = re.compile(
    r"(?:^|(?P<in>在|位于|地处|[到至因]|(?:行|驶|开|骑|走)[驶至到经进入]{1,2}|途经)|[。！？；：，,:;!?\s（(【“\"]|\d[日时点分许]|[时点分]许"
    r"|左右|[上下中]午|凌晨|清晨|早晨|傍晚|深夜|晚上?|夜间|当[日天晚]|[昨今前][日天晚晨]|日前|近日|发现|投诉|本市|我市|全市)$"
)


def place_names(script: Script, known: Gazetteer) -> list[PlaceName]:
    """Every name, title first, in the order of reading."""
    return [name for part in (Part.TITLE, Part.TEXT) for name in _names_in(script, part, known)]


def _names_in(script: Script, part: Part, known: Gazetteer) -> Iterator[PlaceName]:
    plain, pairs = script.plain(part), script.pairs(part)
    lengths, names = known.lengths, known.names
    end_before = -1
    for at in compress(count(), map(lengths.__contains__, pairs)):
        if at < end_before:
            continue
        for length in lengths[pairs[at]]:
            word = plain[at : at + length]
            name = names.get(word)
            found = name and _read(part, plain, at, word, name, end_before)
            if found:
                yield found
                end_before = found.end
                break


def _read(part: Part, plain: str, start: int, word: str, name: Name, end_before: int) -> PlaceName | None:
    end = start + len(word)
    denial = NOT_A_PLACE.get(word)
    if denial and denial.search(plain, max(0, start - 3), end + 3):
        return None
    if not name.is_full and name.elsewhere and plain[end : end + 1] in _SUFFIX_ELSEWHERE:
        return PlaceName(part, start, end + 1, name, is_elsewhere_only=True)
    if not name.codes and name.needs_suffix and (name.is_landmark or not _has_both_cues(plain, start, end)):
        return None
    if name.is_full and len(name.codes[:1] and name.codes[0]) < COMMUNITY_DIGITS:
        return PlaceName(part, start, end, name, not name.codes)
    return _read_bare(part, plain, start, end, name, end_before)


def _read_bare(part: Part, plain: str, start: int, end: int, name: Name, end_before: int) -> PlaceName | None:
    if not name.is_full and _ROAD_BEHIND.match(plain, end):
        return None
    is_listed = start - 1 == end_before and plain[end_before] in _LISTED_BEFORE
    is_built = name.is_landmark and _BUILT_BEHIND.match(plain, end) is not None
    if not name.codes and (is_built or _NO_PLACE_ELSEWHERE.match(plain, end)):
        return None  # 大理水库 may be one of 大理村
    if is_listed or not name.codes:
        return PlaceName(part, start, end, name, not name.codes)
    before, behind = _CUE_BEFORE.search(plain, max(0, start - 6), start), _CUE_BEHIND.match(plain, end)
    if name.is_common and not behind and not (before and before["in"]) and start != end_before:
        return None
    cues = bool(before) + bool(behind)
    return PlaceName(part, start, end, name, False, is_built or cues < _cues_needed(name, end - start))


def _has_both_cues(plain: str, start: int, end: int) -> bool:
    is_cued = _CUE_BEFORE.search(plain, max(0, start - 6), start) and _CUE_BEHIND.match(plain, end)
    return is_cued is not None


def _cues_needed(name: Name, length: int) -> int:
    if name.is_common:
        return 2
    return 1 if length < (5 if name.is_full else 3) else 0
