"""Casualties in the manner of reports and news: several facts at once, titles, breakdowns, other people around."""

import pytest

from models.categories import Category
from tests.unit.workflows.understanding.reading import read, words

TOLD: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("", "伤亡情况：死亡2人，重伤1人，轻伤3人。", {"deaths": 2, "injured": 4, "serious": 1}),
    (
        "",
        "已造成2人死亡、5人受伤（其中重伤1人）、3人失联，转移安置群众312户1045人。",
        {"deaths": 2, "injured": 5, "serious": 1, "missing": 3, "evacuated": 1045},
    ),
    (
        "",
        "滑坡造成5人被困，已救出3人，其中1人抢救无效死亡，仍有2人失联。",
        {"trapped": 2, "deaths": 1, "missing": 2},
    ),
    ("", "截至19时，已搜救出7人，其中2人死亡，5人送医救治。", {"deaths": 2, "injured": 5}),
    ("幼儿园门口爆炸1死3伤", "爆炸致1死3伤。", {"deaths": 1, "injured": 3}),
    ("", "事故造成1人死亡，多人受伤。", {"deaths": 1}),
    ("", "一辆大巴车与一辆货车相撞，大巴车上12人受伤，货车司机死亡。", {"injured": 12, "deaths": 1}),
    ("", "事故造成货车司机当场死亡，车上2名乘客受伤。", {"deaths": 1, "injured": 2}),
    ("", "昨晚的火灾造成一家五口3死2伤。", {"deaths": 3, "injured": 2}),
    ("", "5名学生落水，3人获救，2人溺亡。", {"deaths": 2}),
    (
        "",
        "截至11日18时，地震共造成181人死亡，其中云南179人、四川2人，1.1万人受伤。",
        {"deaths": 181, "injured": 11000},
    ),
    ("", "地震造成死亡人数已上升到2.5万人以上。", {"deaths": 25000}),
    ("", "印尼地震已致超过4600人死亡", {"deaths": 4600}),
    ("", "两列火车相撞，造成至少20人死亡，另有近60人受伤。", {"deaths": 20, "injured": 60}),
    ("", "炸弹袭击造成13人丧生，包括3名警察，另有40人受伤。", {"deaths": 13, "injured": 40}),
    ("", "自杀式袭击者引爆炸弹，造成8人死亡，21人受伤。", {"deaths": 8, "injured": 21}),
    ("", "一名自杀式袭击者和6名平民死亡。", {"deaths": 6}),
    ("", "警方与枪手交火，打死两名枪手，3名警察受伤。", {"injured": 3}),
    ("", "据医院方面说，医院收治了35名伤者，其中8人伤势严重。", {"injured": 35, "serious": 8}),
    ("", "医院共接收伤员26名，目前2人已出院。", {"injured": 26}),
    ("", "受伤的15人中，有3人伤势危重。", {"injured": 15, "serious": 3}),
    ("", "车上34名乘客中有9人遇难。", {"deaths": 9}),
    ("", "全车28人全部遇难。", {"deaths": 28}),
    ("", "机上162人无一生还。", {"deaths": 162}),
    ("", "造成3人不同程度烧伤，伤者已送往医院，无生命危险。", {"injured": 3}),
    ("", "3名伤者均无生命危险。", {"injured": 3}),
    ("", "目前5名伤者病情稳定。", {"injured": 5}),
    ("", "3人受轻微擦伤。", {"injured": 3}),
    ("", "司机受轻伤。", {"injured": 1}),
    ("", "司机和副驾驶均受伤。", {"injured": 2}),
    ("", "男子被卡驾驶室，消防员破拆救出。", {"trapped": 0}),
    ("", "事发时，室内有3人，所幸及时逃生。", {}),
    ("", "轿车内4人全部死亡。", {"deaths": 4}),
    ("", "大火造成36头猪死亡。", {}),
    ("", "3头牛被烧死。", {}),
    ("", "200只鸡死亡。", {}),
    ("", "两辆车受损严重。", {}),
    ("", "有3名消防员在灭火时牺牲。", {"deaths": 3}),
    ("", "38岁的李某当场死亡，其妻子受重伤。", {"deaths": 1, "injured": 1, "serious": 1}),
    ("", "一死三伤，伤者情况稳定。", {"deaths": 1, "injured": 3}),
    ("火灾致7人死亡", "火灾致7人死亡", {"deaths": 7}),
    ("7人死亡", "造成7人死亡。7名死者均为外来务工人员。", {"deaths": 7}),
    ("", "2人死亡，2人受伤。死者一男一女，伤者已送医。", {"deaths": 2, "injured": 2}),
    ("", "死者分别为52岁的张某和48岁的李某。", {"deaths": 2}),
    ("", "爆炸发生时有120人在工厂内，40多人被埋在废墟下。", {"trapped": 40}),
    (
        "",
        "塌方造成隧道内9名工人被困，截至记者发稿时，已有4人获救，1人死亡，还有4人被困。",
        {"trapped": 4, "deaths": 1},
    ),
    ("", "救援人员已成功救出被困矿工12名，仍有3名矿工被困井下。", {"trapped": 3}),
    ("", "79名学生食物中毒，其中5人病情较重。", {"injured": 79, "serious": 5}),
    ("", "全国共报告5起事故，死亡18人。", {"deaths": 18}),
    ("", "今年以来，全市共发生火灾300起，死亡12人，受伤25人。", {}),
    ("", "男子酒后纵火，烧死3人后自首。", {"deaths": 3}),
    ("", "3名男子持刀砍伤5人。", {"injured": 5}),
    ("", "两名男子持刀行凶，致2死4伤。", {"deaths": 2, "injured": 4}),
    ("", "嫌疑人砍死1人、砍伤3人后被当场击毙。", {"deaths": 1, "injured": 3}),
    ("", "造成12名平民和3名士兵死亡。", {"deaths": 15}),
    ("学校疑似食物中毒", "共有46人（其中儿童12人）出现呕吐、腹泻症状。", {"injured": 46}),
    (
        "疑似食物中毒",
        "102名学生就餐后出现恶心、呕吐等症状，68人住院治疗，目前已有50人出院。",
        {"injured": 102},
    ),
    ("食物中毒", "就餐的300人中，有57人先后出现腹痛腹泻症状。", {"injured": 57}),
    ("", "9人食物中毒，2人死亡。", {"injured": 9, "deaths": 2}),
    ("", "一家四口误食毒蘑菇中毒，两人不治身亡。", {"injured": 4, "deaths": 2}),
    ("", "震区共有3.5万人受灾，倒塌房屋120间，死亡大牲畜35头。", {"affected": 35000}),
    ("", "受影响人口约20万。", {"affected": 200000}),
    (
        "",
        "紧急疏散周边居民2000余人，无人员伤亡。",
        {"evacuated": 2000, "deaths": 0, "injured": 0, "serious": 0},
    ),
    ("", "消防员共疏散被困群众23人。", {"evacuated": 23}),
    ("", "110接报，有人跳楼。", {}),
    ("", "120急救车将3名伤者送医。", {"injured": 3}),
    ("", "120名群众受伤。", {"injured": 120}),
    ("", "12人死亡、失踪。", {}),
    ("", "造成23人死亡失踪。", {}),
    ("", "5人伤亡。", {}),
    ("", "死伤30余人。", {}),
    ("", "一人受伤严重，一人伤势较轻。", {"injured": 2, "serious": 1}),
    ("", "造成5死13伤，13名伤者中3人伤势较重，10人为轻伤。", {"deaths": 5, "injured": 13, "serious": 3}),
    ("", "3名重伤员已转院。", {"serious": 3, "injured": 3}),
    ("", "目前医院还有重伤员4人。", {"serious": 4, "injured": 4}),
    ("", "重症监护室内有2名患者。", {"injured": 2}),
    ("", "事故发生时，张先生驾车载着3人回家，不料与货车相撞，张先生受伤。", {"injured": 1}),
    ("", "事故原因是一辆载有10人的面包车失控，10人均受伤。", {"injured": 10}),
    ("", "官方公布的死亡人数是87。", {"deaths": 87}),
    ("", "目前已知有四人遇难。", {"deaths": 4}),
    ("", "已有4人证实死亡。", {"deaths": 4}),
    ("", "证实有四人罹难，六人下落不明。", {"deaths": 4, "missing": 6}),
    ("", "有2人没有找到。", {}),
    ("", "仍有7人未找到。", {"missing": 7}),
    ("", "车内人员3死1重伤。", {"deaths": 3, "injured": 1, "serious": 1}),
    ("", "2死1重伤3轻伤。", {"deaths": 2, "injured": 4, "serious": 1}),
    ("", "死2重伤1轻伤3。", {"deaths": 2, "injured": 4, "serious": 1}),
    ("", "死3人，重伤1人。", {"deaths": 3, "injured": 1, "serious": 1}),
    ("", "1人因伤势过重死亡。", {"deaths": 1}),
    ("", "4名乘客轻伤，驾驶员安然无恙。", {"injured": 4}),
    ("", "3人受伤入院，经检查并无大碍。", {"injured": 3}),
    ("", "死者家属3人受伤。", {"injured": 3}),
)


