"""Numerals: number expressions in plain text, each with its value and where it stands.

For: every room that reads an amount (casualties, losses, magnitudes, areas, times). Must never enter: what is
counted; units and classifiers belong to the room that reads them. Text must be in plain form (`script_of`), so that
digits are ASCII. The values of vague numbers are those of the labelled corpus: 十余 is 12, 近百 95, 数十 30, N余 N.
"""

import re
from typing import Final, NamedTuple


class Number(NamedTuple):
    """One number: `start` to before `end` includes the hedges that touch it (约, 余, 左右).

    A range (3至5, 三五) gives its lower end as `value`, which is all that the words vouch for, and `upper`.
    """

    value: int | float
    approximate: bool
    start: int
    end: int
    upper: int | float | None = None


_DIGITS: Final = {sign: digit for digit, sign in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "几": 3,  # a vague number counts three: 数十 is 30, 几名 is 3
    "数": 3,
}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_MYRIADS: Final = {"万": 10_000, "亿": 100_000_000}

_SIGN: Final = "〇○零一二两三四五六七八九"
_UNIT: Final = "十百千万亿"
_MEASURE: Final = "级|[万亿度米吨元亩]|公里|千米|公顷|平方"
# Digits are taken whole (++) and from their first on: else a long run of them is tried in every cut there is.
_ARABIC: Final = (
    rf"(?<![0-9])[0-9]++(?:,[0-9]{{3}}(?![0-9]))*(?:\.[0-9]+)?(?:[余多几](?=[{_UNIT}]))?[{_UNIT}]*"
)
# 点 is a decimal point only before a measure (六点一级); otherwise it tells the time (下午三点一辆车).
_DECIMAL: Final = rf"[{_SIGN}十]+点[{_SIGN}]+(?={_MEASURE})[万亿]*"
# 数 and 几 are numbers only before a unit or a classifier (数十, 几名), else parts of words (数据, 几乎).
_CHINESE: Final = (
    rf"(?:[{_SIGN}{_UNIT}]|[数几](?=[{_UNIT}人名位个]))(?:[{_SIGN}{_UNIT}0]|[余多几](?=[{_UNIT}]))*"
)
_ONE: Final = rf"(?:{_ARABIC}(?:{_ARABIC})*|{_DECIMAL}|{_CHINESE}|[俩仨])"
_TO: Final = r"(?:至|到|-|~|—+|–|―)"
_SUFFIX: Final = r"(?:余|多(?![次起种])|几(?!乎)|来(?=[人名位个]))?(?:左右|上下)?"

BEGINS_NUMBER: Final = rf"(?=[0-9俩仨数几{_SIGN}{_UNIT}])"
"""Put before a pattern that begins with `NUMBER`: a search then passes over most characters at once."""

NUMBER: Final = rf"{_ONE}(?:{_TO}{_ONE})?{_SUFFIX}"
"""The pattern of a number expression without the hedge before it, for rooms that look for number and unit at once;
it has no groups. What it matches is read by `number_at`."""

_NUMBER: Final = re.compile(BEGINS_NUMBER + NUMBER)
_PARTS: Final = re.compile(rf"({_ONE})(?:{_TO}({_ONE}))?({_SUFFIX})")
_PIECES: Final = re.compile(r"[0-9]{2,}[0-9,]*(?:\.[0-9]+)?|[0-9]\.[0-9]+|[0-9],[0-9,.]*|.")
_VAGUE_AFTER: Final = re.compile(r"[余多几]")
_UNITS: Final = re.compile(rf"[{_UNIT}]")
_PAIR: Final = re.compile(r"([一二两三四五六七八九])([一二三四五六七八九])")
_HEDGE: Final = re.compile(
    r"(?:大约|约|(?<![最附临邻靠])近|将近|接近|至少|最少|起码|不少于|不低于|不下于?|超过?|超出|逾|突破|大概|估计|差不多)"
    r"(?:已?有|已|造成|达到?)?\Z"
)
_HEDGE_ENDS: Final = frozenset("约近少码于下超过出逾破概计多有已成达到")
_HEDGE_LENGTH: Final = 6
_BARE_HEDGES: Final = ("上", "过", "成")  # 上百, 过万: hedges only before a bare unit
_PAIR_APART: Final = 2  # 三五 and 七八 are ranges, 二九 is not
_NEAR_SHARE: Final = 0.95
# Written with digits, yet no number: G42, 2014-03-19, 12:30, 第3, 百分之五.
_CODE_BEFORE: Final = re.compile(r"(?:[第A-Za-z]|[0-9][-:：/.]|分之)\Z")
_CODE_ENDS: Final = frozenset("第：之")
_SHORT: Final = {str(value): value for value in range(100)} | {
    sign: value for sign, value in (_DIGITS | {"十": 10}).items() if sign not in "几数"
}
_NEARS: Final = ("近", "将近", "接近")


_LONGEST: Final = 24  # signs: what is longer counts nothing, and would not fit a number


def numbers(text: str) -> tuple[Number, ...]:
    """Every number of the plain text, left to right.

    Ordinals (第三), codes (G42), and dates and clock times written with signs (2014-3-19, 12:30) are left out.
    """
    found = (number_at(text, match.start(), match.end()) for match in _NUMBER.finditer(text))
    return tuple(number for number in found if number is not None)


