"""Amounts: loss, magnitude and burnt area, from words as they are written."""

import pytest

from workflows.judgement.understanding.amounts import amounts
from workflows.judgement.understanding.script import script_of


def read(text: str, title: str = "") -> dict[str, tuple[float, bool]]:
    """Value and whether it is approximate, by fact."""
    return {found.fact: (found.value, found.approximate) for found in amounts(script_of(title, text))}


@pytest.mark.parametrize(
    ("text", "yuan", "approximate"),
    [
        ("直接经济损失约1200万元", 12_000_000, True),
        ("直接经济损失999.9万元", 9_999_000, False),
        ("直接经济损失1,000万元", 10_000_000, False),
        ("直接经济损失1000万元", 10_000_000, False),
        ("直接经济损失９９９．９万元", 9_999_000, False),
        ("直接经济损失一千二百万元", 12_000_000, False),
        ("损失2000余元", 2000, True),
        ("造成经济损失达1亿多元人民币", 100_000_000, True),
        ("造成近百万元的经济损失", 950_000, True),
        ("造成800元损失", 800, False),
        ("火灾损失约3至5万元", 30_000, True),
        ("直接财产损失80.5万元", 805_000, False),
        ("直接经济损失3.5亿元，其中农业损失2亿元", 350_000_000, False),
        ("经济损失6000万元，直接经济损失5000万元", 50_000_000, False),
        ("初步统计损失100万元，最终核定损失130万元", 1_300_000, False),
        ("未造成人员伤亡和财产损失", 0, False),
    ],
)
def test_a_loss_is_read_in_yuan(text: str, yuan: int, approximate: bool) -> None:
    """万 and 亿 are multiplied out, direct losses outweigh others, parts of a total are left out, none is a zero."""
    assert read(text) == {"direct_loss_yuan": (yuan, approximate)}


@pytest.mark.parametrize(
    "text",
    ["损失500万美元", "损失300万欧元", "挽回经济损失300万元", "间接经济损失300万元", "获赔5万元", "月薪3000元",
     "尚无人员伤亡和财产损失报告", "损失正在统计", "投资2亿元的工厂起火"],
)  # fmt: skip
def test_other_money_is_no_loss(text: str) -> None:
    """Foreign money, what was saved or paid, and what nobody has counted yet give no figure."""
    assert read(text) == {}


@pytest.mark.parametrize(
    ("text", "magnitude"),
    [
        ("发生里氏7.1级地震", 7.1),
        ("发生里氏６．２级地震", 6.2),
        ("六点一级地震", 6.1),
        ("震级4.5，震源深度10公里", 4.5),
        ("发生M5.0地震", 5.0),
        ("8.0级强震", 8.0),
        ("发生5级地震", 5.0),
        ("发生7.1级地震，此后发生5.6级余震", 7.1),
        ("此后又发生5.6级余震", 5.6),
        ("先后发生4.9级地震和4.0级地震", 4.9),
        ("震级修订为6.2级，此前测定为6.0级地震", 6.2),
    ],
)
def test_the_main_shock_is_read(text: str, magnitude: float) -> None:
    """The main shock, not the one after it; a corrected figure replaces the first."""
    assert read(text) == {"magnitude": (magnitude, False)}


@pytest.mark.parametrize(
    "text",
    [
        "风力8级",
        "启动三级地震应急响应",
        "可能发生5级以上地震",
        "楼房可抗8级地震",
        "四级响应，地震局会商",
        "震感强烈",
    ],
)
def test_other_levels_are_no_magnitude(text: str) -> None:
    """Winds, responses and what a house withstands have levels too."""
    assert read(text) == {}


@pytest.mark.parametrize(
    ("text", "hectares", "approximate"),
    [
        ("过火面积约200亩", 13.3333, True),
        ("过火面积15亩", 1.0, False),
        ("烧毁林地30公顷", 30.0, False),
        ("过火面积2平方公里", 100.0 * 2, False),
        ("过火面积1200平方米", 0.12, False),
        ("约300亩山林过火", 20.0, True),
        ("过火面积200公顷，受害森林面积15公顷", 15.0, False),
        ("过火面积初步统计30公顷左右", 30.0, True),
    ],
)
def test_burnt_land_is_read_in_hectares(text: str, hectares: float, approximate: bool) -> None:
    """亩 and square kilometres become hectares; the wood that was ruined outweighs the area that fire passed over."""
    assert read(text) == {"burnt_hectares": (hectares, approximate)}


@pytest.mark.parametrize("text", ["占地8000平方米的厂房起火", "农田受灾300亩", "林场面积2000公顷"])
def test_other_land_did_not_burn(text: str) -> None:
    """How big a place is says nothing about what burnt."""
    assert read(text) == {}


def test_the_words_are_shown_as_written() -> None:
    """The span holds number and hedge in the characters of the report."""
    (found,) = amounts(script_of(None, "据统计，直接经济损失约１２００万元。"))
    assert [(s.words, s.start) for s in found.spans] == [("约１２００万元", 10)]


def test_the_text_outweighs_the_title() -> None:
    """A title rounds; of two equal statements the later one counts."""
    assert read("直接经济损失1180万元。", title="火灾直接经济损失超千万元") == {
        "direct_loss_yuan": (11_800_000, False)
    }
