"""openapi.json: the gateway's HTTP routes as an OpenAPI 3.1 document, the very one that a gateway serves.

Never in here: a route or a word about one; those are `streams.gateway`'s.
"""

import json
from importlib.metadata import version

from fastapi import FastAPI

from streams.gateway import openapi
from streams.gateway.api import ROOMS


def text() -> str:
    """The document as JSON text."""
    app = FastAPI(title="Fenghuo", version=version("fenghuo"))
    for room in ROOMS:
        app.include_router(room.router)
    openapi.install(app)
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2) + "\n"
