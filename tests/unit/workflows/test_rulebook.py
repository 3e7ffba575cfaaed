"""The rulebook that is shipped: its figures hold together, name their sources and leave nothing unanswered."""

import hashlib
import re
from datetime import date
from itertools import combinations, pairwise

import pytest

from models.categories import Category
from models.units import Department, responsible, unit_for
from models.vocabulary import Channel, CommandRole, Level, Nature, Step, Tier
from workflows.rulebook import PlanTask, Rulebook
from workflows.rulebook_file import default_rulebook, default_rulebook_text, parse_rulebook
from workflows.rulebook_layout import CLOCKED_STEPS, RATING_COMPONENTS

DAY = date(2025, 12, 1)
TOWNSHIP, DISTRICT_WITHOUT_TOWNSHIPS = "500108102", "500157"
A_NUMBER = re.compile(r"(?:= |[\[{, ])-?[0-9][0-9_.]*")
A_SOURCE = re.compile(r"# (?:source: \S.*|ours.*)$")


def shipped() -> str:
    """The text of the rulebook that is shipped."""
    return default_rulebook_text().decode()


def test_the_shipped_rulebook_is_valid() -> None:
    """The packaged text is parsed without a problem, once, under the digest of its bytes."""
    digest = hashlib.sha256(default_rulebook_text()).hexdigest()
    assert default_rulebook().digest == f"sha256:{digest}"
    assert default_rulebook() is default_rulebook()


def test_one_byte_more_is_another_rulebook() -> None:
    """A changed comment changes the digest and nothing else."""
    other = parse_rulebook(default_rulebook_text() + b"#")
    assert other.digest != default_rulebook().digest
    assert other.model_copy(update={"digest": default_rulebook().digest}) == default_rulebook()


def test_a_text_with_windows_line_ends_is_read() -> None:
    """An editor that ends lines otherwise changes the digest and not one figure."""
    other = parse_rulebook(shipped().replace("\n", "\r\n").encode())
    assert other.plans == default_rulebook().plans


def test_a_rulebook_survives_being_stored() -> None:
    """Written as JSON and read again it is the same value."""
    assert Rulebook.model_validate_json(default_rulebook().model_dump_json()) == default_rulebook()


def test_every_number_has_its_source_on_its_line() -> None:
    """Whoever reads a figure sees where it is from: a public text, or ours."""
    without_texts = re.sub(r'"[^"]*"', '""', shipped())
    numbers = [line for line in without_texts.splitlines() if A_NUMBER.search(line.split("#")[0])]
    assert len(numbers) > 150
    assert [line for line in numbers if not A_SOURCE.search(line)] == []


def test_grading_has_the_lines_of_order_493() -> None:
    """Deaths 30, 10, 3; serious injuries 100, 50, 10; direct loss 100, 50, 10 million yuan."""
    wanted = {"deaths": (30, 10, 3), "serious": (100, 50, 10), "direct_loss_yuan": (10**8, 5 * 10**7, 10**7)}
    worse = (Level.I, Level.II, Level.III)
    of_order_493 = {(f, level): n for f, ns in wanted.items() for level, n in zip(worse, ns, strict=True)}
    packs = {pack.pack_id: pack for pack in default_rulebook().grading}
    for pack_id in ("production_safety", "traffic", "fire", "fallback"):
        lines = {(line.conditions[0].facts[0], line.level): line for line in packs[pack_id].lines}
        assert {place: lines[place].conditions[0].at_least for place in of_order_493} == of_order_493
        assert {"Order 493" in lines[place].source for place in of_order_493} == {True}


def test_levels_belong_to_the_tiers_of_the_design() -> None:
    """I and II are the city's, III the district's, IV the township's; only IV closes and releases by rule."""
    rules = default_rulebook()
    assert [rules.owner_of_level[level] for level in Level] == ["city", "city", "district", "township"]
    assert [rules.colour_of_level[level] for level in Level] == ["red", "orange", "yellow", "blue"]
    assert rules.severe_levels == (Level.I, Level.II)
    assert rules.closes_by_rule == rules.releases_by_rule == (Level.IV,)


def test_no_single_channel_verifies() -> None:
    """Neither one report nor any number of one channel reaches the threshold."""
    rules = default_rulebook()
    assert set(rules.channels) == set(Channel)
    assert max(trust.cap_ratio for trust in rules.channels.values()) < rules.verification.threshold_ratio


def test_two_professional_channels_verify() -> None:
    """An emergency call and a grid worker, a sensor or a department suffice without an officer."""
    rules = default_rulebook()
    doubt = {channel: 1 - trust.trust_ratio for channel, trust in rules.channels.items()}
    calls = (Channel.POLICE, Channel.FIRE, Channel.MEDICAL)
    others = (Channel.GRID, Channel.SENSOR, Channel.DEPARTMENT)
    pairs = [*combinations(calls, 2), *((call, other) for call in calls for other in others)]
    weakest = min(1 - doubt[one] * doubt[other] for one, other in pairs)
    assert weakest > rules.verification.threshold_ratio


