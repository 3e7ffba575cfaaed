"""Numerals: a number as somebody writes it: 12, １２, 十二, 两, 300余, 近300, 120万元, 昨日9时许.

Must never enter: which number.
"""

from datetime import datetime, timedelta, timezone
from random import Random

_BEIJING = timezone(timedelta(hours=8))
_DIGITS = "零一二三四五六七八九"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_WAN, _YI = 10_000, 100_000_000


def count_zh(number: int, random: Random) -> str:
    """A count before a measure word."""
    style = random.random()
    if style < 0.62 or number >= _WAN:
        return str(number)
    if style < 0.68:
        return str(number).translate(_FULL_WIDTH)
    return "两" if number == 2 else numeral_zh(number)


def numeral_zh(number: int) -> str:
    """0 to 9999 in Chinese numerals."""
    told, has_gap = "", False
    for unit, name in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            told += ("零" if has_gap and told else "") + _DIGITS[digit] + name
            has_gap = False
        elif told:
            has_gap = True
    return told.removeprefix("一") if told.startswith("一十") else told or _DIGITS[0]


def about_zh(number: int, random: Random) -> tuple[str, int]:
    """A rounded count that says so, and the number that the words give."""
    unit = 10 ** max(len(str(number)) - (1 if number < 100 else 2), 0)
    down = max(number // unit * unit, 1)
    if down < 10:
        return f"约{number}", number
    form = random.choice(("约{}", "{}余", "{}多", "大概{}", "{}余", "近{}"))
    told = down + unit if form.startswith("近") else down
    return form.format(told), told


def yuan_zh(yuan: int, random: Random) -> str:
    """A sum of money to four digits."""
    if yuan >= _YI:
        return f"{yuan / _YI:g}亿元"
    if yuan >= _WAN:
        return f"{yuan / _WAN:g}{random.choice(('万元', '万元', '万'))}"
    return f"{yuan}元"


def clock_zh(moment: datetime, random: Random) -> str:
    """A time of this day."""
    at = moment.astimezone(_BEIJING)
    form = random.choice(("{h}时{m}分", "{h}时{m}分", "{h}点{m}分", "{h}:{m:02d}", "{h}时"))
    return form.format(h=at.hour, m=at.minute)


def time_zh(moment: datetime, told_at: datetime, random: Random) -> str:
    """When it happened, in the words of somebody who speaks at `told_at`."""
    minutes = round((told_at - moment).total_seconds() / 60)
    if random.random() < 0.5 or minutes < 0:
        return _by_the_clock(moment, random)
    if minutes <= 12:
        return random.choice(("刚刚", "刚才", "几分钟前", "才将", "就在刚才"))
    if minutes <= 50:
        return random.choice(
            (f"{round(minutes, -1) or 10}分钟前", "大概半小时前", "半个小时前", f"约{minutes}分钟前")
        )
    return random.choice(("一个多小时前", "个把小时前", _by_the_clock(moment, random)))


def _by_the_clock(moment: datetime, random: Random) -> str:
    at = moment.astimezone(_BEIJING)
    part = _part_of_day(at.hour)
    form = random.choice(
        (
            "今日{h}时{m}分",
            "今天{p}{k}点{m}分左右",
            "{h}时{m}分许",
            "{p}{k}点多",
            "今天{p}{k}点过",
            "{d}日{h}时许",
            "{h}:{m:02d}左右",
        )
    )
    return form.format(h=at.hour, m=at.minute, d=at.day, p=part, k=at.hour if at.hour <= 12 else at.hour - 12)


def _part_of_day(hour: int) -> str:
    for until, name in ((6, "凌晨"), (12, "上午"), (14, "中午"), (19, "下午"), (24, "晚上")):
        if hour < until:
            return name
    raise ValueError(f"{hour} is no hour")
