"""Producers at the door: which routes are theirs, and whether a request is signed where its key demands it.

It stands before every route, so that a new one is closed to producers until it is named here. Never in here: what a
report may say (`streams.gateway.callers` asks the rules).
"""

from fastapi import Request

from streams.access.api_keys import Holder
from streams.access.audit import SessionAct
from streams.access.signatures import (
    NONCE_HEADER,
    SIGNATURE_HEADER,
    TIME_HEADER,
    SignatureRefused,
    Signed,
    require_signature,
    spend_nonce,
)
from streams.gateway.auditing import Refusal
from streams.gateway.callers import Caller
from streams.gateway.problems import Problem, not_found, unauthorized
from streams.gateway.security import is_open
from streams.gateway.services import Services

THEIRS = frozenset({("POST", "/api/reports"), ("GET", "/api/reports/{source_id}/{report_id}")})


async def require_theirs(request: Request) -> None:
    """Before any route: raises Refusal when a producer asks for what is not a producer's, or has not signed it."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None or caller.holder is None or is_open(request.scope):
        return
    path: str = request.scope["route"].path
    if (request.method, path) not in THEIRS:
        raise _refused(not_found("route", request.url.path), caller, caller.holder)
    if caller.holder.signing_key is not None:
        await _require_signed(request, caller, caller.holder, caller.holder.signing_key)


async def _require_signed(request: Request, caller: Caller, holder: Holder, signing_key: str) -> None:
    services: Services = request.app.state.services
    now = services.wall.now()
    try:
        signed = await _signed(request)
        require_signature(signing_key, signed, request.headers.get(SIGNATURE_HEADER, ""), now)
        async with services.database.write() as connection:
            await spend_nonce(connection, holder.key_id, signed.nonce, now)
    except SignatureRefused as refused:
        problem = unauthorized(str(refused))
        problem.field = refused.header
        raise _refused(problem, caller, holder) from None


async def _signed(request: Request) -> Signed:
    raw, query = request.scope.get("raw_path") or request.url.path.encode(), request.scope["query_string"]
    return Signed(
        method=request.method,
        path=(raw + (b"?" + query if query else b"")).decode("latin-1"),
        time=request.headers.get(TIME_HEADER, ""),
        nonce=request.headers.get(NONCE_HEADER, ""),
        body=await request.body(),
    )


def _refused(problem: Problem, caller: Caller, holder: Holder) -> Refusal:
    return Refusal(problem, caller, SessionAct.USE_KEY, holder.producer.area_code, holder.key_id)