def test_two_weak_channels_do_not_verify() -> None:
    """Hotline, media and anonymous reports stay below the threshold, two at a time, however many there are."""
    rules = default_rulebook()
    doubt = {channel: 1 - trust.cap_ratio for channel, trust in rules.channels.items()}
    weak = (Channel.HOTLINE, Channel.MEDIA, Channel.OTHER)
    strongest = max(1 - doubt[one] * doubt[other] for one, other in combinations(weak, 2))
    assert strongest < rules.verification.threshold_ratio


def test_worse_levels_get_less_time() -> None:
    """No clock of a step runs longer at a worse level, at any tier."""
    rules = default_rulebook()
    for step in CLOCKED_STEPS:
        for tier in Tier:
            seconds = [rules.step_seconds(step, level, tier) or 0 for level in Level]
            assert all(worse <= milder for worse, milder in pairwise(seconds)), (step, tier, seconds)


def test_steps_of_one_transaction_have_no_clock() -> None:
    """Intake, fusion, grade and warn end where they begin; the direct report has a limit of its own."""
    clockless = [step for step in Step if default_rulebook().step_seconds(step, Level.I, Tier.CITY) is None]
    assert clockless == [Step.INTAKE, Step.FUSION, Step.DIRECT_REPORT, Step.GRADE, Step.WARN]


def departments_of(task: PlanTask, category: Category) -> tuple[Department, ...]:
    """Whom a task asks when this category happens."""
    duty = responsible(category)
    named = {"lead": (duty.lead,), "supports": duty.supports}
    return named.get(task.unit) or (Department(task.unit),)


@pytest.mark.parametrize("nature", list(Nature))
@pytest.mark.parametrize("area_code", [TOWNSHIP, DISTRICT_WITHOUT_TOWNSHIPS])
def test_every_task_finds_its_unit(nature: Nature, area_code: str) -> None:
    """Whatever happens, in a township or in a district that has none, each task of the plan has somebody to do it."""
    for category in Category:
        for task in default_rulebook().plan_for(category, nature).tasks:
            for department in departments_of(task, category):
                assert unit_for(area_code, department, task.tier, DAY)


def tasks_at(rules: Rulebook, category: Category | None, nature: Nature, level: Level) -> list[PlanTask]:
    """The tasks that go out at a level."""
    tasks = rules.plan_for(category, nature).tasks
    return [task for task in tasks if level.severity >= task.from_level.severity]


@pytest.mark.parametrize("nature", list(Nature))
@pytest.mark.parametrize("category", [None, *Category])
def test_every_plan_answers_at_once_and_grows(category: Category | None, nature: Nature) -> None:
    """At level IV somebody turns out by rule and somebody leads; worse levels add tasks and reach the city."""
    by_level = [tasks_at(default_rulebook(), category, nature, level) for level in reversed(Level)]
    assert any(task.immediate for task in by_level[0])
    assert any(task.role is CommandRole.LEAD for task in by_level[0])
    assert all(set(milder) <= set(worse) for milder, worse in pairwise(by_level))
    assert len(by_level[0]) < len(by_level[1]) < len(by_level[2])
    assert all(task.tier is not Tier.CITY for task in by_level[0])
    assert any(task.tier is Tier.CITY for task in by_level[2])


def test_each_kind_of_the_corpus_has_a_plan_of_its_own() -> None:
    """The five kinds that real reports speak of are not answered by a general plan."""
    corpus = ("accident.road_traffic", "accident.fire", "nature.earthquake", "society.terrorist_attack")
    for word in (*corpus, "health.food_poisoning"):
        assert default_rulebook().plan_for(Category(word), Nature.EMERGENCY).applies_to == word


def test_a_hazard_is_guarded_inspected_removed_and_inspected_again() -> None:
    """The plan of a hazard that no particular plan is for has the four tasks, in that order."""
    tasks = tasks_at(default_rulebook(), None, Nature.HAZARD, Level.IV)
    assert [t.task_id for t in tasks] == [
        "hazard_guard",
        "hazard_inspect",
        "hazard_remove",
        "hazard_reinspect",
    ]


def test_the_warning_texts_can_be_filled_in() -> None:
    """Place, category, colour and level are all that the texts ask for."""
    warning = default_rulebook().warning
    words = {"place": "南岸区涂山镇", "category": "火灾事故", "colour": "黄色", "level": "较大"}
    filled = [
        t.format(**words) for t in (warning.headline_zh, warning.description_zh, warning.instruction_zh)
    ]
    assert filled[0] == "南岸区涂山镇火灾事故黄色预警（较大）"
    assert not any("{" in text for text in filled)


def test_ratings_weigh_every_component_in_falling_bands() -> None:
    """Six components have a weight, and the bands are those of the domain's notes."""
    rating = default_rulebook().rating
    assert tuple(rating.weights) == RATING_COMPONENTS
    assert tuple(rating.bands.model_dump().values()) == (90, 80, 70, 60)
