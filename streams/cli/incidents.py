"""`fenghuo incidents` and `fenghuo show`: look at incidents, beside a running engine and without a broker."""

from collections.abc import Iterator
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from models.areas import area_tree
from models.identifiers import IncidentId
from models.messages.event import Event
from models.vocabulary import Level, Stage, Status, Verdict
from streams.archive.catalogue import logs_of
from streams.archive.files import ArchiveFolder
from streams.cli.doors import reading, reading_archive
from streams.cli.terminal import CannotDo, add, answer, answers, beijing_time, found_wrong, remark, table
from streams.store import queries
from workflows.incident import Incident

_EVENTS_SHOWN = 20


def incidents(
    *,
    stage: Annotated[Stage | None, typer.Option(help="only at this stage")] = None,
    status: Annotated[Status | None, typer.Option(help="only of this status")] = None,
    verdict: Annotated[Verdict | None, typer.Option(help="only with this verdict")] = None,
    level: Annotated[Level | None, typer.Option(help="only of this level")] = None,
    area: Annotated[str | None, typer.Option(help="only in this city, district or township")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="how many at most")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="one state a line instead of a table")] = False,
) -> None:
    """List incidents by their last change, newest first.

    Example: fenghuo incidents --status open --area 500108
    """
    if area is not None and area not in area_tree():
        raise CannotDo(f"no area ever had the code {area}; codes have 6 or 9 digits, e.g. 500108")
    wanted = queries.Filter(stage=stage, status=status, verdict=verdict, level=level, area_code=area)
    page = reading(lambda connection: queries.incidents(connection, wanted, limit))
    if as_json:
        for one in page.incidents:
            answer(one.model_dump_json())
        return
    _print_list(page.incidents)
    if page.after is not None:
        remark(f"the first {limit}; --limit shows more")


def show(
    incident_id: Annotated[str, typer.Argument(help="the incident's id, as `fenghuo incidents` lists it")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="the whole state as JSON")] = False,
) -> None:
    """Show one incident: how it stands, its steps, commands, running clocks and the last of its log.

    Example: fenghuo show 3b0d9c1e-54a7-5c1e-8f0e-0d2a7b0c9a11
    """
    found = reading_archive(lambda connection, archive: _load(connection, IncidentId(incident_id), archive))
    if found is None:
        found_wrong(f"there is no incident {incident_id}; `fenghuo incidents` lists them")
    incident, log = found
    if as_json:
        answer(incident.model_dump_json(indent=2))
    else:
        _print_one(incident)
        _print_log(log)


async def _load(
    connection: AsyncConnection, incident_id: IncidentId, archive: ArchiveFolder
) -> tuple[Incident, tuple[Event, ...]] | None:
    incident = await queries.incident(connection, incident_id)
    if incident is None:
        return None
    standing = await queries.events(connection, incident_id, max(0, incident.seq - _EVENTS_SHOWN))
    put_away = (await logs_of(connection, [incident_id], archive)).get(incident_id, ())
    log = (*(Event.model_validate_json(fact["body"]) for fact in put_away), *standing)
    return incident, log[-_EVENTS_SHOWN:]


def _print_list(found: tuple[Incident, ...]) -> None:
    shown = table("", "id", "status", "stage", "verdict", "level", "area", "reports", "owed", "title")
    for one in found:
        level = f"{one.level.value}{' alarm' if one.red_alarm else ''}"
        standing = (one.status.value, one.stage.value, one.verdict.value, level)
        add(shown, one.incident_id, *standing, _area(one), one.reports, len(one.owed_commands), one.title)
    answers.print(shown)
    remark(f"{len(found)} incidents")


def _print_one(one: Incident) -> None:
    shown = table(one.title, "", "")
    for name, value in (
        ("incident", one.incident_id),
        (
            "stands",
            f"{one.status.value}, {one.stage.value}, verdict {one.verdict.value}, level {one.level.value}",
        ),
        ("where", f"{_area(one)} {one.place.area_code}"),
        ("what", f"{one.nature.value}, {one.category.value if one.category else 'category not known'}"),
        ("told", f"{one.reports} reports, {len(one.sources)} sources, confidence {one.confidence_ratio:.2f}"),
        ("facts", ", ".join(_facts(one)) or None),
        ("sensitive", ", ".join(f"{found.kind.value} {found.span.words}" for found in one.sensitive) or None),
        ("opened", beijing_time(one.opened_at)),
        ("closed", None if one.closed_at is None else beijing_time(one.closed_at)),
        ("merged into", one.merged_into),
    ):
        if value is not None:
            add(shown, name, value)
    answers.print(shown)
    _print_contradictions(one)
    _print_steps(one)
    _print_commands(one)
    _print_clocks(one)


def _facts(one: Incident) -> Iterator[str]:
    for name, value in one.facts.model_dump(exclude_none=True).items():
        about = "about " if name in one.approximate else ""
        spans = one.origins[name].spans if name in one.origins else ()
        words = f" ({' '.join(span.words for span in spans)})" if spans else ""
        yield f"{name} {about}{value}{words}"


def _print_contradictions(one: Incident) -> None:
    if not one.contradictions:
        return
    shown = table("\nContradictions between fields and words", "field", "given", "read", "words")
    for found in one.contradictions:
        add(shown, found.field, found.given, found.read, found.span.words)
    answers.print(shown)


def _print_steps(one: Incident) -> None:
    shown = table("\nSteps", "step", "tier", "began", "ended", "overdue")
    for step, state in one.steps.items():
        ended = None if state.ended_at is None else beijing_time(state.ended_at)
        alarm = f"{state.times_overdue}{' red alarm' if state.red_alarm else ''}"
        add(shown, step.value, state.tier.value, beijing_time(state.started_at), ended, alarm)
    answers.print(shown)


def _print_commands(one: Incident) -> None:
    shown = table("\nCommands", "id", "unit", "status", "attempt", "task")
    for held in one.commands.values():
        status = f"{held.status.value}{' red alarm' if held.red_alarm else ''}"
        command = held.command
        add(shown, command.command_id, command.unit_code, status, command.attempt, command.text_zh)
    for task in one.unreleased:
        add(
            shown, one.order_id(task), task.unit_code, "waits for release", one.attempt_of(task), task.text_zh
        )
    answers.print(shown)


def _print_clocks(one: Incident) -> None:
    shown = table("\nRunning clocks", "id", "kind", "of", "due")
    for deadline_id, clock in one.deadlines.items():
        add(shown, deadline_id, clock.kind.value, clock.step or clock.command_id, beijing_time(clock.due_at))
    answers.print(shown)


def _print_log(log: tuple[Event, ...]) -> None:
    shown = table("\nThe last of its log", "seq", "recorded", "event", "by")
    for event in log:
        by = " ".join(filter(None, (event.actor.kind.value, event.actor.id)))
        add(shown, event.seq, beijing_time(event.recorded_at), event.type, by)
    answers.print(shown)


def _area(one: Incident) -> str:
    return area_tree().full_name_zh(one.place.area_code)
