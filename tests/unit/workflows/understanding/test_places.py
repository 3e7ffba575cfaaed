"""Places: which areas of the city a report names, and when it speaks of somewhere else."""

from datetime import UTC, datetime

import pytest

from models.areas import area_tree
from models.understanding import Part, PlaceFound, Span
from workflows.judgement.understanding.places import places
from workflows.judgement.understanding.script import script_of

REPORTED_AT = datetime(2025, 6, 14, 8, tzinfo=UTC)


def read(text: str, title: str = "") -> tuple[tuple[PlaceFound, ...], Span | None]:
    """What is found in these words."""
    return places(script_of(title, text), REPORTED_AT)


def names(text: str, title: str = "") -> list[tuple[str, ...]]:
    """The full names, without the city's, of the codes of each place found."""
    found, outside = read(text, title)
    assert outside is None, f"taken for {outside}"
    tree = area_tree()
    return [tuple(tree.full_name_zh(code).removeprefix("重庆市") for code in one.area_codes) for one in found]


@pytest.mark.parametrize(
    "words",
    [
        "重庆市南岸区涂山镇",
        "重庆南岸区涂山镇",
        "南岸区涂山镇",
        "南岸涂山镇",
        "南岸涂山",
        "南岸区的涂山镇",
        "涂山镇",
        "涂山",
        "涂山镇福民路口",
        "南岸区涂山镇福民村3组",
        "南岸区涂山镇腾黄路123号",
    ],
)
def test_a_township_is_found_however_it_is_written(words: str) -> None:
    """Full, shortened, without suffix, with a road or community behind it: the same township."""
    assert names(f"今晨5时许，{words}发生一起火灾，无人员伤亡。") == [("南岸区涂山镇",)]


def test_the_span_holds_the_whole_name_as_written() -> None:
    """The words of the place are those of every name in it, full-width letters and all."""
    (found,), _ = read("在南岸区涂山镇福民社区发现险情。")
    assert found.span == Span(part=Part.TEXT, start=1, end=11, words="南岸区涂山镇福民社区")
    assert found.matched == "community named with its township"


def test_a_shared_name_stays_ambiguous() -> None:
    """白沙镇 lies in two districts: both codes, and it says so."""
    (found,), _ = read("白沙镇一养殖场发生火灾。")
    assert set(found.area_codes) == {"500116108", "500119107"}
    assert found.matched == "township named, 2 townships fit"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", "江津区白沙镇一养殖场发生火灾。"),
        ("江津养殖场火灾", "白沙镇一养殖场发生火灾。"),
        ("", "白沙镇一养殖场发生火灾，江津区消防救援支队赶到现场。"),
    ],
)
def test_a_district_anywhere_decides_between_shared_names(title: str, text: str) -> None:
    """The district may stand before the township, in the title, or behind in another part."""
    assert names(text, title)[0] == ("江津区白沙镇",)


def test_a_district_without_that_township_does_not_decide() -> None:
    """A lorry from 万州 says nothing about which 白沙镇 it is."""
    found = names("白沙镇发生车祸，肇事车辆系万州某运输公司所有。")
    assert found == [("江津区白沙镇", "南川区白沙镇")]


def test_a_community_decides_between_shared_townships() -> None:
    """Only one of the two 白沙镇 has 宝珠村, right behind it or further on."""
    assert names("白沙镇宝珠村后山滑坡。") == [("江津区白沙镇",)]
    assert names("白沙镇发生滑坡，宝珠村12户群众已撤离。") == [("江津区白沙镇",)]


def test_a_community_with_its_district_gives_the_township() -> None:
    """A village named behind its district only is enough."""
    assert names("云阳县军家村一房屋垮塌。") == [("云阳县龙角镇",)]


def test_village_and_community_are_mistaken_for_each_other() -> None:
    """福民 is a 社区 by name; who writes 福民村 means it, too."""
    assert names("南岸区福民村一房屋垮塌。") == [("南岸区涂山镇",)]


def test_a_landmark_behind_a_district_gives_the_township() -> None:
    """高笋塘 is a community's name that people use for a square."""
    assert names("万州区高笋塘附近一商铺起火。") == [("万州区高笋塘街道",)]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("梁平县礼让镇", "梁平区礼让镇"),
        ("涪陵江北", "涪陵区江北街道"),
        ("开县长沙镇", "开州区长沙镇"),
        ("巴县木洞镇", "巴南区木洞镇"),
        ("石柱县黄水镇", "石柱土家族自治县黄水镇"),
        ("酉阳桃花源", "酉阳土家族苗族自治县桃花源街道"),
        ("万盛经开区青年镇", "綦江区青年镇"),
        ("武隆后坪乡", "武隆区后坪苗族土家族乡"),
    ],
)
def test_old_and_short_names_of_districts_are_known(words: str, place: str) -> None:
    """Names from before a county became a district, and without the peoples in them."""
    assert names(f"{words}一民房起火。") == [(place,)]


def test_a_retired_district_keeps_its_own_code() -> None:
    """江北区 is given as written on any day: the area tree knows what it became."""
    later = datetime(2026, 8, 1, tzinfo=UTC)
    found, _ = places(script_of("", "江北区观音桥街道一餐馆起火。"), later)
    assert [one.area_codes for one in found] == [("500105006",)]


