"""Phrases 用语: the Chinese beside the English of what `fenghuo explain` prints."""

from collections.abc import Mapping, Sequence

from models.messages.event import Actor
from models.understanding import Sensitivity, Span
from models.vocabulary import ActorKind, Level, WarningColour

LEVEL: Mapping[Level, str] = {
    Level.I: "I 特别重大",
    Level.II: "II 重大",
    Level.III: "III 较大",
    Level.IV: "IV 一般",
}
COLOUR: Mapping[WarningColour, str] = {
    WarningColour.RED: "red 红色",
    WarningColour.ORANGE: "orange 橙色",
    WarningColour.YELLOW: "yellow 黄色",
    WarningColour.BLUE: "blue 蓝色",
}
SENSITIVE: Mapping[Sensitivity, str] = {
    Sensitivity.TIME: "time 敏感时间",
    Sensitivity.PLACE: "place 敏感地点",
    Sensitivity.GROUP: "group 敏感人群",
    Sensitivity.NATURE: "nature 性质敏感",
}
_FACT_ZH = {
    "deaths": "死亡",
    "missing": "失踪",
    "serious": "重伤",
    "injured": "受伤",
    "trapped": "被困",
    "affected": "受灾",
    "evacuated": "转移",
    "direct_loss_yuan": "直接损失（元）",
    "magnitude": "震级",
    "burnt_hectares": "过火面积（公顷）",
}
_ACTOR = {
    ActorKind.RULE: "rule 规则",
    ActorKind.OFFICER: "officer 值班员",
    ActorKind.UNIT: "unit 单位",
    ActorKind.REPORTER: "reporter 报告人",
    ActorKind.CLOCK: "clock 时限",
}


def of_fact(name: str) -> str:
    """`deaths 死亡`; a name that has no Chinese stands alone."""
    return " ".join(filter(None, (name, _FACT_ZH.get(name))))


def of_actor(actor: Actor) -> str:
    """Who made it happen, with the id if there is one."""
    return " ".join(filter(None, (_ACTOR[actor.kind], actor.id)))


def of_number(value: float) -> str:
    """Whole numbers without a point, others as short as they are."""
    return f"{value:,.15g}"


def of_spans(spans: Sequence[Span]) -> str:
    """The words as they were written, and where they stand."""
    return ", ".join(f"「{span.words}」 {span.part.value} {span.start}-{span.end}" for span in spans)
