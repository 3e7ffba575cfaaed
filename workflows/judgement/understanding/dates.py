"""Dates: expressions of day and clock in plain text, and the moment that each means as seen from a report.

For: finding and resolving (昨日凌晨2时许, 8月5日中午2点10分, 上周五). Must never enter: which of them tells when the
event happened (`times`). Clocks are Beijing time, moments UTC. The beginnings of the parts of a day are ours.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, NamedTuple

BEIJING: Final = timezone(timedelta(hours=8))

_DIGITS: Final = {sign: str(digit) for digit, sign in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "两": "2",
}
_N: Final = r"(?:[0-9]{1,2}|[〇零○一二两三四五六七八九十]{1,3})"
_YEAR: Final = r"(?:19|20)[0-9]{2}|[一二][〇零○一二三四五六七八九]{3}"
# When each part of the day begins; whether its small hours count from noon on.
_PARTS: Final = {
    "凌晨": (0, False),
    "清晨": (5, False),
    "早晨": (5, False),
    "早上": (5, False),
    "晨": (5, False),
    "早": (5, False),
    "上午": (8, False),
    "中午": (11, True),
    "正午": (12, True),
    "午后": (12, True),
    "下午": (13, True),
    "傍晚": (17, True),
    "晚上": (18, True),
    "晚间": (18, True),
    "晚": (18, True),
    "夜间": (20, True),
    "夜里": (20, True),
    "夜": (20, True),
    "深夜": (22, True),
    "半夜": (23, True),
    "午夜": (23, True),
}
_PART: Final = "|".join(sorted(_PARTS, key=len, reverse=True))
_NOON: Final = 12
_HOURS: Final = 24
_MINUTES: Final = 60
_SMALL_HOURS: Final = 5  # 昨夜2时 is after midnight
_REST: Final = rf"""
    (?:\s?[(（](?:即)?(?:(?P<month2>{_N})月)?(?P<day2>{_N})[日号][)）])?
    (?:[,，\s]?(?:当地时间|北京时间)?(?P<part>{_PART}))?
    (?:[,，\s]?(?P<hour>{_N})(?:时(?![间候期代])|点钟?(?![0-9一二三四五六七八九]级)|(?P<colon>[:：])(?=[0-9]{{2}}))
       (?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_N})分(?:{_N}秒)?|(?P<minute_bare>[0-9]{{2}})(?![0-9])|整)?)?
    (?P<about>许|左右|前后|过|多)?
