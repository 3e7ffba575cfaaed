"""Wording 文字: what a message says, in Chinese and in English.

The Chinese text names all that a warning has to name at least (class, grade, start, area, validity, what to do, who
issues it); the templates are the rulebook's, the words around them ours. Names of places stay Chinese in English.
"""

from dataclasses import dataclass
from datetime import datetime

from models.messages.public_warning import EXERCISE_MARK_ZH
from models.vocabulary import Level, MessageType, Nature, WarningColour
from workflows.judgement.warning.draft import Draft, Ending
from workflows.judgement.warning.guidance import Guidance, guidance_for
from workflows.judgement.warning.identifier import BEIJING

_LEVEL_ZH = {Level.I: "特别重大", Level.II: "重大", Level.III: "较大", Level.IV: "一般"}
_COLOUR_ZH = {
    WarningColour.RED: "红色",
    WarningColour.ORANGE: "橙色",
    WarningColour.YELLOW: "黄色",
    WarningColour.BLUE: "蓝色",
}
_GRADE_ZH = {
    WarningColour.RED: "一级",
    WarningColour.ORANGE: "二级",
    WarningColour.YELLOW: "三级",
    WarningColour.BLUE: "四级",
}
_BEFORE_ZH = {MessageType.ALERT: "", MessageType.UPDATE: "更新：", MessageType.CANCEL: "解除："}
_BEFORE_EN = {MessageType.ALERT: "", MessageType.UPDATE: "Update. ", MessageType.CANCEL: "Cancelled. "}
_EXERCISE_MARK_EN = "EXERCISE. "
_ENDING_ZH = {
    Ending.FALSE: "经核实，情况不属实",
    Ending.CLOSED: "处置工作已经结束",
    Ending.MERGED: "已并入同一事件的预警，请以该预警为准",
    Ending.NO_COLOUR: "经研判，该类事件不发布预警",
}
_ENDING_EN = {
    Ending.FALSE: "The report proved false.",
    Ending.CLOSED: "The work on it is done.",
    Ending.MERGED: "It is part of another event, whose warning stands.",
    Ending.NO_COLOUR: "It is of a kind for which no warning is issued.",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What one language says; `language` as RFC 3066 writes it."""

    language: str
    event: str
    sender_name: str
    headline: str
    description: str
    instruction: str | None


def chinese(draft: Draft) -> Words:
    """The text that people read first."""
    blanks = _blanks(draft)
    texts = draft.rules.warning
    mark = EXERCISE_MARK_ZH if draft.incident.exercise else ""
    return Words(
        language="zh-CN",
        event=draft.subject.name_zh,
        sender_name=draft.issuer.name_zh,
        headline=mark + _BEFORE_ZH[draft.message_type] + texts.headline_zh.format(**blanks),
        description=mark + _told_zh(draft, blanks) + _minimum_zh(draft),
        instruction=_instruction_zh(draft),
    )


def english(draft: Draft) -> Words:
    """The same in English, shorter."""
    mark = _EXERCISE_MARK_EN if draft.incident.exercise else ""
    what = f"{draft.colour.value.capitalize()} warning: {draft.subject.name_en}, {draft.place_zh}"
    return Words(
        language="en-US",
        event=draft.subject.name_en,
        sender_name=draft.issuer.name_en,
        headline=mark + _BEFORE_EN[draft.message_type] + what,
        description=mark + _told_en(draft, what),
        instruction=None if draft.ending else _guidance(draft).instruction_en,
    )


def _blanks(draft: Draft) -> dict[str, str]:
    return {
        "place": draft.place_zh,
        "category": draft.subject.name_zh,
        "colour": _COLOUR_ZH[draft.colour],
        "level": _LEVEL_ZH[draft.incident.level],
    }


def _told_zh(draft: Draft, blanks: dict[str, str]) -> str:
    if draft.ending is None:
        return draft.rules.warning.description_zh.format(**blanks)
    return (
        f"{blanks['place']}{blanks['category']}{blanks['colour']}预警现予解除：{_ENDING_ZH[draft.ending]}。"
    )


def _minimum_zh(draft: Draft) -> str:
    parts = [
        f"类别：{draft.category.facts.category_class.name_zh}",
        f"预警级别：{_GRADE_ZH[draft.colour]}（{_COLOUR_ZH[draft.colour]}）",
        f"区域：{draft.place_zh}",
        f"{'解除' if draft.ending else '起始'}时间：{_time_zh(draft.now)}",
    ]
    if draft.ending is None:
        parts.append(f"有效期至：{_time_zh(draft.expires)}")
    return "；".join([*parts, f"发布单位：{draft.issuer.name_zh}"]) + "。"


def _instruction_zh(draft: Draft) -> str | None:
    """What to do about this kind of event, and what is said of every emergency."""
    if draft.ending is not None:
        return None
    is_emergency = draft.incident.nature is Nature.EMERGENCY
    general = draft.rules.warning.instruction_zh.format(**_blanks(draft)) if is_emergency else ""
    return _guidance(draft).instruction_zh + general


def _told_en(draft: Draft, what: str) -> str:
    by = f"Issued by {draft.issuer.name_en}."
    if draft.ending is not None:
        return f"{what}. {_ENDING_EN[draft.ending]} {by}"
    return f"{what}. In force from {_time_en(draft.now)} to {_time_en(draft.expires)}, Beijing time. {by}"


def _guidance(draft: Draft) -> Guidance:
    return guidance_for(draft.category, draft.incident.nature)


def _time_zh(moment: datetime) -> str:
    at = moment.astimezone(BEIJING)
    return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02}分"


def _time_en(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
