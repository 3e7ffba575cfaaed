"""Wording: the same event in the words of somebody else. Phrases by channel; the totals are never changed here.

Reports are words: what is known of the dead and hurt stands in the sentence (`sums` words it) and nowhere else, and
each sentence says what kind of thing happened. Must never enter: what the engine makes of it.
"""

import re
from collections.abc import Mapping

from models.categories import Category
from models.messages.report import Facts
from models.vocabulary import Channel, Nature
from streams.simulator.draws import Draws
from streams.simulator.plot import Plot
from streams.simulator.sums import nobody_zh, totals_zh

_TITLE_CHARACTERS = 200
_EXCERPT_CHARACTERS = 90
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]")
_OF_PEOPLE = re.compile(r"[0-9０-９一二三四五六七八九十百两数几伤亡死困]|失踪|遇难")
_QUOTES_RATIO = 0.35

# Said beside the few words for what happened, where these alone leave open what kind of event it is.
_NOUN: Mapping[Category, str] = {
    Category.ROAD_TRAFFIC: "交通事故",
    Category.TERRORIST_ATTACK: "恐怖袭击",
    Category.FIRE: "火灾",
    Category.FOREST_FIRE: "森林火灾",
    Category.EARTHQUAKE: "地震",
    Category.FOOD_POISONING: "食物中毒",
}
_HEADLINES: Mapping[Channel, tuple[str, ...]] = {
    Channel.GRID: ("网格员报告：{what}", "巡查发现{what}，请核实处置", "辖区{what}"),
    Channel.POLICE: ("110接报：{what}", "群众报警称发生{what}", "警情：{what}"),
    Channel.FIRE: ("119接报：{what}", "火警台接报{what}，已派车"),
    Channel.MEDICAL: ("120接报：{what}，需要救护", "急救呼叫：{what}"),
    Channel.HOTLINE: ("12345来电：市民反映{what}", "市民来电反映附近发生{what}"),
    Channel.SENSOR: ("感知设备报警：疑似{what}", "设备告警：{what}"),
    Channel.DEPARTMENT: ("部门报送：{what}情况", "关于{what}的报告", "{what}情况快报"),
    Channel.MEDIA: ("媒体报道：{what}", "【快讯】{what}"),
    Channel.OTHER: ("来源不明的消息：{what}", "网传{what}"),
}
_OPENINGS: Mapping[Channel, tuple[str, ...]] = {
    Channel.GRID: ("我在{place}，现场情况：{what}，", "{place}发生{what}，", "巡查至{place}，发现{what}，"),
    Channel.POLICE: (
        "报警人称在{place}发生{what}，",
        "{place}群众报警，{what}，",
        "指挥中心转：{place}，{what}，",
    ),
    Channel.FIRE: ("接警地点{place}，报警人描述：{what}，", "{place}发生{what}，力量已出动，"),
    Channel.MEDICAL: ("呼叫地点{place}，{what}，", "{place}来电，发生{what}，请派车，"),
    Channel.HOTLINE: (
        "市民称在{place}附近看到{what}，",
        "来电人反映{place}发生{what}，",
        "市民来电：{place}，{what}，",
    ),
    Channel.SENSOR: ("设备位于{place}，监测到疑似{what}，",),
    Channel.DEPARTMENT: (
        "据{place}上报，发生{what}，",
        "{place}报告：{what}，",
        "接{place}电话报告，{what}，",
    ),
    Channel.MEDIA: ("记者从{place}获悉，发生{what}，", "{place}发生{what}，本报记者正赶往现场，"),
    Channel.OTHER: ("网友称{place}{what}，", "群里都在传{place}{what}，"),
}
_HEARD = ("据称{totals}。", "目前{totals}。", "{totals}。", "初步了解{totals}。")
_NOT_HEARD = ("伤亡情况不详。", "伤亡情况待核实。", "人员情况还不清楚。")
_FOLLOW_UPS = (
    "续报{number}：{what}，截至目前{totals}，现场处置正在进行。",
    "续报{number}：经核实，{what}{totals}，救援仍在继续。",
    "{what}续报：最新统计{totals}。后续情况随时报告。",
    "接前报，{what}情况有变化：{totals}，现场由属地指挥。",
    "续报{number}。{what}现场清查后，{totals}，请知悉。",
)
_FINALS = (
    "终报：{what}处置完毕，{totals}，现场已移交，后续工作由属地跟进。",
    "终报：{what}最终核实{totals}，现场清理完毕。",
    "{what}处置结束。{totals}。善后工作由属地负责。",
)
_HAZARD_FOLLOW_UPS = (
    "续报{number}：{what}已设置警示，{totals}，整改正在进行。",
    "{what}续报：责任单位已到场，{totals}，整改方案正在落实。",
)
_HAZARD_FINALS = ("终报：{what}隐患已消除，{totals}，现场已移交。", "{what}已整改完成，{totals}，终报。")
_DENIALS = (
    "经现场核查，{place}未发生{what}，所传信息不实。",
    "派员到{place}查看，没有发现{what}，系误传。",
    "{place}一切正常，{what}系谣言。",
)


