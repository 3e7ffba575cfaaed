"""Invented: what the corpus does not have, written for this project: hazards that people find, and rumours.

The corpus holds only things that really happened; half of the engine's scope is what could happen, and a city also
hears of things that never did.
"""

from dataclasses import dataclass

from models.categories import Category
from models.messages.report import Facts


@dataclass(frozen=True, slots=True)
class Hazard:
    """风险隐患: found, and removed in the end."""

    category: Category
    kind_zh: str
    text: str


@dataclass(frozen=True, slots=True)
class Rumour:
    """Something that did not happen. `is_urgent`: told as a danger to life, so that commands go out unverified."""

    category: Category
    kind_zh: str
    text: str
    facts: Facts
    is_urgent: bool = False


HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        Category.GEOLOGICAL,
        "房后边坡出现裂缝",
        "巡查发现房后边坡有新裂缝约5米，雨后有渗水，下方住有4户人家。",
    ),
    Hazard(
        Category.GAS, "餐馆燃气软管老化", "入户检查发现一家餐馆使用超期燃气软管，阀门处有异味，已要求停用。"
    ),
    Hazard(
        Category.FIRE,
        "楼道堆物堵塞消防通道有火灾隐患",
        "居民楼二至五层楼道堆放纸箱和电动车，消防通道无法通行，火灾隐患突出。",
    ),
    Hazard(
        Category.PUBLIC_FACILITY, "人行道路面塌陷", "人行道出现直径约1米的空洞，尚无人员受伤，已临时围挡。"
    ),
    Hazard(
        Category.FLOOD, "排水涵洞淤塞易致内涝", "涵洞被树枝和泥沙堵住大半，若遇强降雨，低洼处约20户可能进水。"
    ),
    Hazard(
        Category.ROAD_TRAFFIC,
        "临崖弯道护栏缺失易发车祸",
        "村道急弯处护栏被撞断两节，外侧为陡坡，校车每天经过。",
    ),
    Hazard(
        Category.INDUSTRIAL,
        "工厂仓库违规存放危险化学品",
        "小工厂仓库内违规存放易燃稀料约二十桶，与焊接作业点仅隔一道铁皮墙，存在安全生产隐患。",
    ),
    Hazard(
        Category.ENVIRONMENT,
        "河边发现不明废桶疑似污染水体",
        "河岸草丛中发现三只无标识铁桶，其中一只底部渗漏，气味刺鼻。",
    ),
)

RUMOURS: tuple[Rumour, ...] = (
    Rumour(
        Category.GAS,
        "小区燃气爆炸",
        "网上有人说小区刚刚燃气爆炸，整栋楼都塌了，至少10人死亡，视频来源不明。",
        Facts(deaths=10),
        is_urgent=True,
    ),
    Rumour(
        Category.EPIDEMIC, "学校出现不明疫情", "家长群里传学校有几十个孩子突然发烧，说是新病毒。", Facts()
    ),
    Rumour(Category.FLOOD, "水库要垮坝", "有人转发语音说上游水库出现垮坝险情，让大家赶快往高处跑。", Facts()),
    Rumour(Category.CRIME, "街头持刀伤人", "朋友圈传步行街有人持刀砍伤3人，配图模糊。", Facts(injured=3)),
    Rumour(
        Category.ENVIRONMENT,
        "自来水被化工厂污染",
        "业主群传自来水被化工厂污染不能喝，超市的水已抢空。",
        Facts(),
    ),
    Rumour(
        Category.PUBLIC_FACILITY,
        "电梯坠落多人被困",
        "短视频称商场电梯坠落，有5人被困，拍摄地点说法不一。",
        Facts(trapped=5),
    ),
)
