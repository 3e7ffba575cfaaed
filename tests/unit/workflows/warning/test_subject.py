"""What a warning is about, and that no code is invented for it."""

import pytest

from models.categories import Category
from models.vocabulary import Nature
from workflows.judgement.warning.subject import subject_of


@pytest.mark.parametrize(
    ("category", "title", "name_zh", "code"),
    [
        (Category.GEOLOGICAL, "涂山镇发生山体滑坡", "滑坡", "11D01"),
        (Category.GEOLOGICAL, "涂山镇滑坡引发泥石流", "地质灾害", None),
        (Category.GEOLOGICAL, "涂山镇山体垮塌", "地质灾害", None),
        (Category.WEATHER, "南坪遭遇雷雨大风", "雷雨大风", "11B20"),
        (Category.WEATHER, "南坪遭遇大风", "大风", "11B06"),
        (Category.FLOOD, "綦江突发山洪", "山洪", "11A51"),
        (Category.FOREST_FIRE, "缙云山森林火灾", "森林火灾", "11G01"),
        (Category.FOREST_FIRE, "森林草原火灾", "森林草原火灾", None),
        (Category.EARTHQUAKE, "荣昌有震感", "地震灾害", "11C02"),
        (Category.FIRE, "某处起火", "火灾事故", None),
        (Category.FOOD_POISONING, "学校多人腹泻", "食品安全事故", None),
    ],
)
def test_a_code_is_given_only_beyond_doubt(
    category: Category, title: str, name_zh: str, code: str | None
) -> None:
    """The title names exactly one thing that has a verified code, or the category has only one; else none."""
    subject = subject_of(category, Nature.EMERGENCY, title)
    assert (subject.name_zh, subject.code) == (name_zh, code)


def test_a_hazard_is_called_one() -> None:
    """The public is not told of a fire where there is the risk of one."""
    subject = subject_of(Category.FIRE, Nature.HAZARD, "楼道堆放杂物")
    assert (subject.name_zh, subject.name_en) == ("火灾事故隐患", "Fire hazard")
