"""Violations to plant, one row each, behind the engine's back; each returns the row that must be reported."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import MessageId
from models.tables import (
    ATTACHMENT_LINKS,
    COMMANDS,
    DEAD_LETTERS,
    DEADLINES,
    EVENTS,
    GAPS,
    INBOX,
    INCIDENTS,
    INTAKE,
    OUTBOX,
    OUTCOMES,
    PROGRESS,
    PROJECTIONS,
    REPORTS,
)
from streams.check import Invariant
from streams.store import deadlines, event_log, incidents
from streams.store.incidents import Standing
from tests.integration.check.audit_plants import (
    LONG_AGO,
    audit_entry_changed,
    decision_nobody_sent,
    decision_that_was_denied,
    decline_of_nobody,
    proposal_nobody_made,
)
from tests.integration.check.tampering import altered, change, one, remove
from workflows.deadlines import cancel_all, end_all_steps
from workflows.incident import Incident
from workflows.ledger import Ledger
from workflows.message import Envelope
from workflows.rulebook_file import default_rulebook

Plant = Callable[[AsyncConnection], Awaitable[str]]


async def lost_report(connection: AsyncConnection) -> str:
    row = await one(connection, REPORTS)
    await remove(connection, REPORTS, row)
    return f"inbox message_id={row.message_id}"


async def report_without_incident(connection: AsyncConnection) -> str:
    row = await one(connection, REPORTS)
    await change(connection, REPORTS, row, incident_id="nowhere")
    return "reports incident_id=nowhere"


async def merge_into_nothing(connection: AsyncConnection) -> str:
    row = await one(connection, INCIDENTS, INCIDENTS.c.status == "merged")
    await change(connection, INCIDENTS, row, merged_into="nowhere")
    return f"incidents incident_id={row.incident_id}"


async def nobody_owes_anything(connection: AsyncConnection) -> str:
    row = await one(connection, INCIDENTS, INCIDENTS.c.status == "open", INCIDENTS.c.open_commands == 0)
    state = Incident.model_validate_json(row.state)
    envelope = Envelope(MessageId("forgetful"), state.incident_id, state.last_recorded_at)
    ledger = Ledger(state, envelope, default_rulebook(), state.incident_id)
    end_all_steps(ledger, "forgotten")
    cancel_all(ledger)
    for event in ledger.events:
        fact = event_log.row_of(event, event.model_dump_json().encode(), row.opened_month)
        await connection.execute(insert(EVENTS).values(fact))
    await deadlines.record(connection, ledger.events)
    standing = Standing(ledger.incident, row.last_reported_at, row.heat_epoch, row.log_heat)
    await incidents.save(connection, [standing])
    return f"incidents incident_id={row.incident_id}"


async def command_of_another_attempt(connection: AsyncConnection) -> str:
    row = await one(connection, COMMANDS)
    await change(connection, COMMANDS, row, body=altered(row.body, attempt=7))
    return f"commands command_id={row.command_id}"


async def command_issued_twice(connection: AsyncConnection) -> str:
    row = await one(connection, EVENTS, EVENTS.c.type == "command_issued")
    copy = {**row._mapping, "event_id": "zzz-copy", "incident_id": "zzz-other", "seq": 1}
    await connection.execute(insert(EVENTS).values(copy))
    return "events event_id=zzz-copy"


async def other_bytes_sent(connection: AsyncConnection) -> str:
    row = await one(connection, OUTBOX, OUTBOX.c.topic == "disposal-commands")
    await change(connection, OUTBOX, row, value=row.value + b" ")
    return f"outbox id={row.id}"


async def silent_unit_without_clock(connection: AsyncConnection) -> str:
    clock = await one(
        connection, DEADLINES, DEADLINES.c.kind == "acknowledge", DEADLINES.c.progress == "open"
    )
    await remove(connection, DEADLINES, clock)
    return f"commands command_id={clock.command_id}"


async def escalation_into_nothing(connection: AsyncConnection) -> str:
    row = await one(connection, COMMANDS, COMMANDS.c.status == "done")
    await change(connection, COMMANDS, row, status="escalated")
    return f"commands command_id={row.command_id}"


async def lost_retraction(connection: AsyncConnection) -> str:
    row = await one(connection, COMMANDS, COMMANDS.c.kind == "retraction")
    await remove(connection, COMMANDS, row)
    return f"commands command_id={row.command_id}"


async def deadline_fired_twice(connection: AsyncConnection) -> str:
    row = await one(connection, DEADLINES, DEADLINES.c.progress == "fired")
    await change(connection, DEADLINES, row, fire_count=2)
    return f"deadlines deadline_id={row.deadline_id}"


async def deadline_runs_on(connection: AsyncConnection) -> str:
    row = await one(connection, DEADLINES, DEADLINES.c.progress == "cancelled")
    await change(connection, DEADLINES, row, progress="open", due_at=row.due_at + timedelta(days=900))
    return f"deadlines deadline_id={row.deadline_id}"


async def deadline_forgotten(connection: AsyncConnection) -> str:
    row = await one(connection, DEADLINES, DEADLINES.c.progress == "open")
    await change(connection, DEADLINES, row, due_at=LONG_AGO)
    return f"deadlines deadline_id={row.deadline_id}"


async def deadline_sent_and_lost(connection: AsyncConnection) -> str:
    row = await one(connection, DEADLINES, DEADLINES.c.progress == "open")
    await change(connection, DEADLINES, row, progress="sent", updated_at=LONG_AGO)
    return f"deadlines deadline_id={row.deadline_id}"


async def hole_in_the_log(connection: AsyncConnection) -> str:
    row = await one(connection, EVENTS, EVENTS.c.seq == 4)
    await remove(connection, EVENTS, row)
    following = await one(connection, EVENTS, EVENTS.c.incident_id == row.incident_id, EVENTS.c.seq == 5)
    return f"events event_id={following.event_id}"


async def other_version(connection: AsyncConnection) -> str:
    row = await one(connection, INCIDENTS)
    await change(connection, INCIDENTS, row, seq=row.seq + 1)
    return f"incidents incident_id={row.incident_id}"


async def event_row_says_otherwise(connection: AsyncConnection) -> str:
    row = await one(connection, EVENTS, EVENTS.c.type == "step_started")
    await change(connection, EVENTS, row, cause_id="somebody-else")
    return f"events event_id={row.event_id}"


async def other_state(connection: AsyncConnection) -> str:
    row = await one(connection, INCIDENTS)
    await change(connection, INCIDENTS, row, state=altered(row.state, title="something else"))
    return f"incidents incident_id={row.incident_id}"


async def other_column(connection: AsyncConnection) -> str:
    row = await one(connection, INCIDENTS)
    await change(connection, INCIDENTS, row, district_code="500999")
    return f"incidents incident_id={row.incident_id}"


async def other_heat(connection: AsyncConnection) -> str:
    row = await one(connection, INCIDENTS, INCIDENTS.c.log_heat.is_not(None))
    await change(connection, INCIDENTS, row, log_heat=row.log_heat + 0.001)
    return f"incidents incident_id={row.incident_id}"


async def other_deadline(connection: AsyncConnection) -> str:
    row = await one(connection, DEADLINES, DEADLINES.c.progress == "cancelled")
    await change(connection, DEADLINES, row, tier="nobody")
    return f"deadlines deadline_id={row.deadline_id}"


async def other_command_status(connection: AsyncConnection) -> str:
    row = await one(connection, COMMANDS, COMMANDS.c.status == "done")
    await change(connection, COMMANDS, row, status="acknowledged")
    return f"commands command_id={row.command_id}"


async def retraction_that_nobody_heard(connection: AsyncConnection) -> str:
    row = await one(connection, COMMANDS, COMMANDS.c.kind == "retraction", COMMANDS.c.status == "issued")
    await change(connection, COMMANDS, row, status="received")
    return f"commands command_id={row.command_id}"


async def other_outcome(connection: AsyncConnection) -> str:
    row = await one(connection, OUTCOMES)
    await change(connection, OUTCOMES, row, good=not row.good)
    return f"outcomes outcome_id={row.outcome_id}"


async def lost_outcome(connection: AsyncConnection) -> str:
    row = await one(connection, OUTCOMES)
    await remove(connection, OUTCOMES, row)
    return f"outcomes outcome_id={row.outcome_id}"


async def other_rating(connection: AsyncConnection) -> str:
    row = await one(connection, PROJECTIONS, PROJECTIONS.c.topic == "ratings")
    await change(connection, PROJECTIONS, row, value=altered(row.value, sample=1_000))
    return f"projections topic=ratings key={row.key}"


async def unreadable_rating(connection: AsyncConnection) -> str:
    row = await one(connection, PROJECTIONS, PROJECTIONS.c.topic == "ratings")
    await change(connection, PROJECTIONS, row, value=b"{}")
    return f"projections topic=ratings key={row.key}"


async def other_ranking(connection: AsyncConnection) -> str:
    row = await one(connection, PROJECTIONS, PROJECTIONS.c.topic == "heat-rankings")
    await change(connection, PROJECTIONS, row, value=altered(row.value, entries=[]))
    return f"projections topic=heat-rankings key={row.key}"


async def other_bytes_of_the_log(connection: AsyncConnection) -> str:
    row = await one(connection, OUTBOX, OUTBOX.c.topic == "incident-events")
    await change(connection, OUTBOX, row, value=row.value + b" ")
    return f"outbox id={row.id}"


async def offset_skipped(connection: AsyncConnection) -> str:
    row = await one(connection, PROGRESS, PROGRESS.c.topic == "reports")
    await change(connection, PROGRESS, row, next_offset=row.next_offset + 1)
    return "progress cluster_id=cluster-of-tests topic=reports partition=0"


async def handled_and_not_kept(connection: AsyncConnection) -> str:
    row = await one(connection, INBOX, INBOX.c.topic == "stage-verification")
    await remove(connection, INBOX, row)
    return "progress cluster_id=cluster-of-tests topic=stage-verification partition=0"


async def dead_letter_lost(connection: AsyncConnection) -> str:
    row = await one(connection, DEAD_LETTERS)
    await remove(connection, DEAD_LETTERS, row)
    return "progress cluster_id=cluster-of-tests topic=reports partition=0"


async def gap_of_an_unknown_partition(connection: AsyncConnection) -> str:
    key = {"cluster_id": "other", "topic": "reports", "partition": 3}
    gap = {**key, "from_offset": 0, "to_offset": 2, "recorded_at": LONG_AGO}
    await connection.execute(insert(GAPS).values(gap))
    return "gaps cluster_id=other topic=reports partition=3"


async def outcome_of_another_area(connection: AsyncConnection) -> str:
    row = await one(connection, OUTCOMES, OUTCOMES.c.district_code.is_not(None))
    await change(connection, OUTCOMES, row, district_code="500101")
    return f"outcomes outcome_id={row.outcome_id}"


async def step_of_another_area(connection: AsyncConnection) -> str:
    row = await one(connection, EVENTS, EVENTS.c.type == "step_started")
    event = orjson.loads(row.body)
    event["data"]["area_code"] = "500101"
    await change(connection, EVENTS, row, body=orjson.dumps(event))
    return f"events event_id={row.event_id}"


async def report_with_other_content(connection: AsyncConnection) -> str:
    row = await one(connection, REPORTS)
    await change(connection, REPORTS, row, body=altered(row.body, title="other words"))
    return f"reports source_id={row.source_id} report_id={row.report_id}"


async def accepted_with_other_content(connection: AsyncConnection) -> str:
    row = await one(connection, INTAKE)
    await change(connection, INTAKE, row, digest="sha256:" + "0" * 64)
    return f"intake message_id={row.message_id}"


async def accepted_and_lost(connection: AsyncConnection) -> str:
    row = {"message_id": "lost-1", "topic": "reports", "digest": "sha256:0", "accepted_at": LONG_AGO}
    await connection.execute(insert(INTAKE).values(row))
    return "intake message_id=lost-1"


async def never_published(connection: AsyncConnection) -> str:
    row = await one(connection, OUTBOX)
    await change(connection, OUTBOX, row, published_at=None, published_cluster=None)
    return f"outbox id={row.id} topic={row.topic}"


async def claim_ran_out(connection: AsyncConnection) -> str:
    row = await one(connection, OUTBOX)
    now = datetime.now(UTC)
    claimed = {"published_at": None, "created_at": now, "claim": "dead", "claimed_until": LONG_AGO}
    await change(connection, OUTBOX, row, **claimed)
    return f"outbox id={row.id} topic={row.topic}"


async def link_of_nobody(connection: AsyncConnection) -> str:
    """A picture is named by a report that was never accepted."""
    digest = f"sha256:{'0' * 64}"
    link = {"message_id": "m", "ordinal": 0, "digest": digest, "media_type": "image/jpeg", "name": "x"}
    report = {"source_id": "nobody", "report_id": "nothing", "command_id": None}
    await connection.execute(insert(ATTACHMENT_LINKS).values(**link, **report))
    return "attachment_links message_id=m ordinal=0"


@dataclass(frozen=True)
class Planted:
    """A violation, the invariant that it breaks, and those that it breaks besides (a lost row breaks several)."""

    invariant: Invariant
    plant: Plant
    besides: tuple[Invariant, ...] = ()


PLANTED = (
    Planted(Invariant.I1, lost_report, (Invariant.I1,)),
    Planted(Invariant.I1, report_without_incident, (Invariant.I1,)),
    Planted(Invariant.I1, merge_into_nothing, (Invariant.I6,)),
    Planted(Invariant.I1, nobody_owes_anything),
    Planted(Invariant.I2, command_of_another_attempt, (Invariant.I2, Invariant.I6)),
    Planted(Invariant.I2, command_issued_twice, (Invariant.I5, Invariant.I6)),
    Planted(Invariant.I2, other_bytes_sent),
    Planted(Invariant.I3, silent_unit_without_clock, (Invariant.I6,)),
    Planted(Invariant.I3, escalation_into_nothing, (Invariant.I6,)),
    Planted(Invariant.I3, lost_retraction, (Invariant.I2, Invariant.I6)),
    Planted(Invariant.I4, deadline_fired_twice),
    Planted(Invariant.I4, deadline_runs_on, (Invariant.I6,)),
    Planted(Invariant.I4, deadline_forgotten, (Invariant.I6,)),
    Planted(Invariant.I4, deadline_sent_and_lost),
    Planted(Invariant.I5, hole_in_the_log, (Invariant.I6, Invariant.I7)),
    Planted(Invariant.I5, other_version, (Invariant.I6,)),
    Planted(Invariant.I6, event_row_says_otherwise),
    Planted(Invariant.I6, other_state),
    Planted(Invariant.I6, other_column, (Invariant.I6,)),
    Planted(Invariant.I6, other_heat, (Invariant.I6,)),
    Planted(Invariant.I6, other_deadline),
    Planted(Invariant.I6, other_command_status),
    Planted(Invariant.I6, retraction_that_nobody_heard),
    Planted(Invariant.I6, other_outcome, (Invariant.I6,)),
    Planted(Invariant.I6, lost_outcome, (Invariant.I6,)),
    Planted(Invariant.I6, other_rating),
    Planted(Invariant.I6, unreadable_rating),
    Planted(Invariant.I6, other_ranking),
    Planted(Invariant.I7, other_bytes_of_the_log),
    Planted(Invariant.I8, offset_skipped),
    Planted(Invariant.I8, handled_and_not_kept),
    Planted(Invariant.I8, dead_letter_lost),
    Planted(Invariant.I8, gap_of_an_unknown_partition),
    Planted(Invariant.I9, outcome_of_another_area, (Invariant.I6,)),
    Planted(Invariant.I9, step_of_another_area, (Invariant.I7,)),
    Planted(Invariant.I10, report_with_other_content, (Invariant.I10,)),
    Planted(Invariant.I10, accepted_with_other_content),
    Planted(Invariant.I10, accepted_and_lost),
    Planted(Invariant.I11, never_published),
    Planted(Invariant.I11, claim_ran_out),
    Planted(Invariant.I12, decision_nobody_sent),
    Planted(Invariant.I12, decision_that_was_denied),
    Planted(Invariant.I12, proposal_nobody_made),
    Planted(Invariant.I12, decline_of_nobody),
    Planted(Invariant.I12, audit_entry_changed),
    Planted(Invariant.I13, link_of_nobody),
)