@pytest.mark.parametrize(("title", "text", "facts"), TOLD)
def test_told_facts_are_read_and_nothing_else(title: str, text: str, facts: dict[str, int]) -> None:
    """Whatever else the words speak of, exactly the stated totals are found."""
    assert read(text, title) == facts


def test_title_is_read_like_the_text_and_not_added() -> None:
    """A figure that the text repeats is one figure; a title alone is enough."""
    assert read("事故造成7人死亡、3人受伤。", "客车坠河致7死3伤") == {"deaths": 7, "injured": 3}
    assert read("", "客车坠河致7死3伤") == {"deaths": 7, "injured": 3}


def test_full_width_figures_keep_the_words_as_written() -> None:
    """The span shows what was written, also where it was read in another form."""
    assert words("造成１２人死亡。", "deaths") == ("１２人死亡",)


def test_every_part_of_a_sum_has_its_span() -> None:
    """A sum rests on each of its parts."""
    assert words("2人当场死亡，另1人送医后死亡。", "deaths") == ("2人当场死亡", "1人送医后死亡")
    assert words("造成2人重伤、6人轻伤。", "injured") == ("2人重伤", "6人轻伤")


def test_who_died_of_the_hurt_is_shown_beside_them() -> None:
    """Two hurt out of three rest on both figures."""
    assert words("3人受伤，其中1人死亡。", "injured") == ("3人受伤", "1人死亡")


