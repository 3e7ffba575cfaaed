"""Categories: the closed set and its file agree, and corpus and warning codes find their place in it."""

import pytest

from models.categories import Category, CategoryClass, Family, category_facts, category_named, warning_codes


def test_enum_and_file_are_equal() -> None:
    """Every category has exactly one row, in the order of the enum."""
    assert list(category_facts()) == list(Category)


def test_id_begins_with_its_class() -> None:
    """An id is `class.sub`; only the one that belongs to no class stands alone."""
    wrong = [c for c in Category if c.partition(".")[0] != c.facts.category_class]
    assert wrong == []
    assert [c for c in Category if "." not in c] == [Category.OTHER]


def test_every_class_has_a_place_for_the_unknown() -> None:
    """Each of the four classes has an `other`, so that no report is refused for want of a category."""
    statutory = [cls for cls in CategoryClass if cls is not CategoryClass.OTHER]
    assert [Category(f"{cls}.other").facts.category_class for cls in statutory] == statutory


def test_only_statutory_classes_but_society_may_warn() -> None:
    """Warning colours exist for natural disasters, accidents and public health, and for nothing else."""
    warning = {CategoryClass.NATURE, CategoryClass.ACCIDENT, CategoryClass.HEALTH}
    assert [c for c in Category if c.facts.may_warn] == [
        c for c in Category if c.facts.category_class in warning
    ]


@pytest.mark.parametrize(
    ("name_zh", "category"),
    [
        ("交通事故", Category.ROAD_TRAFFIC),
        ("火灾", Category.FIRE),
        ("地震", Category.EARTHQUAKE),
        ("恐怖袭击", Category.TERRORIST_ATTACK),
        ("食物中毒", Category.FOOD_POISONING),
        ("燃气泄漏", Category.GAS),
        ("群体性事件", Category.MASS_INCIDENT),
    ],
)
def test_chinese_names_find_their_category(name_zh: str, category: Category) -> None:
    """The five kinds of the corpus, and other names in use, lead to our stable ids."""
    assert category_named(name_zh) is category


def test_unknown_name_finds_nothing() -> None:
    """A name that is nobody's is not guessed at."""
    assert category_named("好消息") is None


def test_names_are_told_apart() -> None:
    """No two categories share a Chinese name or alias, nor an English name."""
    facts = list(category_facts().values())
    names_zh = [name for f in facts for name in (f.name_zh, *f.aliases_zh)]
    names_en = [f.name_en for f in facts]
    assert (len(set(names_zh)), len(set(names_en))) == (len(names_zh), len(names_en))
    assert all([*names_zh, *names_en])


def test_every_family_is_in_use() -> None:
    """No family stands in the enum that no category belongs to."""
    assert {c.facts.family for c in Category} == set(Family)


def test_what_witnesses_confuse_shares_a_family() -> None:
    """Fire and gas are compared by fusion, and so are flood and landslide; fire and traffic are not."""
    family = {c: c.facts.family for c in Category}
    assert family[Category.FIRE] is family[Category.GAS] is family[Category.INDUSTRIAL]
    assert family[Category.FLOOD] is family[Category.GEOLOGICAL]
    assert family[Category.FIRE] is not family[Category.ROAD_TRAFFIC]


def test_warning_codes_are_the_verified_ones() -> None:
    """29 codes could be verified, all of natural disasters; none is made up for the other classes."""
    codes = warning_codes()
    assert len(codes) == 29
    assert {code.category.facts.category_class for code in codes.values()} == {CategoryClass.NATURE}
    assert all(len(code) == 5 and code.startswith("11") for code in codes)
    assert (codes["11B03"].name_zh, codes["11B03"].category) == ("暴雨", Category.WEATHER)


def test_classes_are_named_in_both_languages() -> None:
    """Each class has a Chinese and an English name of its own."""
    names = ["自然灾害", "事故灾难", "公共卫生事件", "社会安全事件", "其他"]
    assert [cls.name_zh for cls in CategoryClass] == names
    assert len({cls.name_en for cls in CategoryClass}) == len(CategoryClass)
