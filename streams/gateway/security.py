"""Who may come in: the installation's token, a person's session, and nobody else save for what a probe asks.

It stands before the routes and denies by default, so that a new route cannot forget it; what somebody may do once
inside each route asks of `streams.gateway.callers`. A browser that has not signed in is led to the sign-in page.
"""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from models.access import Someone
from streams.gateway.callers import Caller
from streams.gateway.problems import unauthorized

SESSION_COOKIE = "fenghuo_session"
SIGN_IN_PAGE = "/sign-in"
# Probes carry no token, and these say only that the process lives and which component it waits for. The way in is
# open, of course, and so are the pages' scripts, styles and icons, which say nothing about the city.
OPEN_TO_ALL = frozenset({"/healthz", "/readyz", SIGN_IN_PAGE, "/enter"})
SIGN_IN = ("POST", "/api/session")
OPEN_BELOW = "/static/"
# XXX A reverse proxy on the same machine makes all the world look like this machine: let it keep these to itself.
OPEN_ON_LOOPBACK = frozenset({"/metrics", "/version", "/openapi.json"})
_SCHEME = "bearer "
_READING = frozenset({"GET", "HEAD"})

Whose = Callable[[str], Awaitable[Someone | None]]


async def nobodys(_: str) -> Someone | None:
    """For a door without sessions: no cookie is known."""
    return None


class Callers:
    """ASGI middleware that finds out who calls and lets them through, and answers others with 401."""

    def __init__(self, app: ASGIApp, token: str, whose: Whose) -> None:
        """`whose` tells the person of a session cookie."""
        self._app = app
        self._digest = _digest(token)
        self._whose = whose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or turn away, before a byte of the body is read."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            caller = await self._caller(scope, headers)
            if caller is not None:
                scope.setdefault("state", {})["caller"] = caller
            elif not _is_open(scope):
                await _turn_away(scope, headers, receive, send)
                return
        await self._app(scope, receive, send)

    async def _caller(self, scope: Scope, headers: Headers) -> Caller | None:
        if "authorization" in headers:
            return Caller(None) if self._is_known(headers) else None
        cookie = cookie_of(headers)
        if cookie is None or not _is_from_here(scope, headers):
            return None
        someone = await self._whose(cookie)
        return None if someone is None else Caller(someone)

    def _is_known(self, headers: Headers) -> bool:
        given = headers.getlist("authorization")
        if len(given) != 1 or not given[0].lower().startswith(_SCHEME):
            return False
        # Digests are compared, so that neither content nor length of the token shows in the time it takes.
        return compare_digest(_digest(given[0][len(_SCHEME) :].strip()), self._digest)


def cookie_of(headers: Headers) -> str | None:
    """The session cookie that came with a request."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(SESSION_COOKIE)
    except CookieError:
        return None
    return None if morsel is None else morsel.value


def _is_from_here(scope: Scope, headers: Headers) -> bool:
    """A page of another site must not act with this one's cookie; what only reads changes nothing.

    Every browser of the last years says `Sec-Fetch-Site`, older ones at least `Origin`; who says neither is no page.
    """
    if scope["method"] in _READING:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return urlsplit(headers.get("origin", "")).netloc == headers.get("host")


def _is_open(scope: Scope) -> bool:
    path = scope["path"]
    if path in OPEN_TO_ALL or path.startswith(OPEN_BELOW) or (scope["method"], path) == SIGN_IN:
        return True
    return path in OPEN_ON_LOOPBACK and _is_from_loopback(scope)


def _is_from_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:  # a socket without an address
        return False


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()


async def _turn_away(scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
    wants_page = scope["method"] in _READING and "text/html" in headers.get("accept", "")
    if wants_page and not scope["path"].startswith("/api"):
        await RedirectResponse(SIGN_IN_PAGE, HTTPStatus.SEE_OTHER)(scope, receive, send)
    else:
        await unauthorized().answer(scope, receive, send)
