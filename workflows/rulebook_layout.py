"""How a rulebook is laid out in its TOML file: friendlier to write than the `Rulebook` that the rules read.

For: the tables and keys of the file, and what each must be by itself. Must never enter: figures (`rulebooks/*.toml`)
and what must hold between tables (`workflows.rulebook_checks`). A task is written once, under its id, and plans name
it; the lines of grading stand in packs beside it; the clocks of a step are a table of levels by tiers.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from models.categories import Category, CategoryClass
from models.messages.fields import IdText, ShortText, Value
from models.understanding import Sensitivity
from models.units import Department
from models.vocabulary import Channel, CommandRole, Level, Nature, Step, Tier, WarningColour
from workflows.rulebook import (
    ChannelTrust,
    Escalation,
    Flood,
    Fusion,
    Heat,
    Plan,
    PlanTask,
    RatingRules,
    Rulebook,
    Seconds,
    StepLimits,
    TwoPerson,
    UndoRules,
    Verification,
    WarningTexts,
    Weight,
)
from workflows.rulebook_bundle import PACK_NAME_PATTERN
from workflows.rulebook_pack_layout import PackFile, pack_of
from workflows.rulebook_packs import Sensitive

CLOCKED_STEPS = (
    Step.ASSIGN,
    Step.CHECK,
    Step.CONFIRM,
    Step.COMMAND,
    Step.RESPOND,
    Step.SUPERVISE,
    Step.CLOSE_AND_REVIEW,
)
RATING_COMPONENTS = (
    "direct_report",
    "verification",
    "false_report",
    "acknowledgement",
    "completion",
    "closure",
)


def _exactly(words: Iterable[StrEnum | str]) -> AfterValidator:
    """A table with a row for each of these words and for nothing else."""
    wanted = [str(word) for word in words]

    def check(table: dict[Any, Any]) -> dict[Any, Any]:
        if lacking := [word for word in wanted if word not in table]:
            raise ValueError(f"also {', '.join(lacking)}: a row for each of {', '.join(wanted)}")
        if surplus := [str(word) for word in table if word not in wanted]:
            raise ValueError(
                f"no {', '.join(surplus)}: a row for each of {', '.join(wanted)} and nothing else"
            )
        return table

    return AfterValidator(check)


PackName = Annotated[str, Field(max_length=100, pattern=PACK_NAME_PATTERN)]
_EVERY_LEVEL = _exactly(Level)
_StepTable = Annotated[dict[Level, StepLimits], _EVERY_LEVEL]


class GradingTable(Value):
    """Which packs grade: files beside this one, and of those that are off by default the ones that are on here."""

    packs: Annotated[tuple[PackName, ...], Field(min_length=1)]
    switched_on: tuple[IdText, ...]


class SensitiveTable(Sensitive):
    """Sensitive, with a number for every kind of it."""

    raises_by: Annotated[dict[Sensitivity, Annotated[int, Field(ge=0, le=3)]], _exactly(Sensitivity)]


class TaskEntry(Value):
    """One task as written; its id is the name of its table."""

    unit: Department | Literal["lead", "supports"]
    tier: Tier
    role: CommandRole
    immediate: bool
    from_level: Level
    text_zh: ShortText
    text_en: ShortText
    acknowledge_within_seconds: Seconds
    complete_within_seconds: Seconds


class PlanEntry(Value):
    """One plan as written: its tasks by id, in the order in which they are commanded."""

    plan_id: IdText
    applies_to: Category | CategoryClass | Literal["any"]
    nature: Nature
    tasks: Annotated[tuple[IdText, ...], Field(min_length=1)]


class HeatTable(Heat):
    """Heat, with a weight for every level."""

    level_weights: Annotated[dict[Level, Weight], _EVERY_LEVEL]


class RatingTable(RatingRules):
    """Rating, with a weight for every component that is measured."""

    weights: Annotated[dict[IdText, Weight], _exactly(RATING_COMPONENTS)]


class RulebookFile(Value):
    """The whole file."""

    name: ShortText
    version: IdText
    owner_of_level: Annotated[dict[Level, Tier], _EVERY_LEVEL]
    severe_levels: tuple[Level, ...]
    closes_by_rule: tuple[Level, ...]
    releases_by_rule: tuple[Level, ...]
    colour_of_level: Annotated[dict[Level, WarningColour], _EVERY_LEVEL]
    direct_report_within_seconds: Annotated[dict[Level, Seconds], _EVERY_LEVEL]
    channels: Annotated[dict[Channel, ChannelTrust], _exactly(Channel)]
    verification: Verification
    flood: Flood
    step_within_seconds: Annotated[dict[Step, _StepTable], _exactly(CLOCKED_STEPS)]
    grading: GradingTable
    sensitive: SensitiveTable
    tasks: dict[IdText, TaskEntry]
    plans: tuple[PlanEntry, ...]
    escalation: Escalation
    two_person: TwoPerson
    undo: UndoRules
    fusion: Fusion
    warning: WarningTexts
    heat: HeatTable
    rating: RatingTable


def rulebook_of(file: RulebookFile, packs: Sequence[PackFile], digest: str) -> Rulebook:
    """The rulebook that checked files write down, under the digest of their bytes."""
    tasks = {task_id: PlanTask(task_id=task_id, **dict(task)) for task_id, task in file.tasks.items()}
    plans = tuple(
        Plan(
            plan_id=plan.plan_id,
            applies_to=plan.applies_to,
            nature=plan.nature,
            tasks=tuple(tasks[task_id] for task_id in plan.tasks),
        )
        for plan in file.plans
    )
    as_written = dict(file)
    steps = as_written.pop("step_within_seconds")
    del as_written["tasks"]
    switched_on = as_written.pop("grading").switched_on
    graders = tuple(pack_of(pack, is_switched_on=pack.id in switched_on) for pack in packs)
    as_written.update(digest=digest, steps=steps, grading=graders, plans=plans)
    as_written.update(sensitive=Sensitive(**dict(file.sensitive)))
    as_written.update(heat=Heat(**dict(file.heat)), rating=RatingRules(**dict(file.rating)))
    return Rulebook(**as_written)
