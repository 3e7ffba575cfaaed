"""Casualties are read as reports state them: figures, sums, shares, later figures, denials, victims without number."""

import pytest

from tests.unit.workflows.understanding.reading import approximate, read

STATED: dict[str, dict[str, int]] = {
    "事故造成3人死亡。": {"deaths": 3},
    "事故造成三人死亡，五人受伤。": {"deaths": 3, "injured": 5},
    "造成3人死亡5人受伤": {"deaths": 3, "injured": 5},
    "造成死亡3人受伤5人": {"deaths": 3, "injured": 5},
    "两车相撞致3死5伤": {"deaths": 3, "injured": 5},
    "厂房坍塌，一死一伤。": {"deaths": 1, "injured": 1},
    "车祸致2人亡4人伤": {"deaths": 2, "injured": 4},
    "客车坠崖，死9人，伤12人。": {"deaths": 9, "injured": 12},
    "滑坡已造成死亡人数达到12人，失踪4人。": {"deaths": 12, "missing": 4},
    "遇难人数为32，另有5人下落不明。": {"deaths": 32, "missing": 5},
    "目前死亡人数：7，受伤人数：15": {"deaths": 7, "injured": 15},
    "两名工人在井下作业时窒息身亡。": {"deaths": 2},
    "１２名矿工遇难，３名矿工仍下落不明。": {"deaths": 12, "missing": 3},
    "4名乘客当场不幸身亡。": {"deaths": 4},
    "现场发现两具遗体。": {"deaths": 2},
    "救援人员先后搜寻出5具遇难者遗体。": {"deaths": 5},
    "洪水夺走6条生命。": {"deaths": 6},
    "爆炸中有8个人丧生。": {"deaths": 8},
    "房屋倒塌压死2人，压伤6人。": {"deaths": 2, "injured": 6},
    "轿车冲入人群，撞死一名老人，撞伤三名学生。": {"deaths": 1, "injured": 3},
    "大火烧死了4口人。": {"deaths": 4},
    "一家三口在火灾中遇难。": {"deaths": 3},
    "造成包括司机在内的三人当场死亡。": {"deaths": 3},
    "死者为两名女工。": {"deaths": 2},
    "一名60岁的男子在逃离时从三楼摔下，经抢救无效死亡。": {"deaths": 1},
    "有6名群众被埋，目前正在搜救。": {"trapped": 6},
    "山洪导致11人失联。": {"missing": 11},
    "渔船沉没，船上9人失踪。": {"missing": 9},
    "电梯故障，4人被困轿厢。": {"trapped": 4},
    "3名驾驶员被卡在驾驶室内。": {"trapped": 3},
    "暴雨致全县5.3万人受灾，紧急转移安置1200人。": {"affected": 53_000, "evacuated": 1200},
    "受灾人口12.6万人，转移群众3,400余人。": {"affected": 126_000, "evacuated": 3400},
    "现场疏散群众500人。": {"evacuated": 500},
    "楼内80余名住户被安全疏散。": {"evacuated": 80},
    "已有2000多名群众撤离到安全地带。": {"evacuated": 2000},
    "5人受伤，其中两人重伤。": {"injured": 5, "serious": 2},
    "5人受伤，其中2人伤势较重。": {"injured": 5, "serious": 2},
    "造成2人重伤、6人轻伤。": {"injured": 8, "serious": 2},
    "一人重伤，三人轻伤，均已送医。": {"injured": 4, "serious": 1},
    "4人受重伤。": {"injured": 4, "serious": 4},
    "7名伤者被送往医院，其中1名伤者生命垂危。": {"injured": 7, "serious": 1},
    "9名伤员中有2人尚未脱离生命危险。": {"injured": 9, "serious": 2},
    "21人受伤（其中重伤5人、轻伤16人）。": {"injured": 21, "serious": 5},
    "两人当场死亡，一人伤势严重。": {"deaths": 2, "injured": 1, "serious": 1},
    "3名学生一氧化碳中毒，已送医救治。": {"injured": 3},
    "车上6名乘客被送往医院救治。": {"injured": 6},
    "11人不同程度受伤。": {"injured": 11},
    "包括两名儿童在内的16人被烧伤。": {"injured": 16},
    "消防员从车内救出5名被困人员。": {},
}

SUMS: dict[str, dict[str, int]] = {
    "2人当场死亡，另1人送医后死亡。": {"deaths": 3},
    "造成1人当场死亡，3人送往医院途中死亡，2人受伤。": {"deaths": 4, "injured": 2},
    "一名男童当场死亡，一名少年送医后不治身亡，另有3人受伤。": {"deaths": 2, "injured": 3},
    "事故致两人当场死亡。一人经医院抢救无效死亡。": {"deaths": 3},
    "一名男子和两名女子当场死亡。": {"deaths": 3},
    "3名工人和2名消防员受伤。": {"injured": 5},
    "司机和两名乘客死亡。": {"deaths": 3},
    "轿车上1人死亡，货车上2人死亡。": {"deaths": 3},
    "1人重伤，另有3人受伤。": {"injured": 4, "serious": 1},
    "3人受伤，另有2名路人受伤。": {"injured": 5},
    "死亡5人：3人当场死亡，2人送医后死亡。": {"deaths": 5},
}

