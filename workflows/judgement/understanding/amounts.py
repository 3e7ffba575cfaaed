"""Amounts: the direct loss in yuan, the magnitude, and the area burnt, as the words state them.

For: numbers with a unit of money, shock or land. Must never enter: people (`casualties`) and how a number is written
(`numerals`). A unit alone says nothing: a loss stands beside 损失, an area beside 过火;
wind has levels (级) too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from models.understanding import FactFound, Part
from workflows.judgement.understanding.numerals import BEGINS_NUMBER, NUMBER, Number, number_at
from workflows.judgement.understanding.script import Script

_PARTS: Final = (Part.TITLE, Part.TEXT)
_REACH: Final = 24  # characters before an amount in which its clause is looked at

_YUAN: Final = re.compile(rf"{BEGINS_NUMBER}(?P<number>{NUMBER})\s?(?:元|块钱)")
_LOSS_BEFORE: Final = re.compile(
    r"(?P<no>间接|挽回|避免|减少|挽救)?(?P<direct>直接)?(?P<kind>经济|财产)?损失(?!补偿|赔偿)[^,，。；;]{0,12}$"
)
_LOSS_AFTER: Final = re.compile(
    r"(?:人民币)?(?:的|左右的?|以上的?)?(?P<no>间接)?(?P<direct>直接)?(?P<kind>经济|财产)?损失"
)
_NO_LOSS: Final = re.compile(
    r"(?:无|未造成|没有造成|没有|并未造成)(?:任何)?(?:人员伤亡(?:和|及|或|、|以及|与))?(?:任何)?(?:直接)?(?:经济|财产)损失"
    r"(?!的?(?:报告|报道|消息|统计|情况|数据|记录))"
)
_YUAN_AT_MOST: Final = 10**15

_MAGNITUDE: Final = re.compile(
    rf"(?:(?=[里震修更订调上下M])|{BEGINS_NUMBER})(?:"
    rf"里氏(?:震级)?\s?(?P<richter>{NUMBER})\s?级?"
    rf"|震级(?P<mended>(?:已)?(?:被)?(?:修订|更正|修正|订正|调整|上调|下调)[为至到])?[为是约达:：]?(?:里氏|M[sSwWlL]?)?\s?(?P<scale>{NUMBER})"
    rf"|(?P<mended2>(?:修订|更正|修正|订正|调整|上调|下调)[为至到])?(?P<shock>{NUMBER})\s?级(?:左右)?(?:的)?(?:[浅强大中小深]源?)?(?:[余地强大]+震|有感地震|破坏性地震)"
    rf"|(?<![A-Za-z])M[sSwWlL]?\s?(?P<letter>[0-9]\.[0-9]))"
)
_NO_SHOCK_BEFORE: Final = re.compile(r"(?:抗|抵御|承受|可能发生|再发生|设防)[^,，。；;]{0,4}$")
_NO_SHOCK_AFTER: Final = re.compile(r"以上|(?:灾害)?(?:应急|响应|预案)")
_AFTERSHOCK_BEFORE: Final = re.compile(r"余震[^,，。；;]{0,10}$")
_MAGNITUDE_AT_MOST: Final = 10

_LAND: Final = re.compile(
    rf"{BEGINS_NUMBER}(?P<number>{NUMBER})\s?(?P<unit>公顷|亩|平方公里|平方千米|平方米|平米|hm2|km2)(?P<left>左右|以上)?"
)
_HECTARES: Final[Mapping[str, float]] = {
    "公顷": 1.0,
    "hm2": 1.0,
    "亩": 1 / 15,
    "平方公里": 100.0,
    "平方千米": 100.0,
    "km2": 100.0,
    "平方米": 0.0001,
    "平米": 0.0001,
}
_LAND_UNITS: Final = ("亩", "公顷", "平方", "平米", "m2")
_BURNT_BEFORE: Final = re.compile(
    r"(?:(?P<ruined>受害(?:森林|草原)|(?:森林|草原)受害)|过火|火烧|烧毁|烧掉|烧过|烧光|焚毁|燃烧|烧着|火场|着火)[^,，。；;]{0,12}$"
)
_BURNT_AFTER: Final = re.compile(r"的?[^,，。；;]{0,8}?(?:被烧|过火|被毁|烧毁|受害|被焚|被大火|烧光)")
_HECTARES_AT_MOST: Final = 10**8


@dataclass(frozen=True, slots=True)
class _Stated:
    """One statement of an amount; of several the weightiest counts, of equals the latest."""

    weight: int
    part: Part
    number: Number
    value: int | float


def amounts(script: Script) -> tuple[FactFound, ...]:
    """Direct loss (yuan), magnitude and burnt area (hectares), each at most once; absent when nothing states it."""
    losses = [found for part in _PARTS for found in _losses(script.plain(part), part)]
    shocks = [found for part in _PARTS for found in _shocks(script.plain(part), part)]
    areas = [found for part in _PARTS for found in _areas(script.plain(part), part)]
    stated = {"direct_loss_yuan": losses, "magnitude": shocks, "burnt_hectares": areas}
    return tuple(_fact(script, name, found) for name, found in stated.items() if found)


def _fact(script: Script, name: str, found: list[_Stated]) -> FactFound:
    chosen = max(reversed(found), key=lambda one: one.weight)
    number = chosen.number
    span = script.span(chosen.part, number.start, number.end)
    return FactFound(fact=name, value=chosen.value, approximate=number.approximate, spans=(span,))


def _losses(plain: str, part: Part) -> Iterator[_Stated]:
    """直接经济损失 outweighs 经济损失 and that plain 损失; a part of it (其中) does not count."""
    if "损失" not in plain:
        return
    for match in _NO_LOSS.finditer(plain):
        yield _Stated(1, part, Number(0, False, match.start(), match.end()), 0)
    for match in _YUAN.finditer(plain) if "元" in plain or "块钱" in plain else ():
        number = number_at(plain, match.start("number"), match.end("number"))
        if number is None:
            continue
        said = _LOSS_AFTER.match(plain, match.end()) or _LOSS_BEFORE.search(
            plain, max(0, number.start - _REACH), number.start
        )
        value = round(number.value)
        if said and not said["no"] and value <= _YUAN_AT_MOST and not _is_a_part(plain, number):
            whole = number._replace(end=match.end())
            yield _Stated(3 if said["direct"] else 2 if said["kind"] else 1, part, whole, value)


def _is_a_part(plain: str, number: Number) -> bool:
    """其中农业损失2000万元 is in the total already."""
    clause = max(plain.rfind(mark, 0, number.start) for mark in ",，。；;\n")
    return plain.startswith("其中", clause + 1)


def _shocks(plain: str, part: Part) -> Iterator[_Stated]:
    """A corrected magnitude outweighs the main shock first named, and that an aftershock."""
    if "震" not in plain and "里氏" not in plain:
        return
    first = True
    for match in _MAGNITUDE.finditer(plain):
        group = next(name for name in ("richter", "scale", "shock", "letter") if match[name])
        number = _magnitude(plain, match, group)
        if number is None or _NO_SHOCK_BEFORE.search(plain, max(0, match.start() - _REACH), match.start()):
            continue
        if _NO_SHOCK_AFTER.match(plain, match.end()):
            continue
        after = "余震" in match[0] or _AFTERSHOCK_BEFORE.search(
            plain, max(0, match.start() - _REACH), match.start()
        )
        mended = match["mended"] or match["mended2"]
        weight = 1 if after else 4 if mended else 3 if first else 2
        first = first and bool(after)
        whole = number._replace(end=number.end + plain.startswith("级", number.end))
        yield _Stated(weight, part, whole, float(number.value))


def _magnitude(plain: str, match: re.Match[str], group: str) -> Number | None:
    if group == "letter":
        return Number(float(match[group]), False, match.start(group), match.end(group))
    number = number_at(plain, match.start(group), match.end(group))
    return number if number and 0 <= number.value <= _MAGNITUDE_AT_MOST else None


def _areas(plain: str, part: Part) -> Iterator[_Stated]:
    """The area of wood that was ruined outweighs the area that the fire passed over."""
    if ("烧" not in plain and "火" not in plain) or not any(unit in plain for unit in _LAND_UNITS):
        return
    for match in _LAND.finditer(plain):
        number = number_at(plain, match.start("number"), match.end("number"))
        if number is None:
            continue
        before = _BURNT_BEFORE.search(plain, max(0, number.start - _REACH), number.start)
        hectares = round(number.value * _HECTARES[match["unit"]], 4)
        if hectares > _HECTARES_AT_MOST or not (before or _BURNT_AFTER.match(plain, match.end())):
            continue
        approximate = number.approximate or match["left"] is not None
        found = Number(number.value, approximate, number.start, match.end())
        yield _Stated(2 if before and before["ruined"] else 1, part, found, hectares)
