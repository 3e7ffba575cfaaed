"""Requests made from the API's own description: each answer is one that it knows, and none is our defect.

The same requests on every run, so that a change is judged by what it changes. Hypothesis makes them, of the shapes
that the description has and of others, about ids that are there and that are not.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.running import Headers, Running, gateway_in_a_thread

Case = schemathesis.Case[Any]
Operation = APIOperation[Any, Any, Any, Any]

# `make fuzz` asks for all of them; `make test` for as many as fit beside the other tests.
IS_LONG = settings().max_examples > 10_000
CASES_AT_LEAST, EXAMPLES = (5_000, 130) if IS_LONG else (500, 12)
HELD_TO = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = "/api/screen/stream"  # test_slow_clients.py and test_screen.py read it
SIGN_OUT = "DELETE /api/session"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with gateway_in_a_thread(tmp_path_factory.mktemp("fuzz")) as running:
        yield running


def cases(operation: Operation, ids: dict[str, str]) -> st.SearchStrategy[Case]:
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    drawn: list[st.SearchStrategy[Case]] = [operation.as_strategy(generation_mode=mode) for mode in modes]
    return st.tuples(st.one_of(drawn), st.booleans()).map(
        lambda one: one[0] if one[1] else named(one[0], ids)
    )


def named(case: Case, ids: dict[str, str]) -> Case:
    """The same request about what is there."""
    for name in case.path_parameters or {}:
        if name in ids:
            case.path_parameters[name] = ids[name]
    return case


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_answer_is_one_that_the_description_knows(running: Running) -> None:
    """Hundreds of requests, or thousands, by the installation and by a person: none is answered with 500."""
    asked: Counter[str] = Counter()
    wrong = [told for operation in _operations(running) for told in _ask(operation, running, asked)]
    assert not wrong, "\n\n".join(wrong)
    assert sum(asked.values()) >= CASES_AT_LEAST, asked


def _operations(running: Running) -> Iterator[Operation]:
    schema = schemathesis.openapi.from_dict(running.document).exclude(path=ENDLESS)
    for found in schema.get_all_operations():
        operation: Operation = found.ok()  # type: ignore[union-attr] # a broken one raises, and should
        yield operation


def _ask(operation: Operation, running: Running, asked: Counter[str]) -> Iterator[str]:
    """What is wrong with the answers of one operation."""
    for caller, headers in running.callers.items():
        if operation.label == SIGN_OUT and caller == "session":
            continue  # the session asks for the rest
        try:
            _ask_as(headers, operation, running, asked)
        except (FailureGroup, Exception) as failure:  # noqa: BLE001 - what failed is told when all were asked
            yield f"{operation.label} by {caller}: {failure}"


def _ask_as(headers: Headers, operation: Operation, running: Running, asked: Counter[str]) -> None:
    with requests.Session() as session:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases(operation, dict(running.ids)))
        def answered(case: Case) -> None:
            asked[operation.label] += 1
            response = case.call(base_url=running.url, session=session, headers=headers, timeout=20)
            case.validate_response(response, checks=HELD_TO)

        answered()
