"""Problem: an error as RFC 9457 says it, with the field that must change. Every answer of 400 and more is one.

Never in here: what is right or wrong with a message (`streams.processing.codec`), and more of an input than a code or
an id: a problem names fields and limits, never what a report says.
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from models.messages.fields import Value
from models.vocabulary import DeadLetterReason
from streams.errors import Transient
from streams.processing.codec import Unreadable
from streams.program.readiness import Component

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1


class ProblemCode(StrEnum):
    """What is wrong, for programs; the same words as the reasons of dead letters where both know the case."""

    UNREADABLE = "unreadable"  # not JSON, not UTF-8, not an object
    OVERSIZED = "oversized"
    UNSUPPORTED_VERSION = "unsupported_version"
    INVALID = "invalid"  # a field breaks the contract
    OUT_OF_WINDOW = "out_of_window"  # a time outside the sane window
    UNKNOWN_AREA = "unknown_area"  # an area code that never existed
    ID_CONFLICT = "id_conflict"  # the same id with other content
    REFUSED = "refused"  # the rules said no; `reason` is theirs
    BAD_FILTER = "bad_filter"  # a query parameter
    BAD_CURSOR = "bad_cursor"  # not from our last answer to this query
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"  # seen, but not this caller's to do
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    TOO_SLOW = "too_slow"  # the body did not come in time
    BAD_REQUEST = "bad_request"
    TOO_MANY = "too_many"  # asked more often than this caller may: wait for Retry-After
    BUSY = "busy"  # the database cannot be had now: send the same again
    NO_SIGNING_KEY = "no_signing_key"  # this gateway's keys speak for nobody like that: its operator must act
    DEFECT = "defect"  # our own bug


_STATUS_OF_REASON: Mapping[DeadLetterReason, int] = {
    DeadLetterReason.UNREADABLE: HTTPStatus.BAD_REQUEST,
    DeadLetterReason.OVERSIZED: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
_CODE_OF_STATUS: Mapping[int, ProblemCode] = {
    HTTPStatus.UNAUTHORIZED: ProblemCode.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN: ProblemCode.FORBIDDEN,
    HTTPStatus.NOT_FOUND: ProblemCode.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ProblemCode.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ProblemCode.OVERSIZED,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ProblemCode.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.TOO_MANY_REQUESTS: ProblemCode.TOO_MANY,
}


class ProblemView(Value):
    """The body of every answer of 400 and more (RFC 9457)."""

    type: str = Field(description="urn:fenghuo:problem: and the code")
    title: str = Field(description="the name of the status")
    status: int
    code: ProblemCode
    detail: str
    field: str | None = Field(None, description="dotted path in the body, a query parameter or a header")
    reason: str | None = Field(None, description="why the rules refused (code `refused`)")
    instance: str = Field(description="the path that was asked")


class Problem(Exception):
    """This request cannot be answered as asked: the client must change what `field` names, or wait (503)."""

    def __init__(
        self,
        status: int,
        code: ProblemCode,
        detail: str,
        *,
        field: str | None = None,
        reason: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.reason = reason
        self.headers = dict(headers or {})

    def response(self, path: str) -> Response:
        """The answer to a request for this path."""
        view = ProblemView(
            type=f"urn:fenghuo:problem:{self.code}",
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            code=self.code,
            detail=self.detail,
            field=self.field,
            reason=self.reason,
            instance=path,
        )
        content = view.model_dump_json(exclude_none=True)
        return Response(content, self.status, self.headers, media_type=MEDIA_TYPE)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer below the routes, where there is no handler of exceptions."""
        await self.response(scope["path"])(scope, receive, send)


class StatementFailed(Exception):
    """The database does not understand a statement of this program, and its schema is ours: a defect, report it."""


def of_unreadable(unreadable: Unreadable) -> Problem:
    """The problem with a body that the codec cannot read."""
    status = _STATUS_OF_REASON.get(unreadable.reason, HTTPStatus.UNPROCESSABLE_ENTITY)
    return Problem(status, ProblemCode(unreadable.reason.value), unreadable.detail, field=unreadable.field)


def not_found(thing: str, name: str) -> Problem:
    """404: there is no such thing."""
    return Problem(HTTPStatus.NOT_FOUND, ProblemCode.NOT_FOUND, f"no {thing} {name!r}")


def id_conflict(field: str) -> Problem:
    """409: the id that the field names came before with other content."""
    detail = "this id was used before with other content: send the same content, or a new id"
    return Problem(HTTPStatus.CONFLICT, ProblemCode.ID_CONFLICT, detail, field=field)


def unauthorized(detail: str = "the header `Authorization: Bearer` is needed, or a session") -> Problem:
    """401: nobody has shown who calls."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        ProblemCode.UNAUTHORIZED,
        detail,
        field="Authorization",
        headers={"WWW-Authenticate": "Bearer", "Connection": "close"},
    )


def forbidden(detail: str, field: str | None = None) -> Problem:
    """403: the caller sees it, and this is for somebody else to do."""
    return Problem(HTTPStatus.FORBIDDEN, ProblemCode.FORBIDDEN, detail, field=field)


def too_many(wait_seconds: int) -> Problem:
    """429: this caller has asked too often; a report is never answered so."""
    detail = f"too many requests; go on in {wait_seconds} s"
    headers = {"Retry-After": str(wait_seconds)}
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, ProblemCode.TOO_MANY, detail, headers=headers)


def bad_filter(field: str, detail: str) -> Problem:
    """400: a query parameter that cannot be answered."""
    return Problem(HTTPStatus.BAD_REQUEST, ProblemCode.BAD_FILTER, detail, field=field)


def busy() -> Problem:
    """503: the database cannot be had now, nothing of the request was kept, or it was and says so next time."""
    detail = "the database cannot be had now; send the same again, it counts once"
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, ProblemCode.BUSY, detail, headers=headers)


def install(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""

    async def told(request: Request, error: Exception) -> Response:
        return _problem_of(error).response(request.url.path)

    async def told_of_statement(request: Request, error: Exception) -> Response:
        if request.app.state.services.readiness.components().get(Component.DATABASE) is None:
            # The schema is as it should be. The original's words alone, since SQLAlchemy's repeat what was to be kept.
            raise StatementFailed(f"{type(error).__name__}: {getattr(error, 'orig', None)}") from None
        return busy().response(request.url.path)

    for kind in (Problem, HTTPException, RequestValidationError, PoolExhausted, Transient):
        app.add_exception_handler(kind, told)
    app.add_exception_handler(DBAPIError, told_of_statement)
    # Answered with 500; Starlette then raises it again, for the log.
    app.add_exception_handler(Exception, told)


def _problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case HTTPException(status_code=status, headers=headers):
            code = _CODE_OF_STATUS.get(status, ProblemCode.BAD_REQUEST)
            return Problem(status, code, HTTPStatus(status).description or error.detail, headers=headers)
        case RequestValidationError():
            return _of_parameters(error)
        case PoolExhausted() | Transient():
            return busy()
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(status, ProblemCode.DEFECT, "a defect of this program; it was logged")


def _of_parameters(error: RequestValidationError) -> Problem:
    first = error.errors()[0]
    part, *names = map(str, first["loc"])
    if part == "body":
        detail = str(first["msg"]).removeprefix("Value error, ")
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID, detail, field=".".join(names))
    if part == "path":
        return Problem(HTTPStatus.NOT_FOUND, ProblemCode.NOT_FOUND, "the path holds what is no id")
    return bad_filter(".".join(names), str(first["msg"]).removeprefix("Value error, "))
