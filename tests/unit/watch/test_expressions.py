"""Every rule and every panel asks for what the program exports: names, labels and values, added up the right way."""

import re
from collections import Counter
from collections.abc import Iterator
from math import prod

import pytest
from prometheus_client import REGISTRY, CollectorRegistry

from streams.metric_labels import values_of
from streams.metrics import Described, Kind, Metrics
from tests.unit.watch import sources
from tests.unit.watch.expressions import Asked, read

CATALOGUE = {one.name: one for one in Metrics(CollectorRegistry()).catalogue}
OF_A_HISTOGRAM = ("_bucket", "_sum", "_count")
# What Prometheus adds to every series that it takes in.
OF_PROMETHEUS = {"job", "instance"}
WINDOWED = {"rate", "increase"}
# Told to nobody by a rule or a panel; why each is there all the same.
UNWATCHED = {
    "fenghuo_incident_duration_seconds": "asked once a year, for the report",
    "fenghuo_stage_entries_total": "for those who count throughput by hand",
    "fenghuo_last_handled_timestamp_seconds": "a quiet topic is old, which is no fault",
    "fenghuo_oldest_unacknowledged_seconds": "behind a long queue that moves it rises, which is no fault",
    "fenghuo_command_redeliveries_total": "a unit's system that is slow to hear is normal",
    "fenghuo_projections_published_total": "how often figures change says nothing",
    "fenghuo_heat_refolded_total": "only after a new rulebook",
}


def faults(expression: str) -> Iterator[str]:
    """What the program does not export of what this asks for, or what is added up the wrong way."""
    reading = read(expression)
    for asked in reading.asked:
        yield from _faults_of(asked)
    known = set().union(*(_labels_of(asked.metric) for asked in reading.asked))
    for label in sorted(reading.grouped - known):
        yield f"nothing in it has the label {label}"


def _faults_of(asked: Asked) -> Iterator[str]:
    found = _described(asked.metric)
    if found is None:
        if asked.metric not in {"ALERTS", "up", *sources.recorded()} | _of_the_client():
            yield f"no metric {asked.metric}"
        return
    if (asked.inside in WINDOWED) != (found.kind in (Kind.COUNTER, Kind.HISTOGRAM)):
        yield f"{asked.metric} is a {found.kind.value}, inside {asked.inside or 'nothing'}"
    if found.kind is Kind.SHARED_GAUGE and asked.inside != "max":
        yield f"{asked.metric} is the same in every process: take the max"
    for label, operator, value in asked.matchers:
        if label not in _labels_of(asked.metric):
            yield f"{asked.metric} has no label {label}"
        elif label in found.labels:
            yield from _unknown_values(found, label, operator, value)


def _unknown_values(found: Described, label: str, operator: str, value: str) -> Iterator[str]:
    allowed = values_of(found.name, label).values
    for wanted in value.split("|") if "~" in operator else [re.escape(value)]:
        if not any(re.fullmatch(wanted, one) for one in allowed):
            yield f"{label} of {found.name} is never {wanted}"


def _described(metric: str) -> Described | None:
    found = CATALOGUE.get(metric)
    if found is not None:
        return None if found.kind is Kind.HISTOGRAM else found
    whole = next((metric.removesuffix(end) for end in OF_A_HISTOGRAM if metric.endswith(end)), "")
    found = CATALOGUE.get(whole)
    return found if found is not None and found.kind is Kind.HISTOGRAM else None


def _labels_of(metric: str) -> set[str]:
    if metric in sources.recorded():
        level = metric.split(":", maxsplit=1)[0]
        return {level} if level != "fenghuo" else set()
    found = _described(metric)
    le = {"le"} if metric.endswith("_bucket") else set()
    return OF_PROMETHEUS | le | set(found.labels if found is not None else ())


def _of_the_client() -> set[str]:
    return {
        metric.name + "_total" * (metric.type == "counter")
        for metric in REGISTRY.collect()
        if metric.name.startswith("process_")
    }


