"""Attachments: `POST /api/attachments` takes a photograph in, `GET /api/attachments/{digest}` shows it to who may.

May see it who handed it in, who may read an incident one of whose reports or feedback names it, and the unit whose
feedback that is. A picture is served as what its bytes are and as nothing that could run.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from models.access import Act
from models.messages.fields import Value
from models.messages.report import Position
from streams.access import audit
from streams.access.audit import Outsider
from streams.attachments.looking import BrokenPicture, MediaType, OtherKind, TooManyPixels
from streams.attachments.store import StoreAway
from streams.attachments.taking_in import TakenIn
from streams.gateway.auditing import Refusal, allowed
from streams.gateway.callers import Caller, CallerOf
from streams.gateway.known import sees_commands_of
from streams.gateway.openapi import PICTURE_ANSWER, PICTURE_BODY, PICTURE_REFUSED, problems
from streams.gateway.problems import RETRY_AFTER_SECONDS, Problem, ProblemCode, forbidden, not_found
from streams.gateway.services import Services, ServicesOf
from streams.gateway.uploads import received
from streams.store import attachments
from streams.store.attachments import KeptAttachment, Naming

router = APIRouter(prefix="/api/attachments", tags=["attachments"])

DigestInPath = Annotated[str, Path(pattern=r"^sha256:[0-9a-f]{64}$")]
# Its body is counted here, not where all others are.
UPLOAD = ("POST", "/api/attachments")
_ANSWERS: Mapping[type[Exception], tuple[int, ProblemCode]] = {
    OtherKind: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, ProblemCode.UNSUPPORTED_MEDIA_TYPE),
    TooManyPixels: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ProblemCode.OVERSIZED),
    BrokenPicture: (HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID),
}
_SUFFIXES = {MediaType.JPEG: "jpg", MediaType.PNG: "png", MediaType.WEBP: "webp"}


class AttachmentAccepted(Value):
    """A picture that is kept, to be named in a report or feedback by its digest."""

    digest: str
    media_type: MediaType = Field(description="by its bytes")
    size_bytes: int = Field(description="as it is kept")
    width_pixels: int
    height_pixels: int
    position: Position | None = Field(description="where it was taken, if it said so; kept nowhere")


@router.post(
    "", openapi_extra=PICTURE_BODY, responses=problems(401, 403, 408, 413, 415, 422, 503) | PICTURE_REFUSED
)
async def post_attachment(request: Request, caller: CallerOf, services: ServicesOf) -> AttachmentAccepted:
    """Hand in a photograph (JPEG, PNG or WebP, 20 MB). It is kept without anything but its pixels, turned upright.

    The same again is answered alike and kept once. What no report or feedback names within a week is removed.
    """
    _require_reporter(caller)
    desk = services.attachments
    async with received(request, desk.max_bytes, desk.sending) as original:
        try:
            async with desk.take_in(original) as taken:
                await _keep(taken, caller, services)
        except (OtherKind, TooManyPixels, BrokenPicture) as refused:
            raise _problem_of(refused) from refused
        except StoreAway as away:
            raise _store_away() from away
    picture = taken.picture
    return AttachmentAccepted(
        digest=taken.digest,
        media_type=picture.media_type,
        size_bytes=taken.size_bytes,
        width_pixels=picture.width_pixels,
        height_pixels=picture.height_pixels,
        position=picture.position,
    )


@router.get(
    "/{digest}",
    response_class=Response,
    responses=PICTURE_ANSWER | problems(401, 404, 503),
)
async def get_attachment(
    digest: DigestInPath, request: Request, caller: CallerOf, services: ServicesOf
) -> Response:
    """A photograph that a report or feedback names which you may read, or that you handed in."""
    kept = await _require_seen(digest, caller, services)
    headers = _headers(kept)
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        del headers["Content-Length"]
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    try:
        pieces = await services.attachments.store.read(digest)
    except StoreAway as away:
        raise _store_away() from away
    if pieces is None:  # its row came first, and its file never did
        raise not_found("attachment", digest)
    return StreamingResponse(pieces, media_type=kept.media_type, headers=headers)


async def _keep(taken: TakenIn, caller: Caller, services: Services) -> None:
    picture = taken.picture
    size = picture.width_pixels, picture.height_pixels
    kept = KeptAttachment(taken.digest, picture.media_type.value, taken.size_bytes, *size)
    async with services.database.write() as connection:
        if await attachments.keep(connection, kept, _name_of(caller), services.wall.now()):
            entry = allowed(caller, Act.REPORT, caller.home, taken.digest, services)
            await audit.append(connection, entry)
    # After its row: of a file without one nobody would know, and the sweeper waits for who renews a row.
    await services.attachments.store.put(taken.digest, taken.content)


async def _require_seen(digest: str, caller: Caller, services: Services) -> KeptAttachment:
    async with services.database.read() as connection:
        kept = await attachments.find(connection, digest)
        is_own = await attachments.is_uploader(connection, digest, _name_of(caller))
        namings = await attachments.namings(connection, digest)
    if kept is None or not (is_own or any(_may_see(caller, naming) for naming in namings)):
        area_code = namings[0].area_code if namings else None
        raise Refusal(not_found("attachment", digest), caller, Act.READ_INCIDENTS, area_code, digest)
    return kept


def _may_see(caller: Caller, naming: Naming) -> bool:
    if caller.may(Act.READ_INCIDENTS, naming.area_code):
        return True
    return naming.unit_code is not None and sees_commands_of(naming.unit_code, caller)


def _require_reporter(caller: Caller) -> None:
    if not any(caller.may(act, caller.home) for act in (Act.REPORT, Act.ANSWER_COMMANDS)):
        no = forbidden("this role hands in no pictures")
        raise Refusal(no, caller, Act.REPORT, caller.home, None)


def _name_of(caller: Caller) -> str:
    return Outsider.INSTALLATION.value if caller.someone is None else caller.someone.person_id


def _headers(kept: KeptAttachment) -> dict[str, str]:
    name = kept.digest.removeprefix("sha256:")
    return {
        "Content-Length": str(kept.size_bytes),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'inline; filename="{name[:12]}.{_SUFFIXES[MediaType(kept.media_type)]}"',
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        # Asked for each time, so that who may no longer see it does not; the bytes are sent once.
        "Cache-Control": "private, no-cache",
        "ETag": f'"{name}"',
    }


def _problem_of(refused: OtherKind | TooManyPixels | BrokenPicture) -> Problem:
    return Problem(*_ANSWERS[type(refused)], str(refused))


def _store_away() -> Problem:
    detail = "pictures cannot be had or kept now; send the same again, it counts once"
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, ProblemCode.BUSY, detail, headers=headers)
