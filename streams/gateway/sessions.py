"""Sessions: signing in with a name and password or a one-time link, who one is, and signing out.

The cookie is out of reach of scripts and of other sites. A wrong name and a wrong password are answered alike, after
the same time.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from starlette.datastructures import Headers

from models.access import Someone
from models.messages.fields import IdText, Moment, Value
from streams.access import audit, sessions
from streams.access.accounts import account_of, open_account, with_password
from streams.access.audit import Outsider, SessionAct
from streams.gateway.auditing import at_the_door, record
from streams.gateway.callers import CallerOf
from streams.gateway.openapi import problems
from streams.gateway.problems import Problem, ProblemCode, too_many
from streams.gateway.rates import RatesOf
from streams.gateway.security import SESSION_COOKIE, SIGN_IN_PAGE, cookie_of
from streams.gateway.services import Services, ServicesOf

router = APIRouter(tags=["session"])


class SignIn(Value):
    """A local account's name and password."""

    person_id: IdText
    password: Annotated[str, Field(min_length=1, max_length=1_000)]


class Me(Value):
    """Who the caller is (None: the installation's own token) at `as_of`, the program's time."""

    someone: Someone | None
    as_of: Moment


@router.post("/api/session", responses=problems(400, 401, 403, 408, 413, 415, 422, 429, 503))
async def sign_in(
    asked: SignIn, request: Request, response: Response, services: ServicesOf, rates: RatesOf
) -> Me:
    """Sign in with a local account. The session lasts twelve hours, in this browser."""
    _require_https(request, services)
    if wait_seconds := rates.wait_of_sign_in(_address_of(request), asked.person_id):
        raise too_many(wait_seconds)
    # Read first: a password takes long to verify, and nobody else could write in that time.
    async with services.database.read() as connection:
        known = await account_of(connection, asked.person_id)
        someone = await with_password(connection, asked.person_id, asked.password)
    if someone is None:
        asker = Outsider.UNKNOWN if known is None else known.someone
        await record(at_the_door(asker, SessionAct.SIGN_IN, services, is_allowed=False), services)
        raise Problem(HTTPStatus.UNAUTHORIZED, ProblemCode.UNAUTHORIZED, "wrong name or password")
    cookie = await _opened(someone, services)
    _set_cookie(request, response, cookie)
    return Me(someone=someone, as_of=services.clock.now())


@router.get("/api/session", responses=problems(401, 503))
async def get_me(caller: CallerOf, services: ServicesOf) -> Me:
    """Who I am here, and what time it is."""
    return Me(someone=caller.someone, as_of=services.clock.now())


@router.delete("/api/session", status_code=HTTPStatus.NO_CONTENT, responses=problems(401, 503))
async def sign_out(request: Request, response: Response, caller: CallerOf, services: ServicesOf) -> None:
    """Sign out; a session that is over already is no error."""
    if (cookie := cookie_of(Headers(scope=request.scope))) is not None:
        asker = caller.someone or Outsider.INSTALLATION  # a producer does not get here
        async with services.database.write() as connection:
            if await sessions.end_session(connection, cookie):
                await audit.append(connection, at_the_door(asker, SessionAct.SIGN_OUT, services))
    response.delete_cookie(SESSION_COOKIE)


@router.get("/enter", include_in_schema=False)
async def enter(
    request: Request, services: ServicesOf, link: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """Open a session with a one-time link and go to the screen; a link that is used or over leads to the sign-in."""
    _require_https(request, services)
    async with services.database.write() as connection:
        now = services.wall.now()
        person_id = await sessions.use_link(connection, link, now)
        someone = None if person_id is None else await open_account(connection, person_id)
        if someone is None:
            return RedirectResponse(f"{SIGN_IN_PAGE}?link=over", HTTPStatus.SEE_OTHER)
        cookie = await sessions.open_session(connection, someone.person_id, now)
        await audit.append(connection, at_the_door(someone, SessionAct.USE_LINK, services))
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    _set_cookie(request, response, cookie)
    return response


async def whose_session(services: Services, cookie: str) -> Someone | None:
    """The person of a session cookie."""
    async with services.database.read() as connection:
        return await sessions.someone_with(connection, cookie, services.wall.now())


async def _opened(someone: Someone, services: Services) -> str:
    async with services.database.write() as connection:
        cookie = await sessions.open_session(connection, someone.person_id, services.wall.now())
        await audit.append(connection, at_the_door(someone, SessionAct.SIGN_IN, services))
    return cookie


def _require_https(request: Request, services: Services) -> None:
    """Raises Problem (403) where a cookie would have to go over the open line: the browser would drop it anyway."""
    if services.is_behind_https and not _is_https(request):
        detail = "sign in over https; a proxy that ends it must be one of FENGHUO_TRUSTED_PROXIES"
        raise Problem(HTTPStatus.FORBIDDEN, ProblemCode.FORBIDDEN, detail)


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"


def _address_of(request: Request) -> str:
    return "" if request.client is None else request.client.host


def _set_cookie(request: Request, response: Response, cookie: str) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        cookie,
        max_age=int(sessions.SESSION_LASTS.total_seconds()),
        secure=_is_https(request),
        httponly=True,
        samesite="strict",
    )
