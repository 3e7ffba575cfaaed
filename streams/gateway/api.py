"""The API as one ASGI app: callers, body, routes, in this order; built once by the composition root.

Nothing is decided here and nothing is started; the app holds no connection of its own.
"""

from functools import partial
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from streams.cockpit import day, live, pages, trends
from streams.gateway import (
    areas,
    attachments,
    audit,
    auditing,
    boards,
    decisions,
    feedback,
    health,
    incidents,
    openapi,
    personal,
    problems,
    proposals,
    report_outcomes,
    reports,
    sessions,
    unit_commands,
)
from streams.gateway.bearers import whose_word
from streams.gateway.body import WholeBody
from streams.gateway.intake import Intake
from streams.gateway.producers import require_theirs
from streams.gateway.rates import Rates
from streams.gateway.security import Callers, Known
from streams.gateway.services import Services

_WORTH_PACKING_BYTES = 1_024
ROOMS = (
    reports,
    report_outcomes,
    decisions,
    proposals,
    feedback,
    attachments,
    incidents,
    personal,
    boards,
    areas,
    unit_commands,
    audit,
    sessions,
    live,
    day,
    trends,
    pages,
    health,
)


def create_app(services: Services) -> FastAPI:
    """The gateway over these services. The ASGI server that runs it bounds headers and idle sockets."""
    # The interactive pages of FastAPI fetch scripts from elsewhere, so they stay off.
    app = FastAPI(
        title="Fenghuo",
        version=version("fenghuo"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(require_theirs)],
    )
    app.state.services = services
    app.state.intake = Intake(services)
    app.state.rates = rates = Rates(services.wall, services.limits)
    for room in ROOMS:
        app.include_router(room.router)
    # What is added last stands first: nobody without the token makes us read a body.
    app.add_middleware(WholeBody, max_bytes=services.max_body_bytes, read_elsewhere=[attachments.UPLOAD])
    known = Known(
        whose_cookie=partial(sessions.whose_session, services),
        whose_word=partial(whose_word, services, rates),
        wait_of=rates.wait_of,
    )
    app.add_middleware(Callers, token=services.token, known=known)
    # Outermost: a page or snapshot is a quarter as long on the wire; streams are left alone.
    app.add_middleware(GZipMiddleware, minimum_size=_WORTH_PACKING_BYTES)
    problems.install(app)
    auditing.install(app)
    openapi.install(app)
    return app
