"""Place roles: what part a named place plays, by the words of its own clause.

For: telling the scene from where somebody comes from, was taken to, drives to, or writes from. Must never enter: which
area a name means. The words are general knowledge of how reports are written; a place about which nothing is said is a
scene, for most are.
"""

import re
from enum import IntEnum
from typing import Final


class Role(IntEnum):
    """What part a place plays, the more the likelier that things happened there."""

    AWAY = 0  # where somebody was taken to, or help came from
    BESIDE = 1  # origin, direction, whose lorry
    OFFICE = 2  # whose police, people or paper speaks
    SCENE = 3  # nothing speaks against it
    STATED = 4  # 在, 位于, 行驶至 before it, or 发生 behind it


_WINDOW: Final = 12  # characters before a name; a clause is seldom longer

_BEFORE = re.compile(
    # one of the characters that an alternative begins with: most places are passed over at once
    r"(?=[\d送转运移疏撤安押带逃潜就调抽增支协通派指商请会往开驶前飞发去销返回赶赴离从由自来系隶距相邻毗紧靠波影悬挂家租住籍户老原祖毕出"
    r"新中本央人广据记日在位地行骑走途路经流因致时点分左上下凌清早傍深晚夜当昨今])(?:"
    r"(?P<away>(?:送|转|运|移送|转移|疏散|撤离|安置|押解|带回|逃|潜逃|就近)(?:送|医|诊|运)?(?:往|至|到|入|进|回|去|院到|院至|在|于)?了?"
    r"|(?:调派|调集|抽调|调度|增援|支援|协调|通知|派出(?!所)|指派|调动|商请|请求|会同)[^，。；：、]{0,4})$"
    r"|(?P<beside>(?<![途行驶])往|开往|驶往|驶向|前往|飞往|发往|去往|运往|销往|通往|返回|回到|回|去|赶赴|赴|离开|驶离|从|由(?!于)|自|来自|系|隶属于?"
    r"|距离?|相距|邻近|毗邻|紧邻|靠近|波及|影响到?|悬挂|挂着?|家住|租住|住|籍贯|户籍|老家|原籍|祖籍|毕业于|出生于"
    r")$"
    r"|(?P<office>新华社|新华网|中新社|中新网|本报|央广网|人民网|中广网|据|记者从|日从)$"
    r"|(?P<stated>在|位于|地处|发生于|(?:行|驶|开|骑|走)(?:驶|进|车)?[至到经入在]|途[经径]|路过|经过|流经|(?:地点|地址)[为是:：]|因|致"
    r"|\d[日时点分许]|[时点分]许|左右|[上下中]午|凌晨|清晨|早晨|傍晚|深夜|晚上?|夜间|当[日天晚]|[昨今前][日天晚晨])[，,]?$)"
)
_OF_PEOPLE = (
    r"[市省县区镇乡]?(?:籍|牌照|号牌|车牌|牌[的小大轿货客]|口音|户籍|老家|老乡|游客|旅客|旅行团|旅游团|客商"
    r"|人(?!民|员|行|防|大|数|流|工|家|社|均|口|们?[在被]|武|才|力|为|士|遇难|受伤|死亡)"
    r"|[\u4e00-\u9fff]{0,6}?公司的?(?:一|所属)?[^，。；]{0,4}?(?:车|司机|员工|职工|工人|人员))"
)
_REPORTS = (
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2})月)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})日(?:电|讯|消息|报道)"
    r"|讯|电[（(]"
    r"|[\u4e00-\u9fff]{0,4}?(?=[晚日晨商都时早快新电卫在])"
    r"(?:晚报|日报|晨报|商报|都市报|时报|早报|快报|新闻网|新闻频道|电视台|电台|卫视|在线|新闻办)"
)
_TOWARDS = (
    r"方向|往(?!日|年|来)|开往|驶往|驶向|前往|[—\-~～至](?!今|少|\d)|[^，。；、]{0,2}?(?:出发|[驶开]来)|交界"
)
_PEOPLE_ELSEWHERE = re.compile(
    r"[市省县区]?(?:男子|女子|司机|市民|公民|留学生|小伙|老板|商人|产的?|公司|企业|总统|总理|大使馆|使馆|媒体|外长|专家|选手|队)"
)
_FELT = (
    r"(?:[、和及][^，。；]{1,12})?(?:等地|等多地|多地|部分地区|大部分地区)?(?:均|都|普遍|也)?(?:有|感到)?"
    r"(?:明显|强烈|轻微)?的?震感"
)
_STATED = (
    r"(?:的|境内|辖区内?|地区|一带|附近|周边|段|路段)*(?:又|再|突然)?"
    r"(?:突?发生|突发|发现|遭遇?|出现|遭受|突降|突遇|境内|辖区|起火|失火|着火|爆炸|突遭)"
)
_HOSPITAL = r"[^，。；、]{0,9}?(?=[医卫急诊])(?:医院|卫生院|急救中心|卫生服务中心|诊所)"
_TREATED = (
    r"[^，。；]{0,6}?(?=[救抢治就诊接收住观医急护检重进入])"
    r"(?:救治|抢救|治疗|就[医诊]|诊治|接[诊受]|收治|住院|观察|医生|医护|急诊|护士|检查|重症|进行)"
)
_IN_OR_AT_IT = (
    r"(?:发生|突发|起火|失火|着火|爆炸|门|附近|旁|对面|路口|工地|食堂|大厅|宿舍|公交|轻轨|站|外|停车|内?一|住"
    r"|[东西南北]侧|[这那]|背?后|前头|边上|里面|院内|居民|[一二三四五六七八九十\d]+[楼层]|阳台|\d?号?楼|聚集|围堵)"
)
_OFFICE = (
    r"[^，。；、\d]{0,6}?(?=[消公派交应救卫气地人政党区县市街办指宣教法检水林规环监])"
    r"(?:消防|公安|派出所|交巡?警|应急管理?局|应急办|应急局|救援站|卫健委|卫生局|气象台|气象局|地震局|人民政府|政府|党委"
    r"|区委|县委|市委|街道办|办事处|指挥中心|指挥部|宣传部|教委|法院|检察院|[水林]利?[利业]局|规资局|环保局|环境局|监管局)"
    r"(?:局|支队|大队|中队|站|所)?"
)


_BEHIND = re.compile(
    rf"(?P<away>{_HOSPITAL}{_TREATED})|(?P<office>{_REPORTS}|(?:{_OFFICE}|{_HOSPITAL})(?!{_IN_OR_AT_IT}))"
    rf"|(?P<beside>{_TOWARDS}|{_OF_PEOPLE}|{_FELT})|(?P<stated>{_STATED})"
)


def role(plain: str, start: int, end: int, *, is_elsewhere: bool) -> Role:
    """What part the place named from `start` to `end` plays."""
    before, behind = _BEFORE.search(plain, max(0, start - _WINDOW), start), _BEHIND.match(plain, end)
    if not before and not behind:
        return Role.OFFICE if is_elsewhere and _PEOPLE_ELSEWHERE.match(plain, end) else Role.SCENE
    said = {before.lastgroup if before else None, behind.lastgroup if behind else None}
    if "away" in said:
        return Role.AWAY
    if "office" in said:
        return Role.OFFICE
    if "beside" in said:
        return Role.BESIDE
    if is_elsewhere and _PEOPLE_ELSEWHERE.match(plain, end):
        return Role.OFFICE  # 杭州市民: as a rule at home
    return Role.STATED
