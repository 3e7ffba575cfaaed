"""The canary and the twelve mutants. Each was seen to be killed by its test; a new promise brings a mutant of its own.

An acknowledgement before the publication is not among them: the outbox sweeper makes it harmless.
"""

from tests.mutants.mutant import Mutant

CANARY = Mutant(
    name="canary",
    bug="the core refuses to handle anything",
    file="workflows/handling.py",
    before="    ledger = Ledger(incident, message.envelope, rules, message.envelope.incident_id)\n",
    after='    raise RuntimeError("canary")\n',
    test="tests/unit/workflows/test_closed_loop.py::test_one_source_alone_waits_for_an_officer",
)

MUTANTS = (
    Mutant(
        name="take",
        bug="an agent reads with Faust's take(), which acknowledges a batch that raised",
        file="streams/broker/transport/batches.py",
        before="""\
    unacknowledged = cast("faust.Stream[Records]", stream).noack()
    async for event in cast("faust.Stream[Records]", unacknowledged).events():
        events = _take(consumer, queue, event, max_records)
        consumer.made_room()
        if events:
            records = [record for taken in events for record in taken.value]
            yield Batch(records, tuple(events), consumer)
""",
        after="""\
    async for taken in stream.take(max_records, within=0.05):
        consumer.made_room()
        yield Batch([record for records in taken for record in records], (), consumer)
""",
        test="tests/contract/transport/test_acknowledging.py"
        "::test_never_commits_past_an_unacknowledged_slice[tansu]",
    ),
    Mutant(
        name="no-dedupe",
        bug="nobody asks whether a message was handled before",
        file="streams/processing/triage.py",
        before="seen = dict(known)",
        after="seen: dict[MessageId, KnownMessage] = {}",
        test="tests/contract/store/test_batch.py::test_the_same_report_again_changes_nothing[sqlite]",
    ),
    Mutant(
        name="seq-from-a-sequence",
        bug="events are numbered by a sequence of the database, not by their incident's own count",
        file="streams/store/event_log.py",
        before='"seq": event.seq,',
        after='"seq": next(globals().setdefault("_SEQUENCE", iter(range(1, 2**31)))),',
        test="tests/contract/store/test_batch.py::test_each_log_counts_for_itself[sqlite]",
    ),
    Mutant(
        name="clock-without-compare-and-set",
        bug="a clock is ended again after it has ended",
        file="streams/store/deadlines.py",
        before="""\
    DEADLINES.c.deadline_id == bindparam("in_deadline"),
    or_(*(DEADLINES.c.progress == progress for progress in _RUNNING)),
""",
        after="""\
    DEADLINES.c.deadline_id == bindparam("in_deadline"),
""",
        test="tests/contract/store/test_deadlines.py::test_a_clock_that_is_moot_ends_without_firing[sqlite]",
    ),
    Mutant(
        name="clock-runs-on",
        bug="the clock that passes a command on to the next tier runs on when its unit acknowledges",
        file="workflows/feedback.py",
        before="""\
    cancel_clocks(ledger, held.command)
    ledger.record(
        CommandAcknowledged(
""",
        after="""\
    ledger.record(
        CommandAcknowledged(
""",
        test="tests/unit/workflows/test_closed_loop.py"
        "::test_an_acknowledged_order_waits_for_its_completion_alone",
    ),
    Mutant(
        name="no-retry-alone",
        bug="a batch with one bad message is given up instead of run again one message a transaction",
        file="streams/processing/batch.py",
        before="""\
    except (DataRefused, CoreFailed):
        return await _one_by_one(arrivals, work, rules, clock, accept_gap=accept_gap)
""",
        after="""\
    except (DataRefused, CoreFailed):
        raise
""",
        test="tests/contract/store/test_batch.py"
        "::test_what_the_database_refuses_costs_only_its_own_message[sqlite]",
    ),
    Mutant(
        name="id-from-uuid4",
        bug="an event's id comes from chance and not from its cause",
        file="workflows/ledger.py",
        before='EventId(derive("event", cause, self.incident_id, len(self.events)))',
        after='EventId(str(__import__("uuid").uuid4()))',
        test="tests/unit/workflows/test_closed_loop.py::test_the_same_story_gives_the_same_log",
    ),
    Mutant(
        name="outbox-swept-at-start-only",
        bug="the outbox is swept when the engine starts, and then only when somebody nudges",
        file="streams/engine.py",
        before="OutboxSweep(self._relay), 1.0, LogEvent.OUTBOX_SWEPT)",
        after="OutboxSweep(self._relay), 1e9, LogEvent.OUTBOX_SWEPT)",
        test="tests/integration/test_engine.py::test_the_outbox_is_swept_all_the_time[tansu]",
    ),
    Mutant(
        name="cursor-relay",
        bug="the relay goes on after the last row that it published, and never sees one that was committed late",
        file="streams/store/outbox.py",
        before="""\
_UNCLAIMED = select(OUTBOX.c.id).where(
    OUTBOX.c.published_at.is_(None),
""",
        after="""\
_DONE = OUTBOX.alias("done")
_UNCLAIMED = select(OUTBOX.c.id).where(
    ~exists().where(_DONE.c.id > OUTBOX.c.id, _DONE.c.published_at.is_not(None)),
    OUTBOX.c.published_at.is_(None),
""",
        test="tests/contract/store/test_outbox.py::test_what_was_left_is_found_behind_what_went_out[sqlite]",
    ),
    Mutant(
        name="no-area-on-one-route",
        bug="an incident's log is shown to whoever knows its id",
        file="streams/gateway/incidents.py",
        before='    """\n    await require_incident(incident_id, caller, services.database)\n',
        after='    """\n',
        test="tests/integration/gateway/test_swapped_ids.py"
        "::test_anothers_id_is_as_good_as_nobodys[GET-/api/incidents/{incident_id}/events]",
    ),
    Mutant(
        name="nul-let-in",
        bug="a NUL in a text, which PostgreSQL refuses, passes the reader",
        file="streams/processing/codec.py",
        before="""\
        case str() if "\\0" in value:
            yield _invalid(path, "character U+0000 is not allowed in text")
""",
        after="",
        test="tests/unit/streams/test_codec.py::test_the_corpus_is_read_as_it_says[a NUL in an unknown field]",
    ),
    Mutant(
        name="chain-skips-a-field",
        bug="the area of an audit entry is not bound into its digest",
        file="streams/access/audit.py",
        before='said = asdict(entry) | {"at": entry.at.isoformat(), "seq": seq, "previous": previous}',
        after='said = asdict(entry) | {"at": entry.at.isoformat(), "seq": seq, "previous": previous}\n'
        '    del said["area_code"]',
        test="tests/contract/access/test_audit.py::test_every_field_is_bound_into_the_chain[sqlite-area_code]",
    ),
)