"""
_AT: Final = r"(?<![0-9一二三四五六七八九十.])"
_NO_DAY: Final = r"(?![内间游均产常报历照本元报志])"  # 3日内, 日报: no day of a month
_EXPRESSION: Final = re.compile(
    rf"""
    (?:
      {_AT}(?:(?P<year>{_YEAR})年\s?)?(?P<month>{_N})月\s?(?P<day>{_N})[日号]
    | {_AT}(?P<year_iso>(?:19|20)[0-9]{{2}})[-/.](?P<month_iso>[0-9]{{1,2}})[-/.](?P<day_iso>[0-9]{{1,2}})
      (?![0-9.])
    | {_AT}(?P<day_only>{_N})(?:日{_NO_DAY}|号(?={_PART}|{_N}[时点]))
    | (?<![目之日以此先年月提事])(?P<relative>[今昨前当])(?:[日天]{_NO_DAY}|(?={_PART}))
    | (?P<week>上上|上|本|这|)(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![年期到至、])
    | {_AT}(?P<ago>{_N}|半)(?P<ago_unit>天|个?多?小时|分钟)(?:之)?前(?![，,]?后)
    | (?=(?:{_PART}){_N}[时点:：]                                # a clock alone: its day was named before
        |{_AT}(?<!第){_N}时(?:{_N}分|许|左右)
        |(?<![0-9:：.])[0-9]{{1,2}}[:：][0-9]{{2}}(?![0-9:：]))
    )
    {_REST}
    """,
    re.VERBOSE,
)
# Where an expression may begin; found first, since the whole pattern is slow to fail.
_BEGINS: Final = re.compile(
    r"(?=[0-9〇零○一二两三四五六七八九十今昨前当周星礼凌清早上本这中正午下傍晚深夜半])(?:"
    r"[0-9〇零○一二两三四五六七八九十]{1,4}[年月日号时点:：\-/.天个小分]|[今昨前当](?=[日天晚晨早夜凌清上中下傍])"
    r"|[周星礼凌清早上本这中正午下傍晚深夜半](?=[上周星期礼拜晨午晚间夜里小个0-9〇零○一二两三四五六七八九十日天]))"
)
# 11月23日电, 3月12日南昌讯: the day of writing.
DATELINE: Final = re.compile(
    r"[^，。,;；]{0,5}?(?:电(?![话力站动视子器杆缆线梯网])|讯(?!问)|消息|报道|信息)|[\s]*[(（]?记者"
)
_WEEKDAYS: Final = {sign: day for day, sign in enumerate("一二三四五六日")} | {"天": 6}
_BACK: Final = {"今": 0, "昨": 1, "前": 2}
_WEEKS_BACK: Final = {"上": 1, "上上": 2}
_EARLIEST: Final = datetime(
    1990, 1, 1, tzinfo=UTC
)  # of `models.messages.fields.Moment`; before it is history
_NAMES_A_DAY: Final = ("day", "day_iso", "day_only", "relative", "weekday", "day2", "ago")
_YEARS_BACK: Final = {"今年": 0, "去年": 1, "前年": 2}
_ALLOWED_AHEAD: Final = timedelta(hours=1)  # clocks differ: so little ahead of the report is at the report


class Expression(NamedTuple):
    """One expression, `start` to before `end`, and the moment it means. `exact`: a clock; `coarse`: only a day."""

    start: int
    end: int
    moment: datetime
    exact: bool
    coarse: bool


def expressions(plain: str, reported_at: datetime) -> Iterator[Expression]:
    """Every expression of the plain text that means a moment not after the report, left to right.

    A day of writing in the text is what 昨天 counts from. 当天 and bare clocks belong to the day named last, else to
    the day of the report. What is missing (year, month) is such that the moment is the latest possible one.
    """
    now = reported_at.astimezone(BEIJING)
    last_day = written = now
    for match in _matches(plain):
        day = _ago(match, now) if match["ago"] else _day(match, written, last_day)
        if day is None:
            continue
        if match["ago_unit"] and match["ago_unit"] != "天":
            yield Expression(match.start(), match.end(), day.astimezone(UTC), exact=True, coarse=False)
            continue
        moment = _at_clock(match, day)
        if moment is not None and moment > now:
            moment = _not_ahead(match, moment, now)
        if moment is not None and moment >= _EARLIEST:
            last_day = day
            coarse = match["hour"] is None and match["part"] is None
            if coarse and match["day"] and DATELINE.match(plain, match.end()):
                written = day
            yield Expression(
                match.start(),
                match.end(),
                moment.astimezone(UTC),
                exact=match["hour"] is not None,
                coarse=coarse,
            )


def _matches(plain: str) -> Iterator[re.Match[str]]:
    """The expressions of the text, none inside another."""
    begin = _BEGINS.search(plain)
    while begin is not None:
        match = _EXPRESSION.match(plain, begin.start())
        if match is not None and match.end() > match.start():
            yield match
            begin = _BEGINS.search(plain, match.end())
        else:
            begin = _BEGINS.search(plain, begin.start() + 1)


def _not_ahead(match: re.Match[str], moment: datetime, now: datetime) -> datetime | None:
    """What lies ahead of the report: today's part of the day has just begun, a bare clock was yesterday's."""
    is_vague = match["hour"] is None and moment.date() == now.date()
    if is_vague or moment - now <= _ALLOWED_AHEAD:
        return now
    if any(match[name] for name in _NAMES_A_DAY):
        return None
    return moment - timedelta(days=1) if moment - now <= timedelta(days=1) else None


def _ago(match: re.Match[str], now: datetime) -> datetime | None:
    amount = 0.5 if match["ago"] == "半" else _number(match["ago"])
    if amount is None:
        return None
    unit = match["ago_unit"]
    if unit == "天":
        return now - timedelta(days=amount)
    return now - (timedelta(minutes=amount) if unit == "分钟" else timedelta(hours=amount))


def _day(match: re.Match[str], now: datetime, last_day: datetime) -> datetime | None:
    """The day that is meant, at any clock; None when there is no such day."""
    if match["day2"]:
        return _latest(now, None, _number(match["month2"]), _number(match["day2"]))
    if match["day"]:
        year = _number(match["year"]) if match["year"] else _said_year(match, now)
        return _latest(now, year, _number(match["month"]), _number(match["day"]))
    if match["day_iso"]:
        return _latest(
            now, _number(match["year_iso"]), _number(match["month_iso"]), _number(match["day_iso"])
        )
    if match["day_only"]:
        return _latest(now, None, None, _number(match["day_only"]))
    if match["relative"]:
        back = _BACK.get(match["relative"])
        return last_day if back is None else now - timedelta(days=back)
    if match["weekday"]:
        return _weekday(match, now)
    return last_day


def _said_year(match: re.Match[str], now: datetime) -> int | None:
    """去年1月5日; None when no such word stands before the month."""
    back = _YEARS_BACK.get(match.string[max(0, match.start() - 2) : match.start()])
    return None if back is None else now.year - back


def _weekday(match: re.Match[str], now: datetime) -> datetime:
    day = now - timedelta(days=now.weekday() - _WEEKDAYS[match["weekday"]])
    weeks = _WEEKS_BACK.get(match["week"], 0)
    return day - timedelta(weeks=weeks) if weeks or day.date() <= now.date() else day - timedelta(weeks=1)


def _latest(now: datetime, year: int | None, month: int | None, day: int | None) -> datetime | None:
    """The latest such day not after today; None when the calendar has none."""
    if day is None:
        return None
    if year is not None:
        return _dated(now, year, month, day)
    if month is not None:
        return next(
            (d for y in (0, 1) if (d := _dated(now, now.year - y, month, day)) and d.date() <= now.date()),
            None,
        )
    for back in range(3):  # a month without this day is passed over
        of_year, of_month = divmod(now.year * 12 + now.month - 1 - back, 12)
        found = _dated(now, of_year, of_month + 1, day)
        if found and found.date() <= now.date():
            return found
    return None


def _dated(now: datetime, year: int, month: int | None, day: int) -> datetime | None:
    try:
        return now.replace(year=year, month=month or 0, day=day)
    except ValueError:
        return None


def _at_clock(match: re.Match[str], day: datetime) -> datetime | None:
    """The day at its clock, at the beginning of its part, or at its own beginning; None when no clock shows that."""
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    begins, from_noon = _PARTS[match["part"]] if match["part"] else (0, False)
    if match["hour"] is None:
        return midnight + timedelta(hours=begins)
    hour, minute = _number(match["hour"]), _minute(match)
    if hour is None or hour > _HOURS or minute is None or minute >= _MINUTES:
        return None
    if from_noon and hour <= _NOON:
        hour = _from_noon(match["part"], hour, begins)
    elif match["part"] == "凌晨" and hour == _NOON:
        hour = 0
    return midnight + timedelta(hours=hour, minutes=minute)


def _from_noon(part: str, hour: int, begins: int) -> int:
    """下午3点 is 15, 中午11点 is 11, 晚12点 and 深夜1点 are of the next day."""
    if hour == _NOON:
        return _HOURS if begins >= _PARTS["晚"][0] else hour
    if begins >= _PARTS["夜"][0] and hour < _SMALL_HOURS:
        return hour + _HOURS
    if part == "中午" and hour >= _PARTS["中午"][0]:
        return hour
    return hour + _NOON


def _minute(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] == "一" else 45
    words = match["minute"] or match["minute_bare"]
    return _number(words) if words else 0


def _number(words: str | None) -> int | None:
    """Up to two digits or Chinese signs (十二, 二十, 二〇一四); None for what is no number."""
    if words is None:
        return None
    if words.isdigit() and words.isascii():
        return int(words)
    if "十" in words:
        tens, _, ones = words.partition("十")
        if len(tens) > 1 or len(ones) > 1:
            return None
        return int(_DIGITS.get(tens, "1")) * 10 + int(_DIGITS.get(ones, "0"))
    return int("".join(_DIGITS[sign] for sign in words))
