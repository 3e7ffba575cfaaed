"""Sensitivity: words that are about the event, and words that take figures back."""

import pytest

from models.understanding import Part, Sensitivity
from workflows.judgement.understanding.script import script_of
from workflows.judgement.understanding.sensitivity import correction, sensitive

TIME, PLACE, GROUP, NATURE = Sensitivity.TIME, Sensitivity.PLACE, Sensitivity.GROUP, Sensitivity.NATURE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("国庆期间，景区索道故障，62人被困。", {(TIME, "国庆"), (PLACE, "景区")}),
        ("高考期间考点停电。", {(TIME, "高考")}),
        ("某小学食堂用餐后32名学生呕吐。", {(PLACE, "小学"), (GROUP, "学生")}),
        ("幼儿园发生坍塌。", {(PLACE, "幼儿园")}),
        ("养老院大火致22名老人遇难。", {(PLACE, "养老院"), (GROUP, "老人")}),
        ("区人民医院突发火灾。", {(PLACE, "医院")}),
        ("市第一医院发生电梯困人。", {(PLACE, "医院")}),
        ("地铁站台发生踩踏。", {(PLACE, "地铁站")}),
        ("百余人围堵政府门口。", {(NATURE, "围堵政府")}),
        ("约50人在区政府大楼前聚集讨薪。", {(PLACE, "政府大楼")}),
        ("3名外籍游客溺水。", {(GROUP, "外籍游客")}),
        ("液氨泄漏。", {(NATURE, "液氨")}),
        ("有人投毒。", {(NATURE, "投毒")}),
        ("厂房爆炸造成2人受伤。", {(NATURE, "爆炸")}),
    ],
)
def test_sensitive_words_are_found(text: str, expected: set[tuple[Sensitivity, str]]) -> None:
    """When, where, to whom and what: each word of the lists that the event itself is about."""
    assert {(found.kind, found.span.words) for found in sensitive(script_of(None, text))} == expected


@pytest.mark.parametrize(
    "text",
    [
        "两车相撞，伤员被送往区人民医院抢救。",
        "伤者正在医院接受治疗，已无生命危险。",
        "目前医院已收治12人。",
        "学校附近发生车祸。",
        "距离医院200米处发生车祸。",
        "清华大学教授介绍了滑坡的成因。",
        "国庆路发生追尾。",
        "永兴小学后面发生山体滑坡。",
        "风景区至昆明的高速公路上两车相撞。",
        "警方排除恐怖袭击。",
        "区政府高度重视，立即启动预案。",
        "一名学生路过时拍下了照片。",
        "疫情防控期间，社区组织体检。",
    ],
)
def test_words_about_something_else_are_not(text: str) -> None:
    """Where people are taken, what is near, what is ruled out and who answers make nothing sensitive."""
    assert sensitive(script_of(None, text)) == ()


def test_a_word_is_found_once_and_the_title_first() -> None:
    """A word that stands in title and text is shown where it stands first."""
    found = sensitive(script_of("小学食堂起火", "小学食堂起火，小学已放假。"))
    assert [(one.kind, one.span.part, one.span.start) for one in found] == [(PLACE, Part.TITLE, 0)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("更正：死亡人数应为3人。", "更正"),
        ("现订正如下。", "订正"),
        ("经核查，失踪人数核减2人。", "核减"),
        ("死亡人数由12人更新为10人。", "人数由12人更新为"),
        ("遇难人数下调至8人。", "人数下调至"),
        ("此前通报有误，实际受伤4人。", "此前通报有误"),
        ("该起火警系误报。", "误报"),
        ("经核实，实为2人受伤。", "经核实，实为"),
        ("伤员从15名调整为12名。", "从15名调整为12"),
    ],
)
def test_a_correction_is_seen(text: str, words: str) -> None:
    """Words that take back what was said before, shown as they stand."""
    found = correction(script_of(None, text))
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    "text",
    [
        "死亡3人。",
        "死亡人数由10人上升至12人。",
        "伤员从8人增至10人。",
        "从3月8日到5日。",
        "数据正在更新。",
        "",
        "由小变大",
    ],
)
def test_more_of_the_same_is_no_correction(text: str) -> None:
    """A figure that rises, or is just said, takes nothing back."""
    assert correction(script_of(None, text)) is None
