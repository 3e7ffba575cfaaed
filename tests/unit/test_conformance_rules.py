"""The rules and cases of the conformance kit, as data."""

from datetime import UTC, datetime

import orjson
import pytest
from pydantic import ValidationError

from models.messages.command import Command
from streams.conformance import ASKED, CASES, Case, Rule
from streams.conformance.cases import Hear, HearAcknowledged, Send
from streams.conformance.commands import KIT_HEADER, Run

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
RUN = Run("0123abcd", "500108:fire", "disposal-commands", 10)
# What the model of this version refuses, and a consumer has to live with.
OF_THE_FUTURE = (Rule.UNKNOWN_FIELD, Rule.UNKNOWN_WORD)


def sent(case: Case) -> dict[str, bytes]:
    return {
        step.name: RUN.publication(case, step.name, NOW).value
        for step in case.steps
        if isinstance(step, Send)
    }


def test_every_rule_says_what_it_asks() -> None:
    """Each has one sentence, and no two cases try the same one."""
    assert set(ASKED) == set(Rule)
    assert len({case.rule for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_case_speaks_of_what_it_sends(case: Case) -> None:
    """Whatever is waited for, judged or taken back has been sent, and every draft is."""
    names = set(sent(case))
    awaited = {step.name for step in case.steps if isinstance(step, Hear | HearAcknowledged)}
    assert awaited | {demand.name for demand in case.demands} | set(case.drafts) <= names


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_what_is_sent_is_a_command(case: Case) -> None:
    """The engine could have sent each, but for what comes from the future."""
    for value in sent(case).values():
        if case.rule in OF_THE_FUTURE:
            with pytest.raises(ValidationError):
                Command.model_validate_json(value)
        else:
            Command.model_validate_json(value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_everything_is_an_exercise(case: Case) -> None:
    """Only the case about an actual order sends one, says so of itself, and its text sends nobody anywhere."""
    for name, value in sent(case).items():
        command = orjson.loads(value)
        assert command["exercise"] is (not case.is_actual)
        assert "请勿出动" in command["text_zh"]
        assert ("演练" in command["text_zh"]) is not case.is_actual
        assert (KIT_HEADER, b"0123abcd") in RUN.publication(case, name, NOW).headers
    assert case.is_actual is (case.rule is Rule.ACTUAL)


def test_a_retraction_names_its_order() -> None:
    """It is of the same task and incident, under an id of its own."""
    for rule in (Rule.RETRACTION, Rule.RETRACTION_FIRST):
        (case,) = [case for case in CASES if case.rule is rule]
        order, retraction = (orjson.loads(sent(case)[name]) for name in ("order", "retraction"))
        assert (order["kind"], retraction["kind"]) == ("order", "retraction")
        assert retraction["retracts"] == order["command_id"] != retraction["command_id"]
        assert [order[name] for name in ("task_id", "incident_id")] == [
            retraction[name] for name in ("task_id", "incident_id")
        ]


def test_the_late_order_is_late() -> None:
    """Its deadline was over when it was sent, and lay after its issue."""
    (case,) = [case for case in CASES if case.rule is Rule.LATE]
    command = Command.model_validate_json(sent(case)["order"])
    assert command.issued_at < command.acknowledge_by < NOW


@pytest.mark.parametrize("unit_code", ["500108:fire", "500108:police", "500108102:township"])
def test_another_unit_is_another(unit_code: str) -> None:
    """The other one sits in the same area and is not this one."""
    other = Run("0123abcd", unit_code, "t", 1).another_unit
    assert other != unit_code
    assert other.partition(":")[0] == unit_code.partition(":")[0]
