"""The door: who comes in, what probes are told, and what the API says about itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlmodel import SQLModel

from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.tables.incidents import IncidentRow
from streams.gateway.api import ROOMS
from streams.gateway.openapi import DECISION_BODY, FEEDBACK_BODY, REPORT_BODY
from streams.program.readiness import Component
from tests.integration.gateway.bodies import report
from tests.integration.gateway.conftest import TOKEN, Gateway, client_of

API = ["/api/incidents", "/api/heat", "/api/areas", "/api/nothing", "/nothing", "/api", "/docs"]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer ключ",
    ],
)
async def test_nobody_comes_in_without_the_token(gateway: Gateway, authorization: str | None) -> None:
    """401 for every path that is not open, known or not, whatever else is sent."""
    headers = {} if authorization is None else {b"Authorization": authorization.encode()}
    async with client_of(gateway.services, token=None) as client:
        for path in API:
            answer = await client.get(path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert (await client.post("/api/reports", json=report(), headers=headers)).status_code == 401


async def test_two_tokens_are_none(gateway: Gateway) -> None:
    """Which of two headers counts would be a matter of taste, so neither does."""
    async with client_of(gateway.services, token=None) as client:
        twice = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer other")]
        assert (await client.get("/api/heat", headers=twice)).status_code == 401


async def test_the_scheme_may_be_spelled_as_anyone_likes(gateway: Gateway) -> None:
    """`bearer` in small letters is the same scheme."""
    async with client_of(gateway.services, token=None) as client:
        answer = await client.get("/api/heat", headers={"Authorization": f"bearer {TOKEN}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "from_here", "from_elsewhere"),
    [
        ("/healthz", 200, 200),
        ("/readyz", 503, 503),
        ("/metrics", 200, 401),
        ("/version", 200, 401),
        ("/openapi.json", 200, 401),
    ],
)
async def test_what_is_open_without_a_token(
    gateway: Gateway, path: str, from_here: int, from_elsewhere: int
) -> None:
    """Probes are answered everywhere; metrics, version and the API's description on this machine."""
    for peer, status in (("127.0.0.1", from_here), ("::1", from_here), ("10.0.0.7", from_elsewhere)):
        async with client_of(gateway.services, token=None, peer=peer) as client:
            assert (await client.get(path)).status_code == status


async def test_readiness_has_an_entry_for_each_component(gateway: Gateway) -> None:
    """503 until all are ready, with the reason of each; 200 from then on, and 503 again when one fails."""
    waiting = await gateway.client.get("/readyz")
    gateway.readiness.ready(Component.DATABASE)
    gateway.readiness.ready(Component.BROKER)
    ready = await gateway.client.get("/readyz")
    gateway.readiness.waiting(Component.BROKER, "no broker answers")
    failed = await gateway.client.get("/readyz")
    assert (waiting.status_code, waiting.json()) == (
        503,
        {"status": "waiting", "components": {"database": "not started", "broker": "not started"}},
    )
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ready", "components": {"database": "ready", "broker": "ready"}},
    )
    assert (failed.status_code, failed.json()["components"]["broker"]) == (503, "no broker answers")


async def test_the_program_says_what_runs_here(gateway: Gateway) -> None:
    """The version of the program and its messages, the rulebook in force, and metrics in Prometheus' text."""
    version = (await gateway.client.get("/version")).json()
    metrics = await gateway.client.get("/metrics")
    rules = gateway.services.rules()
    assert version == {
        "version": "0.1.0",
        "schema_version": 1,
        "rulebook": rules.digest,
        "rulebook_version": rules.version,
    }
    assert metrics.headers["Content-Type"].startswith("text/plain")
    assert b"# TYPE " in metrics.content


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Every model that an annotation or a model's fields reach."""
    seen: set[object] = set()
    waiting = [annotation]
    while waiting:
        found = waiting.pop()
        if found in seen:
            continue
        seen.add(found)
        waiting += getattr(found, "__args__", ())
        if isinstance(found, type) and issubclass(found, BaseModel):
            yield found
            waiting += [field.annotation for field in found.model_fields.values()]


def test_no_route_takes_or_gives_a_table_model() -> None:
    """A table model validates nothing: none is reached from any route's body, parameters or answers."""
    routes = [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
    reached = {
        model
        for route in routes
        for annotation in (
            route.response_model,
            *(response.get("model") for response in route.responses.values()),
            *(parameter.field_info.annotation for parameter in route.dependant.body_params),
        )
        for model in models_in(annotation)
    }
    assert len(routes) == 43
    assert len(reached) > 20
    assert [model for model in reached if issubclass(model, SQLModel)] == []


def test_a_table_model_would_be_seen() -> None:
    """The walk finds a table model behind a tuple in a field of a view."""

    class Planted(BaseModel):
        rows: tuple[IncidentRow, ...] | None

    assert IncidentRow in set(models_in(Planted))


async def test_the_description_is_whole(gateway: Gateway) -> None:
    """Every reference leads somewhere, every operation of /api takes the token and answers 401 with a problem."""
    document = (await gateway.client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    references = set(_references(document))
    assert references <= {f"#/components/schemas/{name}" for name in schemas}
    assert {"Report", "Decision", "Feedback", "ProblemView"} <= set(schemas)
    operations = [(path, one) for path, item in document["paths"].items() for one in item.values()]
    assert len(operations) == 35
    for path, operation in operations:
        if path.startswith("/api/"):
            assert operation["security"] == [{"token": []}]
            assert "application/problem+json" in operation["responses"]["401"]["content"]
            assert "422" in operation["responses"] or "requestBody" not in operation
    assert not [name for name in schemas if name.endswith("Row")]


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


async def test_the_examples_are_valid(gateway: Gateway) -> None:
    """What the description shows is what the door takes; the path fills in what the examples leave out."""
    answer = await gateway.client.post("/api/reports", json=_example(REPORT_BODY))
    assert answer.status_code == 202
    Decision.model_validate(_example(DECISION_BODY) | {"incident_id": "i-1"}, strict=False)
    Feedback.model_validate(_example(FEEDBACK_BODY) | {"command_id": "c-1"}, strict=False)


def _example(body: dict[str, Any]) -> dict[str, Any]:
    example: dict[str, Any] = body["requestBody"]["content"]["application/json"]["example"]
    return example
