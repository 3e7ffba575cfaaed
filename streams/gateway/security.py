"""Who may come in: everything takes the bearer token, save what a probe asks and what is asked from this machine.

It stands before the routes and denies by default, so that a new route cannot forget it. Never in here: who may do
what in which area; that comes with permissions.
"""

from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from streams.gateway.problems import Problem, ProblemCode

# Probes carry no token, and these say only that the process lives and which component it waits for.
OPEN_TO_ALL = frozenset({"/healthz", "/readyz"})
# XXX A reverse proxy on the same machine makes all the world look like this machine: let it keep these to itself.
OPEN_ON_LOOPBACK = frozenset({"/metrics", "/version", "/openapi.json"})
_SCHEME = "bearer "


class BearerToken:
    """ASGI middleware that lets through whoever knows the token, and answers others with 401."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._digest = _digest(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or answer 401, before a byte of the body is read."""
        if scope["type"] == "http" and not (_is_open(scope) or self._is_known(Headers(scope=scope))):
            await _unauthorized().answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_known(self, headers: Headers) -> bool:
        given = headers.getlist("authorization")
        if len(given) != 1 or not given[0].lower().startswith(_SCHEME):
            return False
        # Digests are compared, so that neither content nor length of the token shows in the time it takes.
        return compare_digest(_digest(given[0][len(_SCHEME) :].strip()), self._digest)


def _is_open(scope: Scope) -> bool:
    path = scope["path"]
    return path in OPEN_TO_ALL or (path in OPEN_ON_LOOPBACK and _is_from_loopback(scope))


def _is_from_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:  # a socket without an address
        return False


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _unauthorized() -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        ProblemCode.UNAUTHORIZED,
        "the header `Authorization: Bearer` with this installation's token is needed",
        field="Authorization",
        headers={"WWW-Authenticate": "Bearer", "Connection": "close"},
    )
