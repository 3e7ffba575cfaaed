"""A heartbeat is known for what it is, called on from stage to stage, counted hop by hop, and never a report."""

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from models.messages.report import Report
from models.topics import ENGINE_READ, Topic
from streams.broker.publishing import Publication
from streams.metric_labels import Hop
from streams.metrics import Metrics
from streams.processing import codec
from streams.processing.arrivals import BatchResult, Decoded, Fate, Handled, Heartbeat, Record
from streams.processing.bookkeeper import Bookkeeper
from streams.processing.docket import Docket
from streams.processing.heartbeat import HEADER, SOURCE, first, heartbeat_in, passed_on
from streams.processing.triage import sort_out
from streams.settings import load_settings
from streams.store.inbox import KnownMessage
from streams.store.publications import HEADERS, Headers
from tests.unit.streams.test_settings import PRODUCTION

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
WALL = datetime(2026, 5, 1, 4, 0, 7, 250_000, tzinfo=UTC)


def read(publication: Publication, headers: Headers | None = None, **changed: object) -> Decoded:
    """What an agent makes of a publication; `changed` fields of a report and other headers are put in first."""
    topic, value = Topic(publication.topic), publication.value
    found = codec.read(codec.SHAPE_OF_TOPIC[topic], value, NOON)
    assert isinstance(found, codec.Readable), found
    message = found.message.model_copy(update=changed)
    carried = publication.headers if headers is None else headers
    return Decoded(Record(topic, 0, 0, publication.key, value, carried), message, found.digest)


def beat(**changed: object) -> Decoded:
    return read(first(NOON, WALL).publication, **changed)  # type: ignore[arg-type]  # fields, and never `headers`


def test_it_is_called_on_through_every_stage_to_a_receipt() -> None:
    """Five messages of one moment, each its own, in the order of the hops; what comes last the engine does not read."""
    sent, hops, ids = first(NOON, WALL).publication, [], []
    while sent.topic in ENGINE_READ:
        arrived = read(sent)
        heartbeat = heartbeat_in(arrived)
        assert heartbeat is not None
        assert heartbeat.since == WALL.timestamp()
        hops.append(heartbeat.hop)
        ids.append(arrived.message_id)
        sent = passed_on(arrived, heartbeat, NOON).publication
    assert hops == [hop for hop in Hop if hop is not Hop.ACCEPTED]
    assert len(set(ids)) == len(ids)
    assert (sent.topic, sent.key) == (Topic.REPORT_RECEIPTS, SOURCE.encode())


def test_two_heartbeats_are_two_and_each_the_same_again() -> None:
    """What is sent twice is known by its id, at every worker; the next one has another."""
    later = datetime(2026, 5, 1, 4, 1, 7, tzinfo=UTC)
    assert first(NOON, WALL) == first(NOON, WALL)
    assert first(NOON, WALL).message_id != first(NOON, later).message_id


@pytest.mark.parametrize(
    "told",
    [
        beat(source_id="110-500000"),
        beat(exercise=False),
        read(first(NOON, WALL).publication, HEADERS),
        read(first(NOON, WALL).publication, ((HEADER, b"soon"),)),
        read(first(NOON, WALL).publication, ((HEADER, b"nan"),)),
    ],
    ids=["another source", "no exercise", "no header", "a header without a time", "a time that is none"],
)
def test_what_is_not_wholly_a_heartbeat_is_a_report(told: Decoded) -> None:
    """Nobody's report is lost because it looks a little like one."""
    assert heartbeat_in(told) is None
    docket = Docket(NOON)
    assert [one.decoded for one in sort_out([told], {}, docket)] == [told]
    assert docket.handled == []


def test_a_call_about_a_true_incident_is_none_whatever_its_header() -> None:
    """Only the incident that there is not belongs to heartbeats."""
    arrived = beat()
    heartbeat = heartbeat_in(arrived)
    assert heartbeat is not None
    call = passed_on(arrived, heartbeat, NOON).publication
    assert heartbeat_in(read(call)) is not None
    assert heartbeat_in(read(call, incident_id="another")) is None


def test_it_is_passed_on_once_with_an_inbox_row_and_comes_to_no_desk() -> None:
    """The same twice in a batch goes on once; it is processed, kept as refused, and its message told to nobody."""
    docket = Docket(NOON)
    assert sort_out([beat(), beat()], {}, docket) == []
    [entry] = docket.changes.entries
    assert entry.refusal is not None
    assert entry.incident_id is None
    assert [one.publication.topic for one in docket.changes.hand_overs] == [Topic.STAGE_VERIFICATION]
    assert [one.fate for one in docket.handled] == [Fate.APPLIED, Fate.DUPLICATE]
    assert docket.handled[0].message is None
    assert (docket.changes.reports, docket.changes.events) == ([], [])


def test_one_that_was_handled_before_is_a_duplicate() -> None:
    """It does not go round a second time."""
    docket, again = Docket(NOON), beat()
    known = {again.message_id: KnownMessage(again.digest, None)}
    assert sort_out([again], known, docket) == []
    assert docket.changes.hand_overs == []


def test_each_hop_is_measured_and_the_last_says_when_it_came_round() -> None:
    """From the moment of writing, never below 0 where clocks differ, and in no count of reports."""
    registry = CollectorRegistry()
    books, since = Bookkeeper(Metrics(registry)), WALL.timestamp()

    def handled(hop: Hop, now: float) -> float | None:
        one = Handled(beat().record, Fate.APPLIED, heartbeat=Heartbeat(hop, since))
        books.count_batch(BatchResult((one,)))
        books.count_heartbeats(BatchResult((one,)), now)
        return registry.get_sample_value("fenghuo_heartbeat_came_round_timestamp_seconds")

    assert handled(Hop.FUSED, since - 3) == 0
    assert handled(Hop.PUBLISHED, since + 2) == since + 2
    sums = [registry.get_sample_value("fenghuo_heartbeat_hop_seconds_sum", {"hop": hop}) for hop in Hop]
    assert sums == [None, 0, None, None, None, pytest.approx(2)]
    assert not [one for one in registry.collect() if one.name == "fenghuo_reports" and one.samples]


def test_it_says_to_whoever_reads_the_topic_that_it_is_nothing() -> None:
    """An exercise by its field and by its first word."""
    message = beat().message
    assert isinstance(message, Report)
    assert message.exercise
    assert (message.text or "").startswith("【演练】")


def test_it_goes_round_in_production_and_not_where_traffic_is_played() -> None:
    """`make run` sends none unless it is asked to; production one a minute, or none when it is told so."""
    assert load_settings(None).heartbeat_report_seconds == 0
    assert load_settings(None, heartbeat_report_seconds=30).heartbeat_report_seconds == 30
    assert load_settings(None, **PRODUCTION).heartbeat_report_seconds == 60
    assert load_settings(None, **PRODUCTION, heartbeat_report_seconds=0).heartbeat_report_seconds == 0
