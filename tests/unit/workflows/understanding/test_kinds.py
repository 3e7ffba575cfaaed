"""Kinds: the category that a text speaks for."""

import pytest

from models.categories import Category
from models.understanding import Part
from streams.cli.understanding import class_of_corpus
from tests.unit.workflows.understanding.kind_sentences import SENTENCES, SILENT
from tests.unit.workflows.understanding.news_texts import NEWS
from workflows.judgement.understanding.kinds import category
from workflows.judgement.understanding.lexicon import Words
from workflows.judgement.understanding.script import script_of

CASES = [(name, sentence) for name, sentences in SENTENCES.items() for sentence in sentences]


def read(words: str) -> Category | None:
    """The category of words with a title before " | ", if any."""
    title, _, text = words.rpartition(" | ")
    found = category(script_of(title, text))
    return found.category if found else None


def test_every_category_has_sentences() -> None:
    """All categories but the one for no category at all are spoken of, by 150 sentences at least."""
    assert {Category(name) for name in SENTENCES} == set(Category) - {Category.OTHER}
    assert len(CASES) >= 150


@pytest.mark.parametrize(("expected", "words"), CASES)
def test_a_sentence_is_of_its_kind(expected: str, words: str) -> None:
    """What grid workers and newspapers write about an event gives its category."""
    assert read(words) == Category(expected)


@pytest.mark.parametrize(
    ("expected", "words"), [(name, words) for name, texts in NEWS.items() for words in texts]
)
def test_news_of_two_dangers_is_of_one_class(expected: str, words: str) -> None:
    """News that speaks of a crash and a fire, a raid and a blast, gets the class of what it is about."""
    title, _, text = words.rpartition(" | ")
    assert class_of_corpus(category(script_of(title, text)), title, text) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("火锅店液化气罐爆燃，5人烧伤。", "火灾"),
        ("居民楼燃气闪爆，三楼阳台被炸飞。", "火灾"),
        ("餐馆燃气爆炸，2人受伤。", "火灾"),
        ("居民楼天然气泄漏，液化气灶窜出火苗。", "火灾"),
        ("化工厂仓库爆燃，一名工人受伤。", "火灾"),
        ("化工厂反应釜泄漏后起火。", "火灾"),
        ("小区天然气泄漏，已关阀停气。", None),
        ("居民家中煤气中毒，两人昏迷。", None),
        ("煤矿井下透水，6人被困。", None),
        ("烟花厂爆炸，3人死亡。", None),
    ],
)
def test_gas_and_works_are_fires_of_the_corpus_once_they_burn(words: str, expected: str | None) -> None:
    """The corpus files what burns under fires: a deflagration or a named fire does it, a leak or a blast does not."""
    found = category(script_of(None, words))
    assert class_of_corpus(found, None, words) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("一辆皮卡蹭翻了路边的三轮车", Category.ROAD_TRAFFIC),
        ("水漫过门槛，灌进堂屋了", Category.FLOOD),
        ("窗帘烧穿了，沙发也燃起来了", Category.FIRE),
        ("昨天睡着了没听到电话", None),
        ("他们在路边围着看热闹", None),
        ("我在大水村，手机快没电了", None),
    ],
)
def test_verbs_are_known_with_their_results(words: str, expected: Category | None) -> None:
    """How people say it: a verb and what came of it; 着 behind a verb that goes on is no fire."""
    assert read(words) is expected


@pytest.mark.parametrize("words", SILENT)
def test_words_about_nothing_have_no_kind(words: str) -> None:
    """Offices named after a danger, fire brigades and health centres make no event."""
    assert read(words) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("两车相撞后引发大火，3人死亡。", Category.ROAD_TRAFFIC),
        ("货车行驶中自燃，驾驶员弃车逃生。", Category.FIRE),
        ("地震造成山体滑坡和房屋倒塌，多处起火。", Category.EARTHQUAKE),
        ("强降雨引发山体滑坡。", Category.GEOLOGICAL),
        ("居民家中煤气中毒。", Category.GAS),
        ("师生食堂用餐后中毒。", Category.FOOD_POISONING),
        ("化工厂氯气泄漏，多名工人中毒。", Category.INDUSTRIAL),
        ("酒店发生汽车炸弹爆炸并起火。", Category.TERRORIST_ATTACK),
        ("酒店厨房煤气爆炸并起火。", Category.GAS),
        ("鞭炮厂爆炸并起火。", Category.INDUSTRIAL),
        ("载有乘客的客船侧翻。", Category.TRANSPORT),
        ("警方排除恐怖袭击，确认为燃气爆炸。", Category.GAS),
    ],
)
def test_a_cause_stands_before_its_effects(words: str, expected: Category) -> None:
    """Of two kinds that one text speaks of, the one that brought about the other is meant."""
    assert read(words) is expected


def test_a_title_counts_most() -> None:
    """What the title says is what the report is about, whatever the text tells besides."""
    assert read("居民楼失火 | 楼下积水最深半米，两辆轿车被淹。") is Category.FIRE


def test_the_words_that_decided_are_shown() -> None:
    """Each span holds the very words, where they stand, in title and text."""
    title, text = "小区失火", "三楼冒出浓烟，火势很大。"
    found = category(script_of(title, text))
    assert found is not None
    assert [(s.part, s.words) for s in found.spans] == [
        (Part.TITLE, "失火"),
        (Part.TEXT, "浓烟"),
        (Part.TEXT, "火势"),
    ]
    assert all({Part.TITLE: title, Part.TEXT: text}[s.part][s.start : s.end] == s.words for s in found.spans)


def test_the_longest_word_is_found_and_none_inside_it() -> None:
    """A word uses its characters up, so that the name of an office hides the danger in it."""
    words = Words(["地震", "地震局", "震局", "火灾"])
    script = script_of("市地震局通报火灾", None)
    assert list(words.found_in(script.plain_title, script.title_pairs)) == [(1, "地震局"), (6, "火灾")]


def test_a_word_of_one_character_is_refused() -> None:
    """It would be found inside too many others."""
    with pytest.raises(ValueError, match="fewer than 2"):
        Words(["火"])
