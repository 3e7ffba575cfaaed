"""Grading: the level at, below and above every line of every pack, and what explains it."""

from dataclasses import replace
from datetime import date

import pytest

from models.categories import Category
from models.events.assessment import (
    ConditionMet,
    ExpertQuestion,
    FactCounted,
    FactQuestion,
    FiredRule,
    NextLine,
)
from models.events.perception import FactOrigin
from models.identifiers import AreaCode, ReportId, SourceId
from models.messages.report import Facts
from models.understanding import Part, SensitiveFound, Sensitivity, Span
from models.vocabulary import Level, Nature
from tests.unit.workflows.judgement.golden import Golden, goldens
from workflows.judgement.case import Case
from workflows.judgement.grading import grade, level_of
from workflows.rulebook import Rulebook
from workflows.rulebook_file import default_rulebook, default_rulebook_text, parse_rulebook
from workflows.rulebook_packs import Condition, Figure, GradingLine, GradingPack, Sensitive, packs_for

DAY = date(2025, 10, 1)
ALL_ON = parse_rulebook(
    default_rulebook_text().replace(b"switched_on = []", b'switched_on = ["mass_incident"]', 1)
)
GOLDENS = tuple(goldens())
LINES = [
    (pack, line, condition) for pack in ALL_ON.grading for line in pack.lines for condition in line.conditions
]


def case(category: Category | None = Category.FIRE, **facts: float) -> Case:
    """An event in 南岸区 of which these totals are known; say only what the test is about."""
    return Case(
        category=category,
        nature=Nature.EMERGENCY,
        facts=Facts.model_validate(facts),
        origins={},
        happened_on=DAY,
        district_code=AreaCode("500108"),
        sensitive=(),
    )


def sensitive(kind: Sensitivity, words: str) -> SensitiveFound:
    """A word of the title that makes the event sensitive."""
    return SensitiveFound(kind=kind, span=Span(part=Part.TITLE, start=0, end=len(words), words=words))


# --- the goldens


@pytest.mark.parametrize(
    "golden", GOLDENS, ids=lambda golden: f"{golden.pack_id}-{golden.category}-{golden.total}"
)
def test_the_level_is_the_one_written_by_hand(golden: Golden) -> None:
    """Each value of the table has its level, by the pack that the table names and by no other."""
    found = {value: grade(golden.case(value), ALL_ON) for value in golden.levels}
    assert {value: one.level for value, one in found.items()} == golden.levels
    assert {value: level_of(golden.case(value), ALL_ON) for value in golden.levels} == golden.levels
    assert {rule.pack_id for one in found.values() for rule in one.fired} == {golden.pack_id}


def step(condition: Condition) -> Figure:
    """The smallest difference that matters: one person, a tenth of a degree or hectare, 1,000 yuan."""
    if condition.facts[0] in ("magnitude", "burnt_hectares"):
        return 0.1
    return min(1_000, int(condition.at_least)) if condition.facts == ("direct_loss_yuan",) else 1


def is_about(golden: Golden, pack: GradingPack, line: GradingLine, condition: Condition) -> bool:
    """The row varies this condition, where the line holds, with whatever else the line asks for."""
    besides = {
        fact: number for other in line.conditions for fact, number in [(other.facts[0], other.at_least)]
    }
    del besides[condition.facts[0]]
    return (
        golden.pack_id == pack.pack_id
        and golden.total == "+".join(condition.facts)
        and golden.besides == besides
        and (line.where is None or golden.district_code in pack.areas[line.where])
    )


@pytest.mark.parametrize(("pack", "line", "condition"), LINES, ids=lambda value: getattr(value, "id", None))
def test_every_line_is_tried_at_below_and_above(
    pack: GradingPack, line: GradingLine, condition: Condition
) -> None:
    """The table has values just below, at and above each condition; from its number on the line fires and says why."""
    least, by = condition.at_least, step(condition)
    wanted = [round(least - by, 6), least, round(least + by, 6)]
    rows = [g for g in GOLDENS if is_about(g, pack, line, condition) and set(wanted) <= set(g.levels)]
    assert rows, f"{pack.pack_id} {line.id}: no row with {wanted}"
    fired = [
        [rule for rule in grade(rows[0].case(value), ALL_ON).fired if rule.rule_id == line.id]
        for value in wanted
    ]
    assert [len(rules) for rules in fired] == [0, 1, 1]
    for value, [rule] in zip(wanted[1:], fired[1:], strict=True):
        said = {tuple(one.fact for one in met.counted): (met.value, met.at_least) for met in rule.met}
        assert said[condition.facts] == (value, least)
        assert (rule.level, rule.source, rule.preliminary) == (line.level, line.source, line.preliminary)


