"""Casualties of poisoned food: everybody affected is hurt, guests and staff who stayed well are not."""

import pytest

from models.categories import Category
from tests.unit.workflows.understanding.reading import read

FOOD: tuple[tuple[str, str, dict[str, int]], ...] = (
    (
        "某校学生食物中毒",
        "截至昨晚10时，中毒学生增至136人，其中3人病情较重，其余学生病情稳定。",
        {"injured": 136, "serious": 3},
    ),
    (
        "",
        "昨日中午，某公司120名员工在食堂就餐，下午陆续有人出现腹痛、腹泻，截至晚上8时，共有38人到医院就诊，其中12人住院治疗。",
        {"injured": 38},
    ),
    (
        "",
        "某幼儿园34名幼儿早餐后出现呕吐、腹痛等症状，其中28名幼儿经治疗后已回家，6名幼儿留院观察，无重症患者和死亡病例。",
        {"injured": 34},
    ),
    (
        "",
        "参加婚宴的300余名宾客中，有126人出现不同程度的中毒症状。目前，98人已治愈出院，28人仍在住院治疗。",
        {"injured": 126},
    ),
    (
        "",
        "9名民工误食亚硝酸盐中毒，经抢救，7人脱离危险，2人死亡。",
        {"injured": 9, "deaths": 2},
    ),
    (
        "",
        "一家6口吃野蘑菇中毒，3人死亡，另3人仍在重症监护室抢救。",
        {"deaths": 3, "serious": 3, "injured": 6},
    ),
    ("", "目前，医院共收治疑似食物中毒患者57例，无死亡病例。", {"injured": 57, "deaths": 0}),
    (
        "",
        "42名小学生饮用豆浆后出现头晕、恶心，被紧急送医，经治疗，41名学生已康复出院。",
        {"injured": 42},
    ),
    ("", "200余名学生发生食物中毒，经抢救全部脱离危险。", {"injured": 200}),
    ("食物中毒", "共有85名学生入院观察，其中12人症状较重。", {"injured": 85, "serious": 12}),
    ("", "某中学63名学生出现集体腹泻，41人仍在住院，其余22人已返校。", {"injured": 63}),
    ("", "截至昨天下午5时，中毒人数已上升到119人。", {"injured": 119}),
    ("", "中毒者达到96人，无人死亡。", {"injured": 96, "deaths": 0}),
    ("", "7名工人因食用野生蘑菇中毒，其中4人病危。", {"injured": 7, "serious": 4}),
    ("", "老人和两名孙子误食毒鼠强，老人不治身亡，两个孩子仍在抢救。", {"deaths": 1, "injured": 2}),
    ("疑似食物中毒", "2名儿童死亡，14名儿童住院。", {"deaths": 2, "injured": 14}),
    ("", "500名学生在食堂吃午饭，约80人出现不适。", {"injured": 80}),
    ("", "全校1200名学生中有近百名学生出现腹泻。", {"injured": 95}),
    ("食物中毒", "医生对30名患者进行了洗胃治疗。", {"injured": 30}),
    ("12名学生食物中毒", "病情最重的一名学生已转院。", {"injured": 12, "serious": 1}),
    ("食物中毒事件", "共诊治112人，住院47人，危重2人，无死亡。", {"injured": 112, "serious": 2, "deaths": 0}),
    ("学生疑似食物中毒", "截至目前，该校就诊学生达155人，其中留院观察23人。", {"injured": 155}),
)


@pytest.mark.parametrize(("title", "text", "facts"), FOOD)
def test_poisoning_counts_everybody_affected(title: str, text: str, facts: dict[str, int]) -> None:
    """Guests and staff are not affected; all who fell ill are, whether still in hospital or not."""
    assert read(text, title, Category.FOOD_POISONING) == facts
