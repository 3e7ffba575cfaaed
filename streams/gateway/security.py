"""Who may come in: the installation's token, a person's session or token, a producer's key; for the rest probes only.

It stands before the routes and denies by default, so that a new route cannot forget it; what somebody may do once
inside each route asks of `streams.gateway.callers`. Whoever asks too often waits, but never with a report. A browser
that has not signed in is led to the sign-in page.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
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
from streams.gateway.callers import INSTALLATION, Caller
from streams.gateway.problems import Problem, too_many, unauthorized

SESSION_COOKIE = "fenghuo_session"
SIGN_IN_PAGE = "/sign-in"
# Probes carry no token, and these say only that the process lives and which component it waits for. The way in is
# open, of course, and so are the pages' scripts, styles and icons, which say nothing about the city.
OPEN_TO_ALL = frozenset({"/healthz", "/readyz", SIGN_IN_PAGE, "/enter"})
SIGN_IN = ("POST", "/api/session")
REPORTING = ("POST", "/api/reports")
OPEN_BELOW = "/static/"
# XXX A reverse proxy on the same machine makes all the world look like this machine, unless FENGHUO_TRUSTED_PROXIES
# names it and it says who asks: let it keep these to itself.
OPEN_ON_LOOPBACK = frozenset({"/metrics", "/version", "/openapi.json"})
_SCHEME = "bearer "
_READING = frozenset({"GET", "HEAD"})

Whose = Callable[[str], Awaitable[Someone | None]]
WhoseWord = Callable[[str], Awaitable[Caller | None]]
Wait = Callable[[Caller], int]


async def nobodys(_: str) -> None:
    """For a door without sessions and keys: no cookie or word is known."""


def never(_: Caller) -> int:
    """For a door where nobody is counted."""
    return 0


@dataclass(frozen=True, slots=True)
class Known:
    """What the door knows of those who come: the person of a cookie, the caller of a bearer's word, and who waits."""

    whose_cookie: Whose = nobodys
    whose_word: WhoseWord = nobodys
    wait_of: Wait = never


class Callers:
    """ASGI middleware that finds out who calls and lets them through, and answers others with 401."""

    def __init__(self, app: ASGIApp, token: str, known: Known) -> None:
        """`token` is the installation's own."""
        self._app = app
        self._digest = _digest(token)
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through or turn away, before a byte of the body is read."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            try:
                is_in = await self._lets_in(scope, headers)
            except Problem as problem:
                await problem.answer(scope, receive, send)
                return
            if not is_in:
                await _turn_away(scope, headers, receive, send)
                return
        await self._app(scope, receive, send)

    async def _lets_in(self, scope: Scope, headers: Headers) -> bool:
        caller = await self._caller(scope, headers)
        if caller is None:
            return is_open(scope)
        is_reporting = (scope["method"], scope["path"]) == REPORTING
        if not is_reporting and (wait_seconds := self._known.wait_of(caller)):
            raise too_many(wait_seconds)
        scope.setdefault("state", {})["caller"] = caller
        return True

    async def _caller(self, scope: Scope, headers: Headers) -> Caller | None:
        if "authorization" in headers:
            return await self._bearer(headers)
        cookie = cookie_of(headers)
        if cookie is None or not _is_from_here(scope, headers):
            return None
        someone = await self._known.whose_cookie(cookie)
        return None if someone is None else Caller(someone)

    async def _bearer(self, headers: Headers) -> Caller | None:
        given = headers.getlist("authorization")
        if len(given) != 1 or not given[0].lower().startswith(_SCHEME):
            return None
        word = given[0][len(_SCHEME) :].strip()
        # Digests are compared, so that neither content nor length of the token shows in the time it takes.
        if compare_digest(_digest(word), self._digest):
            return Caller(INSTALLATION)
        return await self._known.whose_word(word)


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


def is_open(scope: Scope) -> bool:
    """Whether anybody may ask for this, without showing who they are."""
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