def number_at(text: str, start: int, end: int) -> Number | None:
    """The number that `NUMBER` matched there, with the hedge before it; None when it is an ordinal or a code."""
    if end - start > _LONGEST or _is_code(text, start, end):
        return None
    hedge_start = _hedge_start(text, start)
    words = text[start:end]
    value = _SHORT.get(words)  # most numbers are a sign or two: nothing to take apart
    if value is not None:
        return Number(value, hedge_start < start, hedge_start, end)
    return _composed(text, start, end, hedge_start)


def _composed(text: str, start: int, end: int, hedge_start: int) -> Number | None:
    parts = _PARTS.match(text, start)
    if parts is None or parts.end() != end:
        return None
    low_words, high_words, suffix = parts.groups()
    bare = low_words[0] in "百千万亿"
    if bare and text[start - 1 : start] in _BARE_HEDGES:
        hedge_start = start - 1
    hedged = hedge_start < start or bool(suffix)
    if bare and not hedged and text[end : end + 1] not in ("人", "名"):
        return None  # a bare unit is a number only in 近百, 百余, 百人: elsewhere it is a name (万州, 百货)
    value, upper, vague = _value(low_words, high_words)
    if upper is not None and upper <= value:
        return None  # 2014-3, a telephone number
    if text.startswith(_NEARS, hedge_start):
        value = _nearly(value)
    if low_words == "十" and suffix[:1] in ("余", "多", "几", "来") and suffix:
        value = 12
    return Number(value, hedged or vague or bare or upper is not None, hedge_start, end, upper)


def _is_code(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    suspect = before in _CODE_ENDS or before.isascii()
    if suspect and _CODE_BEFORE.search(text, max(0, start - 2), start):
        return True
    return bool(after) and after in "-:：/" and text[end + 1 : end + 2].isdigit()


def _hedge_start(text: str, start: int) -> int:
    """Where the hedge before a number begins; `start` when there is none."""
    if start == 0 or text[start - 1] not in _HEDGE_ENDS:
        return start
    hedge = _HEDGE.search(text, max(0, start - _HEDGE_LENGTH), start)
    return hedge.start() if hedge else start


def _nearly(value: int | float) -> int | float:
    """近百 is 95; 近 before any other number takes nothing away."""
    rounded = str(value).rstrip("0") == "1" and value >= _TENS["百"]
    return int(value * _NEAR_SHARE) if rounded else value


def _value(low_words: str, high_words: str | None) -> tuple[int | float, int | float | None, bool]:
    """Lower end, upper end if it is a range, and whether the words themselves are vague."""
    vague = any(sign in low_words for sign in "数几余多")
    if high_words is not None:
        low, high = _amount(low_words), _amount(high_words)
        unit = high_words.lstrip("0123456789.,")
        if low < high and unit and not _UNITS.search(low_words):
            scaled = _amount(low_words + unit) if unit[0] in _UNIT else low
            low = scaled if scaled < high else low  # 3至5万 begins at 30,000
        return low, high, vague
    pair = _PAIR.search(low_words)
    if pair and (len(low_words) == len(pair[0]) or _UNITS.search(low_words)):
        first, second = sorted(pair.groups(), key=lambda sign: _DIGITS[sign])
        if 0 < _DIGITS[second] - _DIGITS[first] <= _PAIR_APART:
            low, high = (_amount(low_words.replace(pair[0], sign, 1)) for sign in (first, second))
            return low, high, True
    return _amount(low_words), None, vague


def _amount(words: str) -> int | float:
    """The value of one number without range: digits, Chinese signs and units in any mixture."""
    if "点" in words:
        whole, _, rest = words.partition("点")
        digits = rest.rstrip("万亿")
        value = float(f"{_amount(whole)}.{''.join(str(_DIGITS[sign]) for sign in digits)}")
        return _scaled(value, rest[len(digits) :])
    if not _UNITS.search(words) and not words[0].isdigit():
        return int("".join(str(_DIGITS.get(sign, sign)) for sign in words))  # 二〇〇八
    return _by_units(words)


def _scaled(value: float, units: str) -> int | float:
    for unit in units:
        value *= _MYRIADS[unit]
    return _whole(value)


def _whole(value: int | float) -> int | float:
    """1.1万 is 11,000 and not 11,000.000000000002."""
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded == int(rounded) else rounded


def _by_units(words: str) -> int | float:
    """Reads 一百零三, 1.2万, 1亿2000万: a section below ten thousand, carried over at each 万 and 亿."""
    total: int | float = 0
    section: int | float = 0
    digit: int | float | None = None
    last = 1
    for piece in _PIECES.findall(_without_vague(words)):
        if piece in _TENS:
            last = _TENS[piece]
            section, digit = section + (1 if digit is None else digit) * last, None
        elif piece in _MYRIADS:
            last = _MYRIADS[piece]
            below = total if piece == "亿" else 0  # 3万亿: all that was said so far
            below += section + (digit or 0)
            nothing_said = digit is None and not below
            total = (total if piece == "万" else 0) + (1 if nothing_said else below) * last
            section, digit = 0, None
        elif piece in _DIGITS:
            digit = _DIGITS[piece]
            last = last if digit else 1
        else:
            digit, last = float(piece.replace(",", "")), 1
    if digit and last >= _TENS["百"]:
        digit = digit * last / 10  # 三万五, 一百二
    return _whole(total + section + (digit or 0))


def _without_vague(words: str) -> str:
    """十余万 as 十二万, 二十几 as 二十, 几十 as 三十."""
    if words[0] == "十" and words[1:2] in ("余", "多", "几"):
        words = f"十二{words[2:]}"
    return words[0] + _VAGUE_AFTER.sub("", words[1:])