def test_every_expression_asks_for_what_is_exported() -> None:
    """No rule and no panel waits for a metric, a label or a value that never comes."""
    found = {where: list(faults(expression)) for where, expression in sources.expressions()}
    assert {where: told for where, told in found.items() if told} == {}
    assert len(found) > 80


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("max(fenghuo_outbox_oldest_second)", "no metric fenghuo_outbox_oldest_second"),
        ("rate(fenghuo_message_handle_seconds[5m])", "no metric fenghuo_message_handle_seconds"),
        ("rate(fenghuo_messages_bucket[5m])", "no metric fenghuo_messages_bucket"),
        ("sum(rate(fenghuo_reports_total{area='1'}[5m]))".replace("'", '"'), "has no label area"),
        (
            'rate(fenghuo_messages_total{outcome="died"}[5m])',
            "outcome of fenghuo_messages_total is never died",
        ),
        ('max(fenghuo_commands_unacknowledged{tier=~"city|village"})', "is never village"),
        ("sum by (level) (rate(fenghuo_reports_total[5m]))", "nothing in it has the label level"),
        ("sum(fenghuo_outbox_waiting)", "is the same in every process: take the max"),
        ("sum(fenghuo_reports_total)", "fenghuo_reports_total is a counter, inside sum"),
        ("rate(fenghuo_brakes_pulled[5m])", "is a gauge of a process, inside rate"),
    ],
)
def test_a_wrong_expression_is_seen(expression: str, fault: str) -> None:
    """Each way to ask for what is not there, or to count it twice, is found."""
    assert [told for told in faults(expression) if fault in told] != []


def test_a_right_expression_is_let_through() -> None:
    """A quantile, a join, a subset of values and a recorded name are no faults."""
    right = (
        "histogram_quantile(0.99, sum by (topic, le) (rate(fenghuo_message_handle_seconds_bucket[5m]))) > 1",
        "max by (stage) (fenghuo_incidents_open) * on (stage) sum by (stage) (rate(fenghuo_stage_entries_total[1h]))",
        'level:fenghuo_report_to_command_seconds:p90_10m{level=~"I|II"} > 60 or up{job="fenghuo"} == 0',
    )
    assert [list(faults(expression)) for expression in right] == [[], [], []]


def test_recorded_names_say_their_labels() -> None:
    """The first part of a recorded name is the label that its series have, or the program's name for none."""
    for name, expression in sources.recorded().items():
        level = name.split(":")[0]
        outermost = read(expression).grouped - {"le"}
        assert outermost <= {level}, name
        assert level in {
            "fenghuo",
            "instance",
            *(label for one in CATALOGUE.values() for label in one.labels),
        }


def test_every_metric_is_watched_or_says_why_not() -> None:
    """Each metric of the catalogue has a rule or a panel; what has none is listed with its reason, and only that."""
    asked = {one.metric for _, expression in sources.expressions() for one in read(expression).asked}
    watched = {found.name for metric in asked if (found := _described(metric)) is not None}
    assert CATALOGUE.keys() - watched == UNWATCHED.keys()


def test_what_an_alert_counts_is_shown_from_zero_on() -> None:
    """An increase is seen only from a 0 that was there: the first red alarm, dead letter or bad signature must ring."""
    registry = CollectorRegistry()
    Metrics(registry)
    shown = Counter(sample.name for metric in registry.collect() for sample in metric.samples)
    rules = [*(alert["expr"] for alert in sources.alerts().values()), *sources.recorded().values()]
    counted = {one.metric for rule in rules for one in read(rule).asked if one.inside == "increase"}
    for name in counted:
        sets = [values_of(name, label) for label in CATALOGUE[name].labels]
        if all(found.is_listed for found in sets):
            assert shown[name] == prod(len(found.values) for found in sets), name
    assert len(counted) > 5