LATER: dict[str, dict[str, int]] = {
    "死亡人数由3人上升至5人。": {"deaths": 5},
    "死亡人数从12人增加到15人，伤者增至40人。": {"deaths": 15, "injured": 40},
    "昨日通报2人死亡。截至今日12时，死亡人数上升至6人。": {"deaths": 6},
    "事故已造成3人死亡。随后又有1名伤者不治，死亡人数升至4人。": {"deaths": 4},
    "初步统计8人死亡，更正为7人死亡。": {"deaths": 7},
    "失踪人数由9人降至4人。": {"missing": 4},
    "10人被困，已救出6人。": {"trapped": 4},
    "3人受伤，其中1人死亡。": {"deaths": 1, "injured": 2},
    "5名伤者中1人经抢救无效死亡。": {"deaths": 1, "injured": 4},
    "3名伤者经抢救无效全部死亡。": {"deaths": 3},
    "两人被困，消防员赶到后将被困人员全部救出。": {"trapped": 0},
    "6人被困电梯，目前均已获救。": {"trapped": 0},
    "矿井透水，12人被困，目前仍有5人被困。": {"trapped": 5},
    "一名女子被困车内，消防队员将其救出。": {"trapped": 0},
}

DENIED: dict[str, dict[str, int]] = {
    "事故没有造成人员伤亡。": {"deaths": 0, "injured": 0, "serious": 0},
    "所幸无人员伤亡。": {"deaths": 0, "injured": 0, "serious": 0},
    "火灾未造成人员伤亡和财产损失。": {"deaths": 0, "injured": 0, "serious": 0},
    "目前尚无人员伤亡报告。": {"deaths": 0, "injured": 0, "serious": 0},
    "暂未接到人员伤亡的报告。": {"deaths": 0, "injured": 0, "serious": 0},
    "截至发稿时，没有收到人员伤亡和房屋倒塌的报告。": {"deaths": 0, "injured": 0, "serious": 0},
    "现场无一人伤亡。": {"deaths": 0, "injured": 0, "serious": 0},
    "大火幸未造成人员伤亡。": {"deaths": 0, "injured": 0, "serious": 0},
    "本次地震未造成房屋倒塌和人员伤亡。": {"deaths": 0, "injured": 0, "serious": 0},
    "无人死亡，3人受伤。": {"deaths": 0, "injured": 3},
    "无人员被困。": {"trapped": 0},
    "无人员伤亡和被困。": {"deaths": 0, "injured": 0, "serious": 0, "trapped": 0},
    "事故造成1人轻伤，无人员死亡。": {"deaths": 0, "injured": 1},
    "除1人轻伤外，没有其他人员伤亡。": {"deaths": 0, "injured": 1, "serious": 0},
    "无证驾驶致3人死亡。": {"deaths": 3},
    "无牌面包车撞伤一人后逃逸。": {"injured": 1},
    "尚未统计出伤亡人数。": {},
    "伤亡情况不明。": {},
    "人员伤亡情况正在核实。": {},
    "失踪人员已全部找到。": {"missing": 0},
}

NOT_COUNTED: dict[str, dict[str, int]] = {
    "民警当场击毙3名歹徒，抓获1名。": {},
    "两名袭击者死亡，另有5名平民遇难。": {"deaths": 5},
    "4名武装分子被炸死，造成2名士兵受伤。": {"injured": 2},
    "去年该路段曾发生车祸，造成5人死亡。": {},
    "货车侧翻，1人受伤。此前该路段曾发生事故造成4人死亡。": {"injured": 1},
    "轿车追尾，2人轻伤。据统计，我市每年约有300人死于交通事故。": {"injured": 2},
    "近3年已有5名环卫工人死于车祸。": {},
    "2008年5月12日汶川发生地震，3人受伤。1976年唐山大地震造成24万人死亡。": {"injured": 3},
    "20名消防官兵赶赴现场。": {},
    "出动消防员45人、消防车9辆。": {},
    "5名民警赶到现场，发现伤者已死亡。": {},
    "3名目击者称有人受伤。": {},
    "车上载有23名乘客。": {},
    "司机张某，32岁，持C1驾照。": {},
    "G42高速1200公里处发生事故，拥堵5公里。": {},
    "8月12日14时30分，气温38度，过火面积500平方米。": {},
    "直接经济损失300万元，烧毁车辆12辆。": {},
    "12辆车连环相撞，3人受伤。": {"injured": 3},
    "死亡事故频发，要求各地3日内整改。": {},
    "确保不发生人员伤亡。": {},
    "若不及时处置，可能造成100人以上死亡。": {},
    "35名群众获救。": {},
    "13岁男孩骑车上路。": {},
    "警方悬赏5万元。": {},
    "家属获赔死亡赔偿金60万元。": {},
    "30余户居民断电，2000平方米厂房烧毁。": {},
    "核载6人、实载9人的面包车侧翻，致2人死亡。": {"deaths": 2},
    "载19人的客车翻车，死亡5人，受伤6人。": {"deaths": 5, "injured": 6},
    "一辆五人座轿车撞上护栏，1人受伤。": {"injured": 1},
    "第一名被困人员被救出。": {},
    "3名犯罪嫌疑人已被抓获，造成4人受伤的案件告破。": {"injured": 4},
}