def test_a_fired_rule_says_everything() -> None:
    """Pack, line, each total with its value and the words that gave it, the number reached and the source."""
    span = Span(part=Part.TEXT, start=3, end=8, words="死亡10人")
    origin = FactOrigin(source_id=SourceId("fire-1"), report_id=ReportId("r-1"), spans=(span,))
    known = replace(case(Category.ROAD_TRAFFIC, deaths=10), origins={"deaths": origin})
    found = grade(known, default_rulebook())
    source = "Lines of Order 493, art. 3; their use for transport is not confirmed (B)"
    assert found.fired[0] == FiredRule(
        pack_id="traffic",
        rule_id="deaths-II",
        level=Level.II,
        met=(
            ConditionMet(
                counted=(FactCounted(fact="deaths", value=10, origin=origin),), value=10, at_least=10
            ),
        ),
        source=source,
        preliminary=False,
    )
    assert [rule.rule_id for rule in found.fired] == ["deaths-II", "deaths-III", "deaths-IV"]
    assert found.next_lines == (
        NextLine(fact="deaths", needed=20, level=Level.I, pack_id="traffic", rule_id="deaths-I"),
    )
    assert found.questions == (
        FactQuestion(fact="serious", at_least=100, level=Level.I, pack_id="traffic", rule_id="serious-I"),
        FactQuestion(
            fact="direct_loss_yuan", at_least=10**8, level=Level.I, pack_id="traffic", rule_id="loss-I"
        ),
    )
    assert (found.raised_by, found.expert_questions) == ((), ())


def test_a_magnitude_is_marked_as_preliminary() -> None:
    """It stands in for the dead until they are counted; their own lines are no stand-in."""
    found = grade(case(Category.EARTHQUAKE, magnitude=6.0, deaths=10), default_rulebook())
    marks = {rule.rule_id: rule.preliminary for rule in found.fired}
    assert found.level is Level.I
    assert marks["magnitude-dense-I"] is marks["magnitude-II"] is True
    assert marks["deaths-III"] is False


# --- unknown is not zero


def test_nothing_known_fires_nothing_and_asks() -> None:
    """An event of which no number is known is level IV by no line, and every total that could raise it is asked."""
    found = grade(case(Category.FOREST_FIRE), default_rulebook())
    assert (found.level, found.fired, found.next_lines) == (Level.IV, (), ())
    asked = {question.fact: (question.at_least, question.level) for question in found.questions}
    assert asked == {
        "deaths": (3, Level.III),
        "serious": (10, Level.III),
        "burnt_hectares": (1, Level.III),
    }


def test_a_sum_counts_what_is_known_and_asks_for_the_rest() -> None:
    """45 dead reach the line of 10; how many are missing is asked, for 5 make level II; 5 more dead do so as well."""
    found = grade(case(Category.EARTHQUAKE, deaths=45), default_rulebook())
    assert found.level is Level.III
    assert [(line.fact, line.needed, line.level) for line in found.next_lines] == [("deaths", 5, Level.II)]
    assert ("missing", 5, Level.II) in [(q.fact, q.at_least, q.level) for q in found.questions]


def test_a_line_of_two_conditions_is_near_only_when_one_is_lacking() -> None:
    """With 100 ill and nobody dead one death is next; with 99 ill and a death one more who is ill is."""
    rules = default_rulebook()
    ill = grade(case(Category.FOOD_POISONING, injured=100, deaths=0), rules)
    dead = grade(case(Category.FOOD_POISONING, injured=99, deaths=1), rules)
    assert [(line.fact, line.needed, line.rule_id) for line in ill.next_lines] == [
        ("deaths", 1, "ill-and-dead-II")
    ]
    assert [(line.fact, line.needed, line.rule_id) for line in dead.next_lines] == [
        ("deaths", 9, "deaths-II"),
        ("injured", 1, "ill-and-dead-II"),
    ]


def test_what_needs_an_expert_is_asked_and_never_fired() -> None:
    """A flood's own lines are words: they are questions, and the fallback grades the dead."""
    found = grade(case(Category.FLOOD, deaths=10), default_rulebook())
    assert (found.fired[0].pack_id, found.fired[0].rule_id) == ("fallback", "deaths-II")
    assert {(q.pack_id, q.level) for q in found.expert_questions} == {("flood", Level.I)}
    assert found.expert_questions[0] == ExpertQuestion(
        ask_zh="是否发生流域性特大洪水？",
        ask_en="Is it an extreme flood of the whole basin?",
        level=Level.I,
        pack_id="flood",
        rule_id="basin-extreme-I",
        source="General grading standard for natural disasters, 2006-type, a re-worded copy",
    )


@pytest.mark.parametrize(("injured", "is_asked"), [(49, False), (50, True), (None, True)])
def test_an_expert_is_not_asked_what_a_number_rules_out(injured: int | None, is_asked: bool) -> None:
    """Whether it was a school matters from 50 ill on, and while nobody knows how many."""
    known = (
        case(Category.FOOD_POISONING) if injured is None else case(Category.FOOD_POISONING, injured=injured)
    )
    asked = {question.rule_id for question in grade(known, default_rulebook()).expert_questions}
    assert ("school-II" in asked) is is_asked