def test_denial_has_the_span_of_its_words() -> None:
    """A zero can be pointed at."""
    assert words("所幸无人员伤亡。", "deaths") == ("无人员伤亡",)


@pytest.mark.parametrize(
    ("text", "injured"),
    [
        ("74名学生陆续出现呕吐症状，其中1人死亡。", 74),
        ("百余人集体食物中毒，一名妇女经医治无效死亡，目前还有29人住院观察。", 100),
        ("21人用餐后，下午有6人出现腹泻症状，送院治疗。", 6),
    ],
)
def test_everybody_affected_by_bad_food_is_hurt(text: str, injured: int) -> None:
    """Where food poisoned people, all with symptoms count, the dead too when they were counted in."""
    assert read(text, category=Category.FOOD_POISONING)["injured"] == injured


def test_symptoms_alone_are_no_injury_elsewhere() -> None:
    """After a quake, being unwell is not being hurt."""
    assert read("震后有5名市民感到头晕不适。", category=Category.EARTHQUAKE) == {}


@pytest.mark.parametrize(
    "text", ["", "。", "，，、", "死", "3", "3人", "死亡", "其中", "（（（", "由人上升", "死亡人数由"]
)
def test_scraps_are_read_as_nothing(text: str) -> None:
    """Words without a figure, and figures without a word, give no fact."""
    assert read(text, text) == {}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("震后有数百人受伤。据最新统计，地震造成267人受伤。", {"injured": 267}),
        ("地震造成267人受伤，另有数百人受伤送医。", {"injured": 567}),
        ("8名留院观察的学生情绪稳定，尚未出现人员死亡。", {"injured": 8, "deaths": 0}),
        ("车上3名乘客没有受伤。", {}),
        ("车上5人未受伤，司机死亡。", {"deaths": 1}),
        ("老人与外孙双双溺亡。", {"deaths": 2}),
        ("行人被撞成重伤，当晚行人死亡。", {"deaths": 1}),
        ("受伤人数为5年来最高。", {}),
        ("死亡人数在3年内下降了一半。", {}),
        ("两车相撞，3人死亡。今年2月，该县另一路段发生车祸，造成9人死亡。", {"deaths": 3}),
        ("两车相撞，3人死亡。3月，一辆客车在附近翻车，造成5人死亡。", {"deaths": 3}),
        ("车上4名某某研究院的工作人员及1名司机受伤。", {"injured": 5}),
    ],
)
def test_what_was_once_read_wrong_is_read_right(text: str, facts: dict[str, int]) -> None:
    """Vague beside exact, denied, unharmed, twofold, told twice, measured in years, of another month."""
    assert read(text) == facts