def what_zh(plot: Plot) -> str:
    """What happened in a few words, with the word for its kind where they do not say it."""
    noun = _NOUN.get(plot.category)
    if plot.nature is Nature.HAZARD or noun is None or noun in plot.kind_zh:
        return plot.kind_zh
    return f"{noun}（{plot.kind_zh}）"


def headline(plot: Plot, channel: Channel, draws: Draws) -> str:
    """A headline of the channel's own."""
    title = draws.pick("headline", _HEADLINES[channel]).format(what=what_zh(plot))
    return _shortened(title, _TITLE_CHARACTERS)


def told(plot: Plot, channel: Channel, facts: Facts, draws: Draws) -> str:
    """The event as this channel tells it: its own opening, perhaps a quotation, and the totals that it heard of."""
    opening = draws.pick("opening", _OPENINGS[channel]).format(place=plot.site.name_zh, what=what_zh(plot))
    heard = _totals(plot, facts, draws)
    if not heard:
        return opening + draws.pick("not heard", _NOT_HEARD)
    return opening + draws.pick("heard", _HEARD).format(totals=heard)


def quoted(plot: Plot, channel: Channel, facts: Facts, draws: Draws) -> str:
    """As `told`, with a sentence of what others have written before, as long as it counts nobody."""
    found = (sentence[0] for sentence in _SENTENCE.finditer(plot.text))
    plain = [one for one in found if len(one) <= _EXCERPT_CHARACTERS and not _OF_PEOPLE.search(one)]
    if not plain or not draws.happens("quotes", _QUOTES_RATIO):
        return told(plot, channel, facts, draws)
    return told(plot, channel, facts, draws) + draws.pick("quotation", plain)


def followed_up(plot: Plot, number: int, facts: Facts, draws: Draws) -> str:
    """续报: what is known by now; it does not repeat the beginning."""
    forms = _HAZARD_FOLLOW_UPS if plot.nature is Nature.HAZARD else _FOLLOW_UPS
    return _with_totals(plot, forms, facts, draws, number)


def finished(plot: Plot, facts: Facts, draws: Draws) -> str:
    """终报: the event, its totals, and that the scene was handed over."""
    forms = _HAZARD_FINALS if plot.nature is Nature.HAZARD else _FINALS
    return _with_totals(plot, forms, facts, draws, 0)


def denied(plot: Plot, draws: Draws) -> str:
    """A second source went there and found nothing."""
    return draws.pick("denial", _DENIALS).format(place=plot.site.name_zh, what=what_zh(plot))


def _with_totals(plot: Plot, forms: tuple[str, ...], facts: Facts, draws: Draws, number: int) -> str:
    own = Draws(draws.seed, f"{draws.about} later {number}")
    totals = _totals(plot, facts, own) or nobody_zh(own)
    return own.pick("form", forms).format(what=what_zh(plot), totals=totals, number=number - 1)


def _totals(plot: Plot, facts: Facts, draws: Draws) -> str:
    is_poisoning = plot.category is Category.FOOD_POISONING
    return totals_zh(facts, draws, is_approximate=plot.is_approximate, is_poisoning=is_poisoning)


def _shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"