UNNUMBERED: dict[str, dict[str, int]] = {
    "司机当场死亡。": {"deaths": 1},
    "一环卫工被撞身亡。": {"deaths": 1},
    "致行人李某当场死亡。": {"deaths": 1},
    "夫妻双双身亡。": {"deaths": 2},
    "母子俩不幸遇难。": {"deaths": 2},
    "女主人和两岁的孩子遇难。": {"deaths": 2},
    "货车司机受重伤，已送医。": {"serious": 1, "injured": 1},
    "轿车撞伤了骑自行车的13岁男孩。": {"injured": 1},
    "一名男子坠楼身亡。": {"deaths": 1},
    "王某被撞成重伤，经抢救无效死亡。": {"deaths": 1},
    "司机侥幸没有受伤。": {},
    "一名女子被困车内。": {"trapped": 1},
    "死亡的女子今年32岁。": {"deaths": 1},
    "嫌疑人随后自杀身亡。": {},
    "老人被困火场。": {"trapped": 1},
}

VAGUE: dict[str, dict[str, int]] = {
    "十余人受伤。": {"injured": 12},
    "近百人受伤。": {"injured": 95},
    "数十人死亡。": {"deaths": 30},
    "20多人死亡。": {"deaths": 20},
    "约40人被困。": {"trapped": 40},
    "至少7人死亡。": {"deaths": 7},
    "死亡人数超过300人。": {"deaths": 300},
    "3至5人被困。": {"trapped": 3},
    "30人左右受伤。": {"injured": 30},
    "受伤人数已经超过数百。": {"injured": 300},
    "上百人中毒。": {"injured": 100},
    "有两三个人受伤。": {"injured": 2},
}


def _cases(*tables: dict[str, dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
    return [case for table in tables for case in table.items()]


@pytest.mark.parametrize(("text", "facts"), _cases(STATED))
def test_stated_figures_are_read_and_nothing_else(text: str, facts: dict[str, int]) -> None:
    """Whatever stands before or after its word, a figure is read; a fact that is not stated is absent."""
    assert read(text) == facts


@pytest.mark.parametrize(("text", "facts"), _cases(SUMS))
def test_parts_add_up(text: str, facts: dict[str, int]) -> None:
    """What one sentence says of several victims is added, a breakdown of what was said is not."""
    assert read(text) == facts


@pytest.mark.parametrize(("text", "facts"), _cases(LATER))
def test_later_state_holds(text: str, facts: dict[str, int]) -> None:
    """A later figure replaces an earlier one; who was freed is not trapped, who died is not hurt."""
    assert read(text) == facts


@pytest.mark.parametrize(("text", "facts"), _cases(DENIED))
def test_denial_is_a_zero_and_silence_is_absent(text: str, facts: dict[str, int]) -> None:
    """That nobody was harmed is stated; a figure wins over it; what is not known yet is no denial."""
    assert read(text) == facts


@pytest.mark.parametrize(("text", "facts"), _cases(NOT_COUNTED))
def test_others_and_other_things_are_not_counted(text: str, facts: dict[str, int]) -> None:
    """Perpetrators, rescuers, old events, statistics, fears, ages, vehicles, roads and money are no casualties."""
    assert read(text) == facts


@pytest.mark.parametrize(("text", "facts"), _cases(UNNUMBERED))
def test_victim_without_number_counts_one_and_a_pair_two(text: str, facts: dict[str, int]) -> None:
    """A single victim or a pair is read from the noun."""
    assert read(text) == facts


@pytest.mark.parametrize(("text", "facts"), _cases(VAGUE))
def test_vague_figure_has_its_value_and_says_that_it_is_vague(text: str, facts: dict[str, int]) -> None:
    """Vague figures are read by the conventions of the labels and marked."""
    assert read(text) == facts
    assert approximate(text) == dict.fromkeys(facts, True)
