"""Pages: our own HTML, scripts and styles as they lie in static/, under a policy that lets nothing else run.

No page holds data: it asks the API for what its reader may see.
"""

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

from streams.cockpit.shell import PAGES, WORKER, worker

STATIC = Path(__file__).parent / "static"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self' blob: data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Asked for each time and answered with 304: after an upgrade nobody runs half of the old pages.
    "Cache-Control": "no-cache",
}
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}

router = APIRouter(include_in_schema=False)


@router.get("/")
async def get_screen() -> Response:
    """The one screen, for desks and walls."""
    return _file(PAGES["/"])


@router.get("/desk")
async def get_desk() -> Response:
    """The command desk, for units."""
    return _file(PAGES["/desk"])


@router.get("/report")
async def get_report_page() -> Response:
    """The report page, for grid workers."""
    return _file(PAGES["/report"])


@router.get("/audit")
async def get_audit_page() -> Response:
    """The book of who asked for what, for auditors."""
    return _file(PAGES["/audit"])


@router.get("/sign-in")
async def get_sign_in() -> Response:
    """Name and password."""
    return _file(PAGES["/sign-in"])


@router.get(f"/static/{WORKER}")
async def get_worker() -> Response:
    """The worker that keeps the pages; from below /static/ it may look after all of them."""
    headers = _HEADERS | {"Service-Worker-Allowed": "/"}
    return Response(worker(STATIC), media_type=_MEDIA_TYPES[".js"], headers=headers)


@router.get("/static/{path:path}")
async def get_static(path: str) -> Response:
    """A script, style or picture of the pages."""
    return _file(path)


def _file(path: str) -> Response:
    found = (STATIC / path).resolve()
    media_type = _MEDIA_TYPES.get(found.suffix)
    if media_type is None or not found.is_relative_to(STATIC) or not found.is_file():
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return FileResponse(found, media_type=media_type, headers=_HEADERS)
