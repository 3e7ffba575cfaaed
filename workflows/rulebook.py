"""Rulebook 规则库: the shape of every number and table that an authority may set.

Only shapes and look-ups live here; the figures are in `rulebooks/`, each with its source, and
`workflows.rulebook_file` turns such files into a `Rulebook`. A rulebook is stored by its digest, and every event
carries the digest of the one that it was made under.
"""

from typing import Annotated, Literal

from pydantic import Field

from models.categories import Category, CategoryClass
from models.messages.fields import Digest, IdText, Ratio, ShortText, Value
from models.units import Department
from models.vocabulary import Channel, CommandRole, Level, Nature, Step, Tier, WarningColour
from workflows.rulebook_packs import GradingPack, Sensitive

Seconds = Annotated[int, Field(ge=1, le=366 * 86_400)]
Weight = Annotated[float, Field(gt=0, le=1_000)]
Metres = Annotated[int, Field(ge=1, le=1_000_000)]
Points = Annotated[float, Field(ge=-20, le=20, allow_inf_nan=False)]


class ChannelTrust(Value):
    """How far one reporter of a channel is believed, and how far all of that channel together are."""

    trust_ratio: Ratio
    cap_ratio: Ratio
    novelty_weight: Weight


class Verification(Value):
    """When sources suffice without an officer."""

    threshold_ratio: Ratio
    reporters_remembered: Annotated[int, Field(ge=2, le=64)]


class Flood(Value):
    """From when on reports of one reporter are a flood and of low trust: more than so many within so long.

    `unnamed_reports` is for a source that names no reporters; on `spared_channels` such a source is never a flood,
    because many people stand behind one line.
    """

    reports: Annotated[int, Field(ge=1, le=100_000)]
    unnamed_reports: Annotated[int, Field(ge=1, le=100_000)]
    within_seconds: Seconds
    spared_channels: tuple[Channel, ...]


class StepLimits(Value):
    """Seconds that the owner of a step has, at each tier that may own it."""

    township: Seconds
    district: Seconds
    city: Seconds

    def at(self, tier: Tier) -> int:
        """Seconds at this tier."""
        return {Tier.TOWNSHIP: self.township, Tier.DISTRICT: self.district, Tier.CITY: self.city}[tier]


class PlanTask(Value):
    """One task. `unit` is a department, or whoever the category makes lead or support."""

    task_id: IdText
    unit: Department | Literal["lead", "supports"]
    tier: Tier
    role: CommandRole
    immediate: bool
    from_level: Level
    text_zh: ShortText
    text_en: ShortText
    acknowledge_within_seconds: Seconds
    complete_within_seconds: Seconds


class Plan(Value):
    """预案: the tasks for a category (or a class, or anything) of one nature; a task applies at its level and worse."""

    plan_id: IdText
    applies_to: Category | CategoryClass | Literal["any"]
    nature: Nature
    tasks: Annotated[tuple[PlanTask, ...], Field(min_length=1)]


class Escalation(Value):
    """The ladder of a silent unit: what each tier above gets to answer, and how supervision climbs."""

    acknowledge_within_seconds: StepLimits
    supervise_again_after_seconds: Seconds


class TwoPerson(Value):
    """双人复核: how many orders at once, or of what reach, are too much for one officer, and how long a proposal waits.

    `orders_at_once` is at least 2: taking back a single order is always one officer's act.
    """

    orders_at_once: Annotated[int, Field(ge=2, le=1_000)]
    city_wide: bool
    proposal_waits_seconds: Seconds


class UndoRules(Value):
    """撤销: how long after an act the screen offers to take it back."""

    within_seconds: Seconds


class FusionReach(Value):
    """How far an event spreads: how long after it reports may still speak of it, and within what distance."""

    window_seconds: Seconds
    near_metres: Metres
    apart_metres: Metres


class FusionPoints(Value):
    """What each thing seen says for one event (above 0) or against it, in log-odds; they are added up."""

    start: Points
    near: Points
    apart: Points
    same_landmark: Points
    other_landmark: Points
    same_community: Points
    other_community: Points
    same_township: Points
    township_not_given: Points
    next_door: Points
    same_district: Points
    neighbouring_district: Points
    at_once: Points
    at_end_of_window: Points
    same_category: Points
    same_family: Points
    other_family: Points
    category_not_given: Points
    category_not_given_in_spread: Points
    words_alike: Points
    words_unlike: Points
    number_agrees: Points
    number_contradicts: Points
    same_reporter: Points