def test_the_new_district_decides_over_the_townships_it_took_in() -> None:
    """人和街道 is in two districts; 两江新区 took in only one of them."""
    assert names("两江新区人和街道一小区停电。") == [("渝北区人和街道",)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("涂山镇发生车祸，伤者已送万州区人民医院救治。", "南岸区涂山镇"),
        ("一辆由万州开往忠县的客车在云阳县龙角镇侧翻。", "云阳县龙角镇"),
        ("涂山镇仓库起火，调派南坪、弹子石消防救援站赶赴现场。", "南岸区涂山镇"),
        ("涂山镇有人落水，当事人系綦江人，家住巴南区木洞镇。", "南岸区涂山镇"),
        ("龙孔镇一车坠江，事发地距丰都县高家镇约12公里。", "丰都县龙孔镇"),
        ("四川籍游客在奉节县白帝镇走失。", "奉节县白帝镇"),
        ("重庆市公安局南岸区分局涂山派出所接警：弹子石老街有人持刀。", "南岸区弹子石街道"),
        ("肇事货车挂贵州牌照，从湖北恩施开往成都，行驶至涂山镇时侧翻。", "南岸区涂山镇"),
    ],
)
def test_the_scene_comes_before_places_that_play_another_part(text: str, place: str) -> None:
    """Hospitals, directions, helpers, homes and origins are not where it happened."""
    assert names(text)[0] == (place,)


def test_a_township_in_a_named_district_replaces_the_district() -> None:
    """The most exact place wins; the district in the title says nothing more."""
    assert names("位于礼让镇的一处仓库失火。", "梁平区仓库失火") == [("梁平区礼让镇",)]


def test_two_scenes_are_both_given() -> None:
    """Each place of a list is a place of the event, in the order of reading."""
    assert names("秀山县龙池镇、石堤镇遭遇特大暴雨。") == [
        ("秀山土家族苗族自治县龙池镇",),
        ("秀山土家族苗族自治县石堤镇",),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "早高峰期间一名乘客晕倒。",
        "民警打通电话后，老人平安返回家中。",
        "南川路一车辆追尾。",
        "中山路与大同路交叉口信号灯故障。",
        "一辆渝A牌照的轿车追尾，无人受伤。",
        "临江门附近车辆追尾。",
        "重庆某小区老人健康长寿宴会后腹泻。",
        "长江大桥上发生追尾。",
        "新华书店门口有人摔倒。",
        "失控车辆冲下路基，司机受伤。",
        "养殖户报告疑似非洲猪瘟。",
        "后山起火，距最近农户约500米。",
        "垃圾被浪涌上海滩。",
        "周六安排检修，停电8小时。",
        "一辆大巴中途起火。",
        "患者离开封闭区域。",
        "枫木中学操场有人打架。",
        "一名老人在温泉泡澡时晕倒。",
        "记者从重庆市应急管理局获悉，全市未发生较大以上事故。",
    ],
)
def test_words_that_only_look_like_names_are_no_places(text: str) -> None:
    """Ordinary words, roads of any town, plates, dishes and the city itself name no place, here or elsewhere."""
    assert read(text) == ((), None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("江苏省南通市如东县新店镇一厂房起火。", "江苏省南通市如东县"),
        ("广东江门发生爆炸，2人死亡。", "广东江门"),
        ("湖北省利川市柏杨坝镇和平村发生滑坡。", "湖北省利川市"),
        ("重庆某公司的货车在贵州桐梓县侧翻，两名万州籍工人受伤。", "贵州桐梓县"),
        ("当地时间3日，泰国普吉一辆大巴坠河，车上有重庆游客。", "泰国普吉"),
        ("宁波市江北区一小区起火。", "宁波市江北区"),
        ("昆明市官渡区发生车祸。", "昆明市官渡区"),
        ("长沙一餐馆爆炸。", "长沙"),
        ("湖南北部一水库漫坝。", "湖南"),
        ("我省疾控中心通报一起聚集性疫情。", "我省"),
        ("沪杭高速发生追尾，一名司机受伤。", "沪杭高速"),
        ("新华网杭州8月14日电，台州黄岩区发生两车相撞，往重庆方向中断。", "台州黄岩区"),
    ],
)
def test_an_event_elsewhere_has_no_place_and_says_why(text: str, words: str) -> None:
    """Another province, a city of the same name, another country: no place of ours, and the words that tell."""
    found, outside = read(text)
    assert found == ()
    assert outside is not None
    assert outside.words == words


def test_an_earthquake_elsewhere_that_harmed_the_city_happened_here() -> None:
    """What is told of our own district outweighs where the quake was."""
    found = names(
        "12日下午我市多地有震感。梁平县礼让镇中心小学顶楼垮塌，10人受伤。", "四川汶川地震致重庆10人受伤"
    )
    assert found == [("梁平区礼让镇",)]


def test_nothing_is_found_in_nothing() -> None:
    """Empty words are read, and say nothing."""
    assert read("") == ((), None)
