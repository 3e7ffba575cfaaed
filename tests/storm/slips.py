"""Slips: what a hurried hand does to a sentence: a similar character, one too few or twice, marks gone or wrong.

Numbers are never touched: what a report states stays what its label says. Must never enter: the meaning.
"""

from random import Random

_SIMILAR = {
    one: other
    for pair in [
        "在再",
        "的得",
        "地的",
        "淹掩",
        "塌踏",
        "辆量",
        "燃然",
        "漏露",
        "坡破",
        "道到",
        "做作",
        "哪那",
        "堵赌",
        "滑划",
        "请情",
        "派排",
        "被背",
        "快块",
        "房防",
        "冲充",
        "涨胀",
        "泥呢",
        "砸杂",
        "墙强",
        "跑泡",
        "烟咽",
        "撞幢",
        "闻问",
        "味未",
        "晕昏",
        "吐土",
        "食时",
        "报抱",
        "警竟",
        "急级",
        "救旧",
        "现线",
        "场厂",
        "附付",
        "近进",
        "镇震",
        "村存",
        "街阶",
        "积集",
        "深申",
        "桥侨",
        "边变",
        "裂列",
        "缝逢",
        "震振",
        "断段",
        "停仃",
        "电店",
        "梯递",
        "持特",
        "刀刃",
        "伤商",
        "追椎",
        "尾委",
        "翻番",
        "车东",
        "困因",
        "人入",
        "已己",
        "未末",
        "员圆",
        "大太",
    ]
    for one, other in ((pair[0], pair[1]), (pair[1], pair[0]))
}
_KEPT = frozenset(
    "0123456789０１２３４５６７８９零一二三四五六七八九十百千万亿两半余多近约几数人死伤重失踪无没未点时分前日月年级"
)
_MARKS = {
    "，": ("", " ", ",", "、", "，，"),
    "。": ("", ".", "，", "！", "。。"),
    "：": (":", "，", " "),
    "！": ("", "!!", "。"),
}
_MOST_SLIPS = 3


def slipped(text: str, random: Random) -> str:
    """The sentence with one to three slips."""
    for _ in range(random.randint(1, _MOST_SLIPS)):
        text = _slip(text, random)
    return text


def _slip(text: str, random: Random) -> str:
    at = random.randrange(len(text))
    before, one, after = text[:at], text[at], text[at + 1 :]
    if one in _MARKS:
        return before + random.choice(_MARKS[one]) + after
    if one in _KEPT or not "一" <= one <= "龥":
        return text
    if one in _SIMILAR and random.random() < 0.7:
        return before + _SIMILAR[one] + after
    return before + random.choice(("", one + one)) + after if random.random() < 0.35 else text