class Fusion(Value):
    """Which reports speak of one event. `wide` are the categories that spread over districts; others are points."""

    check_after_seconds: Seconds
    reference_waits_seconds: Seconds
    candidates_compared: Annotated[int, Field(ge=1, le=100)]
    candidates_recorded: Annotated[int, Field(ge=1, le=20)]
    same_at_least: Ratio
    merge_at_least: Ratio
    ask_at_least: Ratio
    outvoted_by_ratio: Annotated[float, Field(gt=1, le=100, allow_inf_nan=False)]
    wide: tuple[Category, ...]
    wide_townships: Annotated[int, Field(ge=2, le=64)]
    grown_after_seconds: Seconds
    totals_alike_ratio: Ratio
    totals_unlike_ratio: Ratio
    totals_apart: Annotated[int, Field(ge=0, le=1_000)]
    point_reach: FusionReach
    wide_reach: FusionReach
    points: FusionPoints

    def reach_of(self, one: Category | None, other: Category | None) -> FusionReach:
        """The reach of what both may be: wide only when each is known to be."""
        is_wide = one in self.wide and other in self.wide
        return self.wide_reach if is_wide else self.point_reach


class WarningTexts(Value):
    """The template of a warning; `{place}`, `{category}`, `{colour}` and `{level}` are filled in.

    `agency_code` stands in every warning's identifier: the issuer's three characters by GB/T 4657, 000 while unset.
    """

    headline_zh: ShortText
    description_zh: ShortText
    instruction_zh: ShortText
    valid_for_seconds: Seconds
    renewed_below_ratio: Ratio
    agency_code: Annotated[str, Field(pattern=r"^[0-9A-Z]{3}$")]


class Heat(Value):
    """Forward decay: half-life, and the weight of each level. `epoch` grows when the half-life changes."""

    epoch: Annotated[int, Field(ge=1)]
    half_life_seconds: Seconds
    level_weights: dict[Level, Weight]
    repeat_source_weight: Weight
    ranked: Annotated[int, Field(ge=1, le=20)]


class RatingBands(Value):
    """The lowest score of each colour; below orange is red."""

    green: float
    blue: float
    yellow: float
    orange: float


class RatingRules(Value):
    """How work is scored: weights per component, the window, and when data are too few."""

    window_seconds: Seconds
    minimum_sample: Annotated[int, Field(ge=1)]
    weights: dict[IdText, Weight]
    bands: RatingBands


class Rulebook(Value):
    """Every number an authority may set, validated as a whole."""

    name: ShortText
    version: IdText
    digest: Digest
    owner_of_level: dict[Level, Tier]
    severe_levels: tuple[Level, ...]
    closes_by_rule: tuple[Level, ...]
    releases_by_rule: tuple[Level, ...]
    colour_of_level: dict[Level, WarningColour]
    direct_report_within_seconds: dict[Level, Seconds]
    channels: dict[Channel, ChannelTrust]
    verification: Verification
    flood: Flood
    steps: dict[Step, dict[Level, StepLimits]]
    grading: tuple[GradingPack, ...]
    sensitive: Sensitive
    plans: tuple[Plan, ...]
    escalation: Escalation
    two_person: TwoPerson
    undo: UndoRules
    fusion: Fusion
    warning: WarningTexts
    heat: Heat
    rating: RatingRules

    def step_seconds(self, step: Step, level: Level, tier: Tier) -> int | None:
        """Seconds for a step at a level and tier; None for a step that has no clock."""
        limits = self.steps.get(step)
        return None if limits is None else limits[level].at(tier)

    def plan_for(self, category: Category | None, nature: Nature) -> Plan:
        """The most particular plan: of the category, else of its class, else of anything."""
        of_nature = {plan.applies_to: plan for plan in self.plans if plan.nature is nature}
        if category is not None:
            for wanted in (category, category.facts.category_class):
                if wanted in of_nature:
                    return of_nature[wanted]
        return of_nature["any"]
