"""Walks: incidents that go anywhere the core lets them, drawn by a seed, and what each of their logs folds to."""

import json
import lzma
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import orjson
from pydantic import ValidationError

from models.categories import Category
from models.messages.decision import ReportRef
from models.messages.event import Event
from models.messages.report import Facts
from models.vocabulary import Action, Channel, Claim, FeedbackKind, Level, Nature, Role, Tier, Verdict
from tests.core_world import SECOND, CoreWorld, make_report
from workflows.fold import fold

HERE = Path(__file__).parent
LOGS = 200
_STEPS = 18
_WAITS_SECONDS = (1, 6, 70, 70, 400, 400, 4_000)


@dataclass(frozen=True, slots=True)
class Golden:
    """The log of one incident, one body an event as it went to Kafka, and the digest of the state."""

    digest: str
    bodies: tuple[bytes, ...]

    @property
    def folded(self) -> str:
        """The digest of what today's code folds the log to."""
        return digest_of_fold(Event.model_validate_json(body) for body in self.bodies)


def digest_of_fold(log: Iterator[Event]) -> str:
    """Of the state without what merely states a default: a field that is added later changes no digest.

    Nor does the next version's number: what an order of the first version says stays what it says.
    """
    state = fold(log).model_dump(mode="json", exclude_defaults=True)
    return sha256(orjson.dumps(_without_versions(state), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _without_versions(part: Any) -> Any:  # noqa: ANN401 - any part of a JSON document
    if isinstance(part, dict):
        return {name: _without_versions(value) for name, value in part.items() if name != "schema_version"}
    return [_without_versions(one) for one in part] if isinstance(part, list) else part


def walk(seed: int) -> Iterator[Golden]:
    """What happened to every incident of one world."""
    world, draw = CoreWorld(), Random(seed)
    for step in range(_STEPS):
        _step(world, draw, step)
    if draw.random() < 0.5:
        _finish(world)
    world.advance(draw.choice(_WAITS_SECONDS))
    yield from golden_of(world)


def golden_of(world: CoreWorld) -> Iterator[Golden]:
    """The log of each incident of this world as it stands now."""
    for log in world.log.values():
        yield Golden(digest_of_fold(iter(log)), tuple(event.model_dump_json().encode() for event in log))


def write(file: Path, logs: list[Golden]) -> None:
    """One line a log, packed; the same logs give the same bytes."""
    lines = [{"digest": one.digest, "events": [json.loads(body) for body in one.bodies]} for one in logs]
    text = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(lzma.compress(text, preset=9))


def read(file: Path) -> list[Golden]:
    """The logs of one released version."""
    lines = [orjson.loads(line) for line in lzma.decompress(file.read_bytes()).splitlines()]
    return [Golden(line["digest"], tuple(map(orjson.dumps, line["events"]))) for line in lines]


def _step(world: CoreWorld, draw: Random, step: int) -> None:
    incidents = list(world.incidents)
    commands = [command for incident in world.incidents.values() for command in incident.commands]
    if not incidents or draw.random() < 0.25:
        _report(world, draw, step)
    elif draw.random() < 0.35:
        world.advance(draw.choice(_WAITS_SECONDS))
    elif commands and draw.random() < 0.5:
        kind = draw.choice(list(FeedbackKind))
        world.feedback(draw.choice(commands), kind, late=draw.random() < 0.1)
    else:
        with suppress(ValidationError):  # a decision that names nothing to decide about
            _decide(world, draw)
    world.deliver()


def _finish(world: CoreWorld) -> None:
    """Officers and units do what they owe, so that the incident can be closed."""
    for incident_id in sorted(world.incidents):
        for action in (Action.ACKNOWLEDGE, Action.VERIFY, Action.RELEASE):
            world.decide(incident_id, action, verdict=Verdict.TRUE, area="500000", role=Role.COMMANDER)
            world.deliver()
        for command_id in sorted(world.incidents[incident_id].commands):
            for kind in (FeedbackKind.RECEIVED, FeedbackKind.ACKNOWLEDGED, FeedbackKind.DONE):
                world.feedback(command_id, kind)
                world.deliver()
        world.decide(incident_id, Action.CLOSE, area="500000", role=Role.COMMANDER, second=SECOND)
        world.deliver()


def _report(world: CoreWorld, draw: Random, step: int) -> None:
    said = make_report(
        f"r-{step}",
        source=f"s-{draw.randrange(4)}",
        reporter=draw.choice([None, "p-1", "p-2"]),
        channel=draw.choice(list(Channel)),
        category=draw.choice([Category.FIRE, Category.FIRE, Category.ROAD_TRAFFIC, Category.GAS, None]),
        area=draw.choice(["500108001"] * 3 + ["500108002", "500157"]),
        at=world.now,
        claim=draw.choice([Claim.AFFIRM] * 4 + [Claim.DENY]),
        urgent=draw.random() < 0.4,
        exercise=draw.random() < 0.1,
        nature=draw.choice([Nature.EMERGENCY] * 4 + [Nature.HAZARD]),
        facts=Facts(deaths=draw.choice([None, None, 0, 1, 12]), injured=draw.choice([None, 2, 60])),
    )
    world.report(said)


def _decide(world: CoreWorld, draw: Random) -> None:
    incidents = sorted(world.incidents)
    incident_id = draw.choice(incidents)
    state = world.incidents[incident_id]
    held = world.reports.get(incident_id, [])
    refs = tuple(
        ReportRef(source_id=one.report.source_id, report_id=one.report.report_id) for one in held[-1:]
    )
    world.decide(
        incident_id,
        draw.choice([*Action, Action.VERIFY, Action.RELEASE, Action.CLOSE]),
        verdict=draw.choice([Verdict.TRUE, Verdict.TRUE, Verdict.FALSE]),
        level=draw.choice(list(Level)),
        other=draw.choice(incidents) if len(incidents) > 1 else None,
        reports=refs or None,
        to_tier=draw.choice([Tier.DISTRICT, Tier.CITY]),
        deadline_id=next(iter(state.deadlines), None),
        until=world.now + timedelta(hours=1),
        area="500000",
        role=Role.COMMANDER,
        second=SECOND,
    )
