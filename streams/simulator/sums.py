"""Sums: totals in the words of somebody who has them from the scene: 死亡3人、受伤12人, or 2人当场死亡，另有1人….

Every form says exactly the totals that it is given, and none that is unknown. Must never enter: which totals are true.
"""

from collections.abc import Callable

from models.messages.report import Facts
from streams.simulator.draws import Draws

_DIGITS = "零一二三四五六七八九"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_WAN = 10_000
_MOST_IN_WORDS = 99
_ROUND = 10  # a round number from here on is said to be about that many

# A writer puts either the harm first or the number: 死亡3人、受伤12人, or 3人死亡、12人受伤.
_Forms = tuple[tuple[str, ...], tuple[str, ...]]
_DEAD: _Forms = (("死亡{}人", "已死亡{}人"), ("{}人死亡", "{}人遇难", "已致{}人死亡", "造成{}人死亡"))
_DEAD_IN_TWO = ("{}人当场死亡，另有{}人送医后死亡", "{}人当场死亡，{}人经抢救无效死亡")
_MISSING: _Forms = (("失踪{}人",), ("{}人失踪", "{}人下落不明", "{}人失联"))
_INJURED: _Forms = (("受伤{}人",), ("{}人受伤", "{}人不同程度受伤", "{}人受伤送医"))
_ILL: _Forms = (("中毒{}人",), ("{}人中毒", "{}人中毒送医", "{}人出现中毒症状"))
_SERIOUS: _Forms = (("其中重伤{}人",), ("其中{}人重伤", "其中{}人伤势严重"))
_SERIOUS_ONLY: _Forms = (("重伤{}人",), ("{}人重伤",))
_TRAPPED: _Forms = (("被困{}人",), ("{}人被困", "仍有{}人被困"))
_LOSS = ("直接经济损失约{}", "初步估计直接经济损失{}", "直接经济损失{}")
_BURNT = ("过火面积约{}公顷", "过火面积{}公顷")
_NOBODY = ("暂无人员伤亡", "无人员伤亡", "未发现人员伤亡", "没有人员伤亡")


def totals_zh(facts: Facts, draws: Draws, *, is_approximate: bool = False, is_poisoning: bool = False) -> str:
    """The totals in words; empty when none is known. Whoever is hurt by food is poisoned."""
    said = _Said(facts, draws, is_approximate, _ILL if is_poisoning else _INJURED)
    people = [part for tell in _PEOPLE if (part := tell(said))]
    told = draws.pick("between totals", ("，", "，", "、")).join(people)
    # A loss after 、 would be read as part of what stands behind 其中.
    return "，".join(part for part in (told, _burnt(said), _loss(said)) if part)


def nobody_zh(draws: Draws) -> str:
    """That nobody was hurt."""
    return draws.pick("nobody", _NOBODY)


class _Said:
    """The totals with the chance that belongs to them."""

    def __init__(self, facts: Facts, draws: Draws, is_approximate: bool, hurt: _Forms) -> None:
        self.facts = facts
        self.hurt = hurt
        self.draws = draws
        self._is_approximate = is_approximate
        self._order = draws.between("order", 0, 1)
        self._style = draws.pick("numerals", ("digits", "digits", "digits", "words", "full width"))

    def count(self, number: int) -> str:
        """As this writer writes numbers; a round one is said to be about that many where nobody counted."""
        if self._is_approximate and number >= _ROUND and number % _ROUND == 0:
            return self.draws.pick(f"about {number}", ("约{}", "{}余", "{}多")).format(number)
        return self._written(number)

    def _written(self, number: int) -> str:
        if self._style == "words" and number <= _MOST_IN_WORDS:
            return _in_words(number)
        return str(number).translate(_FULL_WIDTH) if self._style == "full width" else str(number)

    @property
    def is_harm_first(self) -> bool:
        return self._order == 0

    def one_of(self, forms: _Forms, number: int | None) -> str:
        own = forms[self._order]
        return self.draws.pick(f"form {own[0]}", own).format(self.count(number)) if number else ""


def _dead(said: _Said) -> str:
    deaths = said.facts.deaths or 0
    if not said.is_harm_first and 1 < deaths < _ROUND and said.draws.happens("dead in two sums", 0.2):
        later = said.draws.between("dead later", 1, deaths - 1)
        form = said.draws.pick("form of two sums", _DEAD_IN_TWO)
        return form.format(said.count(deaths - later), said.count(later))
    return said.one_of(_DEAD, deaths)


def _injured(said: _Said) -> str:
    injured, serious = said.facts.injured, said.facts.serious
    if not injured:
        return said.one_of(_SERIOUS_ONLY, serious)
    hurt = said.one_of(said.hurt, injured)
    return f"{hurt}，{said.one_of(_SERIOUS, serious)}" if serious else hurt


def _burnt(said: _Said) -> str:
    hectares = said.facts.burnt_hectares
    return said.draws.pick("form of area", _BURNT).format(f"{hectares:g}") if hectares else ""


def _loss(said: _Said) -> str:
    yuan = said.facts.direct_loss_yuan
    return said.draws.pick("form of loss", _LOSS).format(f"{yuan / _WAN:g}万元") if yuan else ""


_PEOPLE: tuple[Callable[[_Said], str], ...] = (
    _dead,
    lambda said: said.one_of(_MISSING, said.facts.missing),
    _injured,
    lambda said: said.one_of(_TRAPPED, said.facts.trapped),
)


def _in_words(number: int) -> str:
    """1 to 99 in Chinese numerals, as they stand before a measure word."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return "两" if _DIGITS[ones] == "二" else _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
