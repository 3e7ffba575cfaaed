"""Planning 预案: the tasks that category, nature, level and place ask for, each for one unit.

Pure look-up: the plan is the rulebook's, who leads and supports is `models.units`' table of responsibilities.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from models.categories import Category
from models.events.disposal import PlannedTask
from models.identifiers import UnitCode
from models.units import Department, responsible, unit_for
from models.vocabulary import Level
from workflows.incident import Incident
from workflows.rulebook import PlanTask, Rulebook

_BEIJING = ZoneInfo("Asia/Shanghai")


def plan_tasks(incident: Incident, rules: Rulebook) -> tuple[PlannedTask, ...]:
    """All tasks for this incident at its level, in the plan's order; one per task and unit."""
    plan = rules.plan_for(incident.category, incident.nature)
    found: dict[tuple[str, str], PlannedTask] = {}
    for task in plan.tasks:
        if applies(task, incident.level):
            for unit_code in _units(task, incident):
                found.setdefault((task.task_id, unit_code), _planned(task, unit_code))
    return tuple(found.values())


def applies(task: PlanTask, level: Level) -> bool:
    """A task belongs to its level and every worse one."""
    return level.severity >= task.from_level.severity


def _units(task: PlanTask, incident: Incident) -> Iterator[UnitCode]:
    on = incident.opened_at.astimezone(_BEIJING).date()
    for department in _departments(task, incident.category or Category.OTHER):
        yield unit_for(incident.place.area_code, department, task.tier, on)


def _departments(task: PlanTask, category: Category) -> tuple[Department, ...]:
    responsibility = responsible(category)
    if task.unit == "lead":
        return (responsibility.lead,)
    return responsibility.supports if task.unit == "supports" else (Department(task.unit),)


def _planned(task: PlanTask, unit_code: UnitCode) -> PlannedTask:
    return PlannedTask(
        task_id=task.task_id,
        unit_code=unit_code,
        role=task.role,
        immediate=task.immediate,
        text_zh=task.text_zh,
        text_en=task.text_en,
        acknowledge_within_seconds=task.acknowledge_within_seconds,
        complete_within_seconds=task.complete_within_seconds,
    )
