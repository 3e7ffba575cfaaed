"""Laws of grading: harm never lowers, order never matters, the unknown never counts, the next line is exact."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.categories import Category
from models.identifiers import AreaCode
from models.messages.report import FACT_NAMES, Facts
from models.understanding import Part, SensitiveFound, Sensitivity, Span
from models.vocabulary import Level, Nature
from workflows.judgement.case import Case
from workflows.judgement.grading import grade, level_of
from workflows.rulebook import Rulebook
from workflows.rulebook_file import default_rulebook, default_rulebook_text, parse_rulebook

SHIPPED = default_rulebook()
OTHER = parse_rulebook(
    default_rulebook_text()
    .replace(b"switched_on = []", b'switched_on = ["mass_incident"]', 1)
    .replace(b'at_most = "III"', b'at_most = "I"', 1)
)
_TENTHS = st.integers(0, 20_000).map(lambda tenths: tenths / 10)
_COUNTS = st.sampled_from([0, 1, 2, 3, 9, 10, 29, 30, 49, 50, 99, 100, 299, 300, 4_999, 5_000]) | st.integers(
    0, 110_000
)
_FIGURES = {
    **dict.fromkeys(FACT_NAMES, _COUNTS),
    "direct_loss_yuan": st.integers(0, 120_000).map(lambda thousands: thousands * 1_000),
    "magnitude": st.integers(0, 95).map(lambda tenths: tenths / 10),
    "burnt_hectares": _TENTHS,
}
_STATED = st.fixed_dictionaries({}, optional=_FIGURES)
_WORD = Span(part=Part.TITLE, start=0, end=2, words="学校")
_CASES = st.builds(
    Case,
    category=st.none() | st.sampled_from(Category),
    nature=st.sampled_from(Nature),
    facts=_STATED.map(Facts.model_validate),
    origins=st.just({}),
    happened_on=st.dates(date(2004, 1, 1), date(2026, 12, 31)),
    district_code=st.sampled_from([None, AreaCode("500108"), AreaCode("500236")]),
    sensitive=st.lists(
        st.sampled_from(Sensitivity).map(lambda kind: SensitiveFound(kind=kind, span=_WORD)), max_size=2
    ).map(tuple),
)
_RULES = st.sampled_from([SHIPPED, OTHER])


def stating(case: Case, **figures: float) -> Case:
    """The case with these totals as well."""
    return replace(case, facts=Facts.model_validate({**case.facts.model_dump(exclude_none=True), **figures}))


def more(case: Case, fact: str, by: Decimal) -> Case:
    """The case with so much more of a known total."""
    value = Decimal(str(getattr(case.facts, fact))) + by
    is_count = isinstance(getattr(case.facts, fact), int)
    return stating(case, **{fact: int(value) if is_count else float(value)})


@given(case=_CASES, rules=_RULES, fact=st.sampled_from(FACT_NAMES), by=st.integers(1, 1_000))
def test_more_harm_never_lowers(case: Case, rules: Rulebook, fact: str, by: int) -> None:
    """Whatever total grows, the level stays or gets worse; a magnitude ends at ten."""
    known = getattr(case.facts, fact)
    grown = min((known or 0) + by, 10) if fact == "magnitude" else (known or 0) + by
    worse = stating(case, **{fact: grown})
    assert level_of(worse, rules).severity >= level_of(case, rules).severity


@given(case=_CASES, rules=_RULES)
def test_the_level_alone_is_the_level_of_the_grade(case: Case, rules: Rulebook) -> None:
    """The cheap answer and the explained one never differ, and the explanation supports it."""
    found = grade(case, rules)
    assert found.level is level_of(case, rules)
    reached = max((rule.level.severity for rule in found.fired), default=Level.IV.severity)
    assert found.line_level.severity == reached <= found.level.severity
    assert bool(found.raised_by) is (found.level is not found.line_level)


@given(case=_CASES, rules=_RULES, data=st.data())
def test_the_order_of_the_totals_does_not_matter(case: Case, rules: Rulebook, data: st.DataObject) -> None:
    """The same totals stated in another order give the same grade, reasons and all."""
    stated = list(case.facts.model_dump(exclude_none=True).items())
    shuffled = dict(data.draw(st.permutations(stated)))
    assert grade(replace(case, facts=Facts.model_validate(shuffled)), rules) == grade(case, rules)


@given(case=_CASES, rules=_RULES)
def test_the_unknown_never_fires(case: Case, rules: Rulebook) -> None:
    """Only stated totals are counted, each reaches its number, and nothing stated is asked for."""
    found = grade(case, rules)
    stated = case.facts.model_dump(exclude_none=True)
    for condition in (condition for rule in found.fired for condition in rule.met):
        assert condition.value == sum(stated[one.fact] for one in condition.counted) >= condition.at_least
    assert not {question.fact for question in found.questions} & stated.keys()
    assert {line.fact for line in found.next_lines} <= stated.keys()


@given(case=_CASES, rules=_RULES)
def test_the_next_line_is_exact(case: Case, rules: Rulebook) -> None:
    """With that much more the level is the one that is told; with the least bit less it has not changed."""
    found = grade(case, rules)
    for line in found.next_lines:
        needed = Decimal(str(line.needed))
        least = Decimal("0.1") if isinstance(getattr(case.facts, line.fact), float) else Decimal(1)
        assert level_of(more(case, line.fact, needed), rules) is line.level
        assert level_of(more(case, line.fact, needed - least), rules) is found.level
        assert line.level.severity > found.level.severity


@given(case=_CASES, rules=_RULES)
def test_a_question_is_worth_asking(case: Case, rules: Rulebook) -> None:
    """The answer that it names raises the level, the line's other unknowns met; one less, by itself, does not."""
    found = grade(case, rules)
    lines = {(pack.pack_id, line.id): line for pack in rules.grading for line in pack.lines}
    for question in found.questions:
        line = lines[question.pack_id, question.rule_id]
        others = [one for one in line.conditions if question.fact not in one.facts]
        unknown = {one.facts[0]: one.at_least for one in others if getattr(case.facts, one.facts[0]) is None}
        answered = stating(case, **{**unknown, question.fact: question.at_least})
        assert level_of(answered, rules).severity >= question.level.severity > found.level.severity
        least = 0.1 if question.fact in ("magnitude", "burnt_hectares") else 1
        below = stating(case, **{question.fact: max(round(question.at_least - least, 6), 0)})
        assert level_of(below, rules) is found.level
