"""OpenAPI: what the routes cannot say by themselves about bodies that the codec reads, errors and the token.

Examples are real: a test sends each of them. Never in here: a check; the document describes, the codec decides.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.messages.fields import Inbound
from models.messages.report import Report
from streams.gateway.problems import MEDIA_TYPE, ProblemView

_SHAPES: tuple[type[Inbound], ...] = (Report, Decision, Feedback)
PICTURES = ("image/jpeg", "image/png", "image/webp")
_REFERENCE = "#/components/schemas/{model}"
_DESCRIPTION = (
    "Reports of emergencies in, decisions and feedback in, incidents and boards out. A 2xx for something handed in "
    "means that it is on disk; sending the very same again counts once. Every error is a problem (RFC 9457) that "
    "names the field."
)

REPORT_EXAMPLE: Mapping[str, object] = {
    "schema_version": 1,
    "report_id": "r-20251120-0001",
    "source_id": "grid-nanan",
    "channel": "grid",
    "reporter_id": "grid-worker-17",
    "kind": "initial",
    "category": "accident.fire",
    "title": "涂山镇居民楼起火",
    "text": "三楼厨房起火，有浓烟，一人受伤。",
    "area_code": "500108102",
    "place": "涂山镇涂山路5号",
    "reported_at": "2025-11-20T08:03:00+08:00",
    "facts": {"injured": 1},
}
DECISION_EXAMPLE: Mapping[str, object] = {
    "schema_version": 1,
    "decision_id": "d-1",
    "action": "acknowledge",
    "officer": {"id": "duty-500108", "name": "李明"},
    "area_code": "500108",
    "decided_at": "2025-11-20T08:05:00+08:00",
}
FEEDBACK_EXAMPLE: Mapping[str, object] = {
    "schema_version": 1,
    "feedback_id": "f-1",
    "incident_id": "3f6c1e0a-6f5e-5f0e-9a57-3f1d3a0c8a11",
    "unit_code": "500108:fire",
    "kind": "acknowledged",
    "person": {"name": "王强"},
    "occurred_at": "2025-11-20T08:06:00+08:00",
}


def _body(shape: type[Inbound], example: Mapping[str, object], optional: str | None = None) -> dict[str, Any]:
    schema: dict[str, Any] = {"$ref": _REFERENCE.format(model=shape.__name__)}
    said = {} if optional is None else {"description": f"`{optional}` may be left out: the path says it."}
    content = {"application/json": {"schema": schema, "example": dict(example)}}
    return {"requestBody": {"required": True, "content": content, **said}}


REPORT_BODY = _body(Report, REPORT_EXAMPLE)
DECISION_BODY = _body(Decision, DECISION_EXAMPLE, "incident_id")
FEEDBACK_BODY = _body(Feedback, FEEDBACK_EXAMPLE, "command_id")
_PICTURE = {name: {"schema": {"type": "string", "format": "binary"}} for name in PICTURES}
PICTURE_BODY = {"requestBody": {"required": True, "content": _PICTURE}}
PICTURE_ANSWER: dict[int | str, dict[str, Any]] = {200: {"description": "the picture", "content": _PICTURE}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that are problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model=ProblemView.__name__)}}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


def _said_otherwise(meanings: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    return {
        status: answer | {"description": meanings[int(status)]}
        for status, answer in problems(*meanings).items()
    }


def install(app: FastAPI) -> None:
    """Have the app describe itself with the shapes of the bodies and the token."""
    described: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not described:
            described.update(_described(app))
        return described

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way of changing the document


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
    _, shapes = models_json_schema(
        [*((shape, "validation") for shape in _SHAPES), (ProblemView, "serialization")],
        ref_template=_REFERENCE,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _NEVER_ANSWERED:
        schemas.pop(name, None)
    schemas.update(shapes["$defs"])
    schemas["EventData"] = _EVENT_DATA
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": _BEARERS}}
    for path, item in document["paths"].items():
        for operation in item.values():
            if "requestBody" not in operation:
                operation["responses"].pop("422", None)
            if path.startswith("/api/"):
                operation["security"] = [{"token": []}]
                operation["responses"] |= _TOO_MANY
    return document


# What the type of an event adds: pydantic describes only what all types have in common, which is nothing.
_EVENT_DATA: Mapping[str, object] = {
    "type": "object",
    "title": "EventData",
    "description": "The part of an event that depends on its type; event.schema.json has each.",
}

# FastAPI's own 422, which no route of ours answers with: `problems` stand there instead.
_NEVER_ANSWERED = ("HTTPValidationError", "ValidationError")

_MEANINGS: Mapping[int, str] = {
    400: "not JSON, or a query parameter that cannot be answered",
    401: "the token is missing or wrong",
    403: "seen, and for somebody else to do",
    404: "there is no such thing",
    408: "the body did not come in time",
    409: "refused by the rules, or the id was used with other content",
    413: "the body is larger than 256 KB",
    415: "not application/json in UTF-8, or compressed",
    422: "a field breaks the contract, or names an area that never existed",
    429: "asked, or was refused, too often: go on after Retry-After; no report is refused for its number",
    503: "the database cannot be had now: send the same again after Retry-After",
}
PICTURE_REFUSED = _said_otherwise(
    {
        413: "more than 20 MB, or more pixels than 8192 x 6144",
        415: "by its bytes neither JPEG nor PNG nor WebP, or compressed",
        422: "a picture that is damaged or not whole",
    }
)
_BEARERS = (
    "The installation's token, one of the identity provider, or a producer's API key (for POST /api/reports)."
)
# The door answers so, before any route.
_TOO_MANY = {str(status): answer for status, answer in problems(429).items()}
