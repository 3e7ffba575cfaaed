"""`fenghuo explain`: why an incident stands as it stands, read from its log, beside a running engine."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from models.areas import area_tree
from models.identifiers import IncidentId
from models.messages.event import Event
from streams.archive.catalogue import logs_of
from streams.archive.files import ArchiveFolder
from streams.cli.doors import reading_archive
from streams.cli.reasons.log import reasons_of
from streams.cli.reasons.phrases import LEVEL
from streams.cli.reasons.reason import Reason
from streams.cli.reasons.warnings import why_none
from streams.cli.terminal import answer, beijing_time, found_wrong
from streams.store import queries, rulebooks
from workflows.incident import Incident
from workflows.masking import mask
from workflows.rulebook import Rulebook
from workflows.rulebook_file import RulebookInvalid, default_rulebook, parse_rulebook

_READ_AT_A_TIME = 1_000


def explain(
    incident_id: Annotated[str, typer.Argument(help="the incident's id, as `fenghuo incidents` lists it")],
    *,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=1_000_000, help="how many of each kind at most")
    ] = 50,
) -> None:
    """Say why: of each level, join, merge, warning and command the rule, number, words, source and next best.

    It reads the log, which is the record: what is printed is what was weighed then, not what would be weighed today.

    Example: fenghuo explain 3b0d9c1e-54a7-5c1e-8f0e-0d2a7b0c9a11
    """
    found = reading_archive(lambda connection, archive: _load(connection, IncidentId(incident_id), archive))
    if found is None:
        found_wrong(f"there is no incident {incident_id}; `fenghuo incidents` lists them")
    incident, log, rules = found
    reasons = reasons_of(log, rules)
    _print_head(incident)
    _print("Levels 级别", reasons.levels, limit)
    _print("Joins and merges 归并", reasons.fusion, limit)
    _print("Warnings 预警", reasons.warnings, limit, why_none(incident, _in_force(log, rules)))
    _print("Commands 处置指令", reasons.commands, limit)


async def _load(
    connection: AsyncConnection, incident_id: IncidentId, archive: ArchiveFolder
) -> tuple[Incident, tuple[Event, ...], Mapping[str, Rulebook]] | None:
    incident = await queries.incident(connection, incident_id)
    if incident is None:
        return None
    return incident, await _whole_log(connection, incident_id, archive), await _rulebooks(connection)


async def _whole_log(
    connection: AsyncConnection, incident_id: IncidentId, archive: ArchiveFolder
) -> tuple[Event, ...]:
    put_away = (await logs_of(connection, [incident_id], archive)).get(incident_id, ())
    log = [Event.model_validate_json(fact["body"]) for fact in put_away]
    while part := await queries.events(connection, incident_id, len(log), _READ_AT_A_TIME):
        log += part
    return tuple(log)


async def _rulebooks(connection: AsyncConnection) -> Mapping[str, Rulebook]:
    """By digest; one that an older version stored and this one cannot read any more is left out."""
    found = {default_rulebook().digest: default_rulebook()}
    for stored in await rulebooks.every_rulebook(connection):
        with suppress(RulebookInvalid):
            found[stored.digest] = parse_rulebook(stored.body)
    return found


def _in_force(log: Sequence[Event], rules: Mapping[str, Rulebook]) -> Rulebook | None:
    return rules.get(log[-1].rulebook) if log else None


def _print_head(incident: Incident) -> None:
    answer(f"{incident.title}, {area_tree().full_name_zh(incident.place.area_code)}")
    kind = incident.category.facts.name_zh if incident.category else "category not known 类别未知"
    level = f"level {LEVEL[incident.level]}{'' if incident.graded else ', preliminary 初步'}"
    standing = f"{incident.status.value}, verdict {incident.verdict.value}, {level}"
    answer(f"{incident.incident_id}: {kind}, {standing}")


def _print(title: str, reasons: Sequence[Reason], limit: int, why: str = "") -> None:
    answer(f"\n{title}")
    for reason in reasons[:limit]:
        answer(f"  #{reason.event.seq} {beijing_time(reason.event.recorded_at)} {mask(reason.what)}")
        for line in reason.why:
            answer(f"      {mask(line)}")
    if not reasons:
        answer(f"  none 无: {why}" if why else "  none 无")
    if len(reasons) > limit:
        answer(f"  ({len(reasons) - limit} more; --limit shows them)")
