"""Health: whether the process lives, what it still waits for, its metrics and its version."""

from http import HTTPStatus
from importlib.metadata import version

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from models.messages.versions import SCHEMA_VERSION
from streams.gateway.services import ServicesOf
from streams.gateway.views import AliveView, ReadinessView, VersionView

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> AliveView:
    """The process answers; nothing is said about the database or the broker. For liveness probes."""
    return AliveView(status="alive")


@router.get("/readyz", responses={HTTPStatus.SERVICE_UNAVAILABLE: {"model": ReadinessView}})
async def readyz(services: ServicesOf) -> Response:
    """200 when every component is ready, else 503; one entry per component either way. For readiness probes."""
    components = dict(services.readiness.components())
    is_ready = all(reason is None for reason in components.values())
    view = ReadinessView(
        status="ready" if is_ready else "waiting",
        components={name: reason or "ready" for name, reason in components.items()},
    )
    return JSONResponse(view.model_dump(), HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


@router.get("/metrics", response_class=Response)
async def metrics() -> Response:
    """All metrics of this process in the text format of Prometheus."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@router.get("/version")
async def version_of_program(services: ServicesOf) -> VersionView:
    """The program's version, that of the messages, and the rulebook in force."""
    rules = services.rules()
    return VersionView(
        version=version("fenghuo"),
        schema_version=SCHEMA_VERSION,
        rulebook=rules.digest,
        rulebook_version=rules.version,
    )