def test_space_in_a_title_parts_it() -> None:
    """A title's space ends what its words can reach."""
    assert read("", "地震19人受伤 紧急转移群众9496人") == {"injured": 19, "evacuated": 9496}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("4名学生死亡，100多名学生受伤。", {"deaths": 4, "injured": 100}),
        ("2名医生死亡。", {"deaths": 2}),
        ("5名学生还在住院。", {"injured": 5}),
        ("该死者为男性，32岁。", {}),
        ("发生一起特重大事故，2人死亡。", {"deaths": 2}),
        ("若车辆闯入，将使数百人丧生。", {}),
        ("两车司机均受重伤。", {"injured": 2, "serious": 2}),
        ("20余人受伤，其中一辆客车被撞毁，5人当场死亡。", {"injured": 20, "deaths": 5}),
        ("20余人受伤。其中一辆客车损毁严重，5人当场死亡。", {"injured": 20, "deaths": 5}),
        ("3人不治疗就离开了。", {}),
        ("2人软组织挫伤。", {"injured": 2}),
    ],
)
def test_words_at_the_seam_of_others_are_not_taken(text: str, facts: dict[str, int]) -> None:
    """学生死亡 holds no 生死, 该死者 no 该死, 学生还在 no 生还; what is feared is not said."""
    assert read(text) == facts


def test_sentence_without_end_is_read_in_pieces() -> None:
    """A report of commas alone still gives its figures, wherever in it they stand."""
    before, after = "水位上涨，" * 200, "道路中断，" * 200
    assert read(f"{before}3人死亡，{after}") == {"deaths": 3}
    assert read(f"{before}{after}共12人受伤") == {"injured": 12}


def test_headline_run_into_the_text_is_not_added() -> None:
    """The same figures caused twice in one sentence are the headline, said again."""
    assert read("客车坠河致7死3伤 昨日一辆客车坠河，造成7人死亡、3人受伤。") == {"deaths": 7, "injured": 3}
    assert read("轿车上2人死亡，货车上2人死亡。") == {"deaths": 4}


CLASSES: tuple[tuple[str, str, dict[str, int]], ...] = (
    (
        "",
        "客车坠崖，6人遇难，另有9人在医院救治，其中4人伤势危重。",
        {"deaths": 6, "injured": 9, "serious": 4},
    ),
    ("", "小车追尾，陈女士被安全带勒住，只是额头擦伤。", {"injured": 1}),
    ("", "货车撞上山体，司机被救出并送往医院，经检查右腿骨折。", {"injured": 1}),
    ("", "车子撞上护栏，吴女士额头被划开一道口子，在医院缝了七针。", {"injured": 1}),
    (
        "",
        "5名伤者中，一名老人经抢救无效死亡，另四人伤情稳定。",
        {"deaths": 1, "injured": 4},
    ),
    (
        "",
        "事故造成3人死亡，30人受伤。受伤人员中，危重4人，较重6人，其余为轻伤。",
        {"deaths": 3, "injured": 30, "serious": 10},
    ),
    ("", "爆炸造成6人死亡。死者中2人为犯罪嫌疑人，4人为群众。", {"deaths": 4}),
    ("", "枪击共有9人死亡，其中包括开枪的枪手，11人受伤。", {"deaths": 8, "injured": 11}),
    (
        "",
        "当日通报7人死亡、6人受伤。次日，一名重伤员抢救无效死亡，目前仍有5人住院治疗。",
        {"injured": 5},
    ),
    (
        "",
        "三名工人被埋。昨晚挖出一名工人的遗体，另外两人仍下落不明。",
        {"deaths": 1, "missing": 2, "trapped": 0},
    ),
    ("", "地震遇难人数206人，已从废墟中救出被压埋群众1700多人。", {"deaths": 206}),
    ("药酒夺命 四位酒友两人身亡", "昨晚四人喝药酒，两人在医院死亡。", {"deaths": 2}),
    (
        "",
        "车上4人受伤送医，其中1人因伤势过重死亡，另有1人仍未脱离危险。",
        {"deaths": 1, "injured": 3, "serious": 1},
    ),
    ("大火夺走祖孙三人性命", "", {"deaths": 3}),
    ("", "一名9岁女童被撞倒碾压，当场失去了呼吸。", {"deaths": 1}),
    ("", "地震的死亡人数8日晚上升到289人，100人伤势严重。", {"deaths": 289, "serious": 100}),
)


@pytest.mark.parametrize(("title", "text", "facts"), CLASSES)
def test_shares_and_people_without_a_number_are_told_apart(
    title: str, text: str, facts: dict[str, int]
) -> None:
    """Parts of a number, people who are described, and those who did it are counted as the labels mean."""
    found = read(text, title)
    assert {fact: found.get(fact) for fact in facts} == facts