# --- which pack


@pytest.mark.parametrize(
    ("day", "pack_id", "level"),
    [
        (date(2012, 8, 27), "earthquake_2006", Level.IV),
        (date(2012, 8, 28), "earthquake_2012", Level.III),
        (date(2005, 12, 31), "fallback", Level.II),
    ],
)
def test_an_old_event_is_graded_by_the_pack_of_its_day(day: date, pack_id: str, level: Level) -> None:
    """Fifteen deaths in an earthquake: III by the plan of 2012, IV by that of 2006, before that II by the fallback."""
    found = grade(replace(case(Category.EARTHQUAKE, deaths=15), happened_on=day), default_rulebook())
    assert (found.level, {rule.pack_id for rule in found.fired}) == (level, {pack_id})


def test_a_loss_by_pollution_was_worse_in_2010() -> None:
    """Ten million yuan: level I by the plan of 2006, III by that of 2014."""
    known = case(Category.ENVIRONMENT, direct_loss_yuan=10_000_000)
    before = replace(known, happened_on=date(2010, 5, 1))
    assert [grade(one, default_rulebook()).level for one in (before, known)] == [Level.I, Level.III]


def test_mass_incidents_are_graded_by_their_own_lines_only_when_switched_on() -> None:
    """Shipped off: 3 dead are level III by the fallback, and how many people take part is not asked; on, it is II."""
    known = case(Category.MASS_INCIDENT, deaths=3, affected=6_000)
    off, on = grade(known, default_rulebook()), grade(known, ALL_ON)
    assert (off.level, {rule.pack_id for rule in off.fired}) == (Level.III, {"fallback"})
    assert (on.level, {rule.pack_id for rule in on.fired}) == (Level.I, {"mass_incident"})


@pytest.mark.parametrize("nature", list(Nature))
def test_no_event_has_two_scales(nature: Nature) -> None:
    """On any day at most one pack with numbers speaks of a category, and always one does."""
    days = {pack.valid_from for pack in ALL_ON.grading} | {DAY, date(2011, 1, 1)}
    for category in (None, *Category):
        for day in days:
            packs = packs_for(ALL_ON.grading, category, nature, day)
            assert len([pack for pack in packs if pack.lines]) == 1, (category, day)


# --- what is sensitive


def with_sensitive(raises_by: dict[Sensitivity, int], at_most: Level) -> Rulebook:
    """The shipped rulebook with another table of what is sensitive; kinds not named are off."""
    numbers = {kind: raises_by.get(kind, 0) for kind in Sensitivity}
    table = Sensitive(at_most=at_most, raises_by=numbers)
    return default_rulebook().model_copy(update={"sensitive": table})


def test_a_sensitive_place_raises_by_one_level_up_to_three() -> None:
    """A fire at a school that hurt nobody is level III and says why; one that is level III already stays there."""
    at_school = sensitive(Sensitivity.PLACE, "小学")
    small = grade(replace(case(deaths=0), sensitive=(at_school,)), default_rulebook())
    grave = grade(replace(case(deaths=3), sensitive=(at_school,)), default_rulebook())
    assert (small.line_level, small.level, small.raised_by) == (Level.IV, Level.III, (at_school,))
    assert (grave.line_level, grave.level, grave.raised_by) == (Level.III, Level.III, ())


def test_several_sensitive_things_do_not_add_up() -> None:
    """The greatest number of a kind counts once, and what does not raise is not named as a reason."""
    rules = with_sensitive({Sensitivity.TIME: 1, Sensitivity.GROUP: 2}, Level.I)
    found = (
        sensitive(Sensitivity.TIME, "国庆"),
        sensitive(Sensitivity.GROUP, "学生"),
        sensitive(Sensitivity.NATURE, "爆炸"),
    )
    graded = grade(replace(case(deaths=0), sensitive=found), rules)
    assert (graded.level, graded.raised_by) == (Level.II, found[:2])


def test_a_switched_off_kind_raises_nothing() -> None:
    """With all numbers 0 the lines alone decide."""
    known = replace(case(deaths=0), sensitive=(sensitive(Sensitivity.PLACE, "医院"),))
    found = grade(known, with_sensitive({}, Level.I))
    assert (found.level, found.raised_by) == (Level.IV, ())


def test_the_next_line_of_a_raised_event_is_what_it_would_be_raised_to() -> None:
    """Raised from IV to III, a fire of 2 dead becomes II with one more, for III is raised to II."""
    rules = with_sensitive({Sensitivity.PLACE: 1}, Level.I)
    known = replace(case(deaths=2), sensitive=(sensitive(Sensitivity.PLACE, "养老院"),))
    found = grade(known, rules)
    assert found.level is Level.III
    assert [(line.needed, line.level, line.rule_id) for line in found.next_lines] == [
        (1, Level.II, "deaths-III")
    ]
