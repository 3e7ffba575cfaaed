"""What must hold between the parts of a rulebook, beyond what each part must be by itself.

For: one small check a law. Each looks only at parts that the layout accepts, so that a slip in one table hides
nothing in another. Must never enter: figures, and how a problem is told (`workflows.rulebook_problems`). The laws
are ours.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from string import Formatter

from models.units import Department, departments
from models.vocabulary import CommandRole, Level, Nature, RatingColour, Step, Tier
from workflows.rulebook import ChannelTrust
from workflows.rulebook_layout import PlanEntry, RulebookFile, TaskEntry
from workflows.rulebook_lines import Path
from workflows.rulebook_problems import Finding

BLANKS_OF_WARNING = ("place", "category", "colour", "level")
_HIGHEST_SCORE = 100
_HEIGHT = {Tier.TOWNSHIP: 0, Tier.DISTRICT: 1, Tier.CITY: 2}


@dataclass(frozen=True, slots=True)
class Readable:
    """What the layout accepts of a file. `file` has only the tables named in `tables`; rows are by their key."""

    file: RulebookFile
    tables: frozenset[str]
    channels: Mapping[str, ChannelTrust]
    tasks: Mapping[str, TaskEntry]
    plans: Mapping[int, PlanEntry]
    task_ids: frozenset[str] | None


def findings(readable: Readable) -> Iterator[Finding]:
    """Everything that does not fit together, among the tables and rows that can be read."""
    for tables, check in _BETWEEN_TABLES.items():
        if readable.tables.issuperset(tables):
            yield from check(readable.file)
    for channel, trust in readable.channels.items():
        yield from _trust(("channels", channel), trust, readable)
    for task_id, task in readable.tasks.items():
        yield from _task(("tasks", task_id), task)
    for index, plan in readable.plans.items():
        yield from _plan(("plans", index, "tasks"), plan, readable)
    yield from _plans(readable)


def _owners(file: RulebookFile) -> Iterator[Finding]:
    for worse, milder in pairwise(Level):
        if _HEIGHT[file.owner_of_level[worse]] < _HEIGHT[file.owner_of_level[milder]]:
            yield Finding(("owner_of_level", worse), f"no lower tier than that of level {milder}")


def _colours(file: RulebookFile) -> Iterator[Finding]:
    seen: set[str] = set()
    for level, colour in file.colour_of_level.items():
        if colour in seen:
            yield Finding(("colour_of_level", level), "a colour that no other level has")
        seen.add(colour)


def _direct_report(file: RulebookFile) -> Iterator[Finding]:
    limits = file.direct_report_within_seconds
    for worse, milder in pairwise(Level):
        if limits[worse] > limits[milder]:
            expected = f"no more than the {limits[milder]} of level {milder}"
            yield Finding(("direct_report_within_seconds", worse), expected)


def _severe(file: RulebookFile) -> Iterator[Finding]:
    if file.severe_levels != tuple(Level)[: len(file.severe_levels)]:
        yield Finding(("severe_levels",), "the worst levels in order, each once, none left out")


def _by_rule(file: RulebookFile) -> Iterator[Finding]:
    for table, levels in (
        ("closes_by_rule", file.closes_by_rule),
        ("releases_by_rule", file.releases_by_rule),
    ):
        for index, level in enumerate(levels):
            if level in levels[:index]:
                yield Finding((table, index), "each level once")
            if level in file.severe_levels:
                yield Finding((table, index), "no severe level: an officer decides about those")


def _trust(path: Path, trust: ChannelTrust, readable: Readable) -> Iterator[Finding]:
    if "verification" in readable.tables:
        threshold = readable.file.verification.threshold_ratio
        if trust.trust_ratio >= threshold:
            expected = f"less than threshold_ratio {threshold:g}: one report alone never verifies"
            yield Finding((*path, "trust_ratio"), expected)
    if trust.cap_ratio < trust.trust_ratio:
        expected = f"at least trust_ratio {trust.trust_ratio:g}: the cap holds for many reporters"
        yield Finding((*path, "cap_ratio"), expected)


def _warning(file: RulebookFile) -> Iterator[Finding]:
    texts = file.warning
    for key in ("headline_zh", "description_zh", "instruction_zh"):
        if not _is_template(getattr(texts, key)):
            yield Finding(
                ("warning", key), f"no blanks but {', '.join(f'{{{b}}}' for b in BLANKS_OF_WARNING)}"
            )


def _is_template(text: str) -> bool:
    try:
        blanks = list(Formatter().parse(text))
    except ValueError:
        return False
    return all(
        name is None or (name in BLANKS_OF_WARNING and not (spec or how)) for _, name, spec, how in blanks
    )


def _fusion(file: RulebookFile) -> Iterator[Finding]:
    fusion = file.fusion
    if fusion.merge_at_least < fusion.same_at_least:
        yield Finding(("fusion", "merge_at_least"), f"no less than same_at_least {fusion.same_at_least:g}")
    if fusion.ask_at_least > fusion.same_at_least:
        yield Finding(("fusion", "ask_at_least"), f"no more than same_at_least {fusion.same_at_least:g}")
    for name, reach in (("point_reach", fusion.point_reach), ("wide_reach", fusion.wide_reach)):
        if fusion.check_after_seconds >= reach.window_seconds:
            yield Finding(("fusion", name, "window_seconds"), "more than check_after_seconds")
        if reach.near_metres >= reach.apart_metres:
            yield Finding(("fusion", name, "near_metres"), "less than apart_metres")
    for name in ("window_seconds", "apart_metres"):
        if getattr(fusion.wide_reach, name) < getattr(fusion.point_reach, name):
            yield Finding(("fusion", "wide_reach", name), "no less than in point_reach")


def _level_weights(file: RulebookFile) -> Iterator[Finding]:
    weights = file.heat.level_weights
    for worse, milder in pairwise(Level):
        if weights[worse] < weights[milder]:
            expected = f"no less than the {weights[milder]:g} of level {milder}"
            yield Finding(("heat", "level_weights", worse), expected)


def _repeats(file: RulebookFile) -> Iterator[Finding]:
    least = min(trust.novelty_weight for trust in file.channels.values())
    if file.heat.repeat_source_weight >= least:
        expected = f"less than every novelty_weight, the least of which is {least:g}"
        yield Finding(("heat", "repeat_source_weight"), expected)


def _bands(file: RulebookFile) -> Iterator[Finding]:
    above, name_above = float(_HIGHEST_SCORE), "the highest score"
    for colour in tuple(RatingColour)[:-1]:
        score = getattr(file.rating.bands, colour)
        if not 0 < score < above:
            yield Finding(("rating", "bands", colour), f"between 0 and {above:g}, {name_above}")
        above, name_above = score, f"the score of {colour}"


def _signing(file: RulebookFile) -> Iterator[Finding]:
    for level, limits in file.step_within_seconds[Step.RESPOND].items():
        tasks = [task for task in file.tasks.values() if level.severity >= task.from_level.severity]
        longest = max((task.acknowledge_within_seconds for task in tasks), default=0)
        for tier in Tier:
            if limits.at(tier) < longest:
                expected = f"at least {longest}, the longest that a task of this level has to be acknowledged"
                yield Finding(("step_within_seconds", Step.RESPOND, level, tier), expected)


def _task(path: Path, task: TaskEntry) -> Iterator[Finding]:
    if task.complete_within_seconds <= task.acknowledge_within_seconds:
        yield Finding((*path, "complete_within_seconds"), "more than acknowledge_within_seconds")
    role_of = {"lead": CommandRole.LEAD, "supports": CommandRole.SUPPORT}
    if task.role is not role_of.get(task.unit, task.role):
        yield Finding((*path, "role"), f"{role_of[task.unit]}, since unit is {task.unit}")
    if isinstance(task.unit, Department) and not _has_unit_at_or_above(task.unit, task.tier):
        yield Finding((*path, "tier"), f"a tier at or below one where {task.unit} has a unit")


def _has_unit_at_or_above(department: Department, tier: Tier) -> bool:
    return any(_HEIGHT[office] >= _HEIGHT[tier] for office in departments()[department].offices_zh)


def _plan(path: Path, plan: PlanEntry, readable: Readable) -> Iterator[Finding]:
    for position, task_id in enumerate(plan.tasks):
        if readable.task_ids is not None and task_id not in readable.task_ids:
            yield Finding((*path, position), "the id of a task that stands under [tasks]")
        if task_id in plan.tasks[:position]:
            yield Finding((*path, position), "each task once")
    levels = {readable.tasks[task_id].from_level for task_id in plan.tasks if task_id in readable.tasks}
    if Level.IV not in levels and readable.tasks.keys() >= set(plan.tasks):
        yield Finding(path, "a task with from_level IV: every incident is answered")


def _plans(readable: Readable) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], int] = {}
    for index, plan in readable.plans.items():
        if seen.setdefault(("id", plan.plan_id), index) != index:
            yield Finding(("plans", index, "plan_id"), "an id that no other plan has")
        if seen.setdefault((plan.nature, plan.applies_to), index) != index:
            yield Finding(("plans", index, "applies_to"), f"no second plan of nature {plan.nature} for it")
    if "plans" not in readable.tables:
        return
    for nature in Nature:
        if (nature, "any") not in seen:
            yield Finding(("plans",), f'exactly one plan of nature {nature} with applies_to = "any"')
    named = {task_id for plan in readable.plans.values() for task_id in plan.tasks}
    for task_id in readable.tasks.keys() - named:
        yield Finding(("tasks", task_id), "a task that some plan names")


_BETWEEN_TABLES: dict[tuple[str, ...], Callable[[RulebookFile], Iterator[Finding]]] = {
    ("owner_of_level",): _owners,
    ("colour_of_level",): _colours,
    ("direct_report_within_seconds",): _direct_report,
    ("severe_levels",): _severe,
    ("severe_levels", "closes_by_rule", "releases_by_rule"): _by_rule,
    ("warning",): _warning,
    ("fusion",): _fusion,
    ("heat",): _level_weights,
    ("channels", "heat"): _repeats,
    ("rating",): _bands,
    ("step_within_seconds", "tasks"): _signing,
}
