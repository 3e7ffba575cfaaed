"""Subject 预警对象: what a warning is about, as precisely as is known beyond doubt.

A verified five-character code (`warning_codes.csv`) is given where the incident's title names exactly one thing of
its category that has a code, or the category has only one; most have none, and none is invented. The name goes into
the headline, so that the public reads 滑坡 and not 地质灾害 where it is one.
"""

from dataclasses import dataclass

from models.categories import Category, WarningCode, warning_codes
from models.vocabulary import Nature

_HAZARD_ZH, _HAZARD_EN = "隐患", " hazard"


@dataclass(frozen=True, slots=True)
class Subject:
    """Names of the event or hazard; `code` is None where no verified one fits beyond doubt."""

    name_zh: str
    name_en: str
    code: str | None


def subject_of(category: Category, nature: Nature, title: str) -> Subject:
    """What to call it. Never raises."""
    code = _code(category, title)
    is_hazard = nature is Nature.HAZARD
    named = _stem(code) if code is not None and _stem(code) in title else category.facts.name_zh
    return Subject(
        name_zh=named + (_HAZARD_ZH if is_hazard else ""),
        name_en=category.facts.name_en + (_HAZARD_EN if is_hazard else ""),
        code=None if code is None else code.code,
    )


def _code(category: Category, title: str) -> WarningCode | None:
    of_category = [code for code in warning_codes().values() if code.category is category]
    words = title.replace(category.facts.name_zh, "")  # 森林草原火灾 names no one of the two
    named = [code for code in of_category if _stem(code) in words]
    # 雷雨大风 is not 大风 as well.
    longest = [c for c in named if not any(c is not o and _stem(c) in _stem(o) for o in named)]
    if len(longest) == 1:
        return longest[0]
    return of_category[0] if len(of_category) == 1 else None


def _stem(code: WarningCode) -> str:
    return code.name_zh.removesuffix("灾害").removeprefix("境内").removeprefix("天然")
