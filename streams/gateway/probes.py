"""Probes: what an engine without a gateway shows. Beside `api` and not in it: an engine starts without its rooms."""

from fastapi import FastAPI

from streams.gateway import health
from streams.gateway.security import Callers, Known
from streams.gateway.services import Services


def create_health_app(services: Services) -> FastAPI:
    """Health, metrics and version."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    app.include_router(health.router)
    app.add_middleware(Callers, token=services.token, known=Known())
    return app
