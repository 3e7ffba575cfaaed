"""Wording: the same event in the words of somebody else. Templates by channel; the facts are never changed here."""

from models.messages.report import Facts
from models.vocabulary import Channel
from streams.simulator.draws import Draws
from streams.simulator.plot import Plot

_TITLE_CHARACTERS = 200
_EXCERPT_CHARACTERS = 90
_COUNTED = {"deaths": "死亡{}人", "missing": "失踪{}人", "injured": "受伤{}人", "serious": "其中重伤{}人"}
_TRAPPED = "被困{}人"
_HEADLINES: dict[Channel, tuple[str, ...]] = {
    Channel.GRID: ("网格员报告：{kind}", "巡查发现{kind}，请核实处置"),
    Channel.POLICE: ("110接报：{kind}", "群众报警称发生{kind}"),
    Channel.FIRE: ("119接报：{kind}", "火警：{kind}，已派车"),
    Channel.MEDICAL: ("120接报：{kind}，需要救护", "急救呼叫：{kind}"),
    Channel.HOTLINE: ("12345来电：市民反映{kind}", "市民来电反映附近发生{kind}"),
    Channel.SENSOR: ("感知设备报警：疑似{kind}",),
    Channel.DEPARTMENT: ("部门报送：{kind}情况", "关于{kind}的报告"),
    Channel.MEDIA: ("媒体报道：{kind}", "【快讯】{kind}"),
    Channel.OTHER: ("来源不明的消息：{kind}",),
}
_OPENINGS: dict[Channel, str] = {
    Channel.GRID: "我在{place}，现场情况：",
    Channel.POLICE: "报警人称在{place}，",
    Channel.FIRE: "接警地点{place}，报警人描述：",
    Channel.MEDICAL: "呼叫地点{place}，",
    Channel.HOTLINE: "市民称在{place}附近看到：",
    Channel.SENSOR: "设备位于{place}。",
    Channel.DEPARTMENT: "据{place}上报，",
    Channel.MEDIA: "记者从{place}获悉，",
    Channel.OTHER: "网友称{place}：",
}


def counted_zh(facts: Facts) -> str:
    """The totals in words: 死亡3人，受伤12人. Empty when none is known."""
    parts = [words.format(n) for name, words in _COUNTED.items() if (n := getattr(facts, name))]
    if facts.trapped:
        parts.append(_TRAPPED.format(facts.trapped))
    return "，".join(parts)


def headline(plot: Plot, channel: Channel, draws: Draws) -> str:
    """A headline of the channel's own."""
    return _shortened(
        draws.pick("headline", _HEADLINES[channel]).format(kind=plot.kind_zh), _TITLE_CHARACTERS
    )


def retold(plot: Plot, channel: Channel, facts: Facts, draws: Draws) -> str:
    """The event as this channel tells it: its own opening, an excerpt or the gist, and the totals it heard of."""
    gist = _excerpt(plot.text) if draws.happens("quotes", 0.5) else f"发生{plot.kind_zh}"
    heard = counted_zh(facts)
    told = _OPENINGS[channel].format(place=plot.site.name_zh) + gist
    return told + (f"。据称{heard}。" if heard else "。伤亡情况不详。")


def followed_up(plot: Plot, number: int, facts: Facts) -> str:
    """续报: what is known by now; it does not repeat the beginning."""
    return f"续报{number - 1}：{plot.kind_zh}，截至目前{counted_zh(facts) or '未发现人员伤亡'}，现场处置正在进行。"


def finished(plot: Plot, facts: Facts) -> str:
    """终报: the event, its totals, and that the scene was handed over."""
    return (
        f"终报：{plot.kind_zh}处置完毕，{counted_zh(facts) or '无人员伤亡'}，现场已移交，后续工作由属地跟进。"
    )


def denied(plot: Plot) -> str:
    """A second source went there and found nothing."""
    return f"经现场核查，{plot.site.name_zh}未发生{plot.kind_zh}，所传信息不实。"


def _excerpt(text: str) -> str:
    first = text.split("。", 1)[0]
    return _shortened(first, _EXCERPT_CHARACTERS)


def _shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"
