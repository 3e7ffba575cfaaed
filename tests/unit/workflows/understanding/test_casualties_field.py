"""Casualties in the manner of the field: short reports of grid workers, duty officers and rescuers."""

import pytest

from tests.unit.workflows.understanding.reading import read

FIELD: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("", "地震死亡3人，受伤9人。", {"deaths": 3, "injured": 9}),
    ("", "踩踏死亡5人。", {"deaths": 5}),
    ("", "触电死亡1人。", {"deaths": 1}),
    ("", "爆炸伤亡20人。", {}),
    ("", "造成严重伤亡。", {}),
    ("", "爆炸伤者共12人。", {"injured": 12}),
    ("", "事故致死亡人数升至6人。", {"deaths": 6}),
    ("", "2人被压死，3人被压伤。", {"deaths": 2, "injured": 3}),
    ("", "3名伤员被转移到市医院。", {"injured": 3}),
    ("", "智利当局8日将地震死亡人数从802人下调至497人。", {"deaths": 497}),
    ("", "被埋的4人已全部找到，其中3人死亡。", {"deaths": 3, "trapped": 0}),
    ("", "5人被困受伤。", {"trapped": 5, "injured": 5}),
    ("", "失火时屋内有4人，2人逃出，2人被烧死。", {"deaths": 2}),
    ("", "有2人当场被撞身亡，1人被撞成重伤。", {"deaths": 2, "serious": 1, "injured": 1}),
    ("", "据报，现场1死2伤，请求支援！", {"deaths": 1, "injured": 2}),
    ("", "现场有人员被困，数量不详。", {}),
    ("", "现场有多人受伤。", {}),
    ("", "有老人被困5楼。", {"trapped": 1}),
    ("", "6楼着火，2人被困6楼阳台。", {"trapped": 2}),
    ("", "河水上涨，滨江路3户12人被困。", {"trapped": 12}),
    ("", "已转移3个村共计860人。", {"evacuated": 860}),
    ("", "转移群众236户、815人。", {"evacuated": 815}),
    ("", "已组织避险转移1,250人。", {"evacuated": 1250}),
    (
        "",
        "全镇受灾人口4300人，紧急避险转移人口560人，无伤亡。",
        {"affected": 4300, "evacuated": 560, "deaths": 0, "injured": 0, "serious": 0},
    ),
    ("", "倒塌房屋3户8间，压埋2人，已救出1人（轻伤），另1人正在搜救。", {"trapped": 1}),
    (
        "",
        "初步核查：死亡1人、失踪2人、受伤4人（重伤1人）。",
        {"deaths": 1, "missing": 2, "injured": 4, "serious": 1},
    ),
    ("", "伤3人，均为轻伤。", {"injured": 3}),
    ("", "续报：新增1人死亡，累计死亡4人，受伤9人。", {"deaths": 4, "injured": 9}),
    ("", "死亡人数更正为2人。", {"deaths": 2}),
    ("", "经核实，无人员伤亡，之前报告的3人被困系误报。", {"deaths": 0, "injured": 0, "serious": 0}),
    ("", "目前3人失联，正在全力搜救。", {"missing": 3}),
    ("", "孩子找到了，平安无事。", {}),
    (
        "",
        "火势较大，周边150名群众已疏散，暂无人员伤亡。",
        {"evacuated": 150, "deaths": 0, "injured": 0, "serious": 0},
    ),
    ("", "危化品泄漏，疏散半径500米内居民约2000人，3名工人中毒送医。", {"evacuated": 2000, "injured": 3}),
    ("", "一氧化碳中毒，一家三口昏迷送医。", {"injured": 3}),
    ("", "天然气爆炸，5人烧伤，其中2人全身大面积烧伤，伤势危重。", {"injured": 5, "serious": 2}),
    ("", "山火致2名扑火队员牺牲。", {"deaths": 2}),
    ("", "船只侧翻，14人落水，10人获救，4人失踪。", {"missing": 4}),
    ("", "群众聚集约200人，无人受伤。", {"injured": 0, "serious": 0}),
    ("", "发生斗殴，3人受伤，2名嫌疑人被控制。", {"injured": 3}),
    ("", "小学发生疑似诺如病毒感染，36名学生出现呕吐症状，无重症。", {}),
    ("", "民警3人受轻微伤。", {"injured": 3}),
    ("", "一名群众被落石砸中受伤。", {"injured": 1}),
    ("", "塔吊倒塌，砸死1人砸伤2人。", {"deaths": 1, "injured": 2}),
    ("", "老人摔倒受伤，已送医院。", {"injured": 1}),
    ("", "2人轻伤，已包扎，无生命危险。", {"injured": 2}),
    ("", "两车刮擦，无人受伤，已自行协商。", {"injured": 0, "serious": 0}),
    ("", "交通事故，一人腿部骨折。", {"injured": 1}),
    ("", "电梯困人，3人被困，已于15时20分救出。", {"trapped": 0}),
    ("", "3人被困电梯，已成功救出，均无大碍。", {"trapped": 0}),
    ("", "养殖场3000只鸡被淹死。", {}),
    ("", "损失12万余元，受灾面积300亩。", {}),
    ("", "道路中断，15辆车被困。", {}),
    ("", "40余辆车被堵，约120名旅客滞留。", {}),
    ("", "游客张某等5人被困山中。", {"trapped": 5}),
    ("", "12名驴友失联10小时后全部安全找到。", {"missing": 0}),
)


@pytest.mark.parametrize(("title", "text", "facts"), FIELD)
def test_field_report_is_read_to_exactly_its_totals(title: str, text: str, facts: dict[str, int]) -> None:
    """Short forms, follow-ups and corrections give their totals and nothing else."""
    assert read(text, title) == facts
