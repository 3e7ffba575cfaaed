"""Server: an ASGI app on a port that is open before anything else is ready, so that probes always get an answer.

It bounds what Starlette does not: sockets, requests at once, the time that open requests get at the end, and heads that
two readers could read in two ways. Never in here: routes.
"""

import resource
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from streams.errors import SettingsRefused
from streams.program.patience import Patience, patient

_KEEP_ALIVE_SECONDS = 15
_FINISH_WITHIN_SECONDS = 2
_MOST_HEADER_BYTES = 32_768
_MOST_REQUESTS = 2_000
_BACKLOG = 1_024
# Open files of a process: sockets may have all but these, which are for databases, brokers and pages.
_FILES_FOR_OTHERS = 512
_MOST_FILES = 65_536  # where the machine sets no limit
_CLOSE = {"Connection": "close"}


class _Quiet(uvicorn.Server):
    """uvicorn would take the signals for itself; the program stops its parts in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def reachable(host: str) -> str:
    """The address at which this machine reaches a server that binds `host`."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - what others bind, we do not


class Server:
    """One HTTP port. Construct it to open the port, `run` it as a task, `stop` it to let requests finish."""

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        proxies: Sequence[str] = (),
        patience: Patience | None = None,
    ) -> None:
        """`proxies` are believed in what they say of scheme and address. Raises SettingsRefused: the port is taken."""
        try:
            self._socket = socket.create_server((host, port), backlog=_BACKLOG)
        except OSError as taken:
            raise SettingsRefused(
                (f"FENGHUO_HTTP_PORT: cannot listen on {host}:{port}: {taken.strerror}",)
            ) from taken
        self._server = _Quiet(
            uvicorn.Config(
                _Bounded(app),
                http=patient(patience or Patience()),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # Never by default: anybody on this machine could claim any address.
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                limit_concurrency=_most_sockets(),
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_FINISH_WITHIN_SECONDS,
                h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
            )
        )

    @property
    def port(self) -> int:
        """The port that was opened."""
        return int(self._socket.getsockname()[1])

    async def run(self) -> None:
        """Answer requests until `stop`."""
        await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        """Take no more requests; `run` returns when the open ones are answered, after 2 s at most."""
        self._server.should_exit = True

    def close(self) -> None:
        """Give the port back, for a server that never ran."""
        self._socket.close()


class _Bounded:
    """The app, for so many requests at once, and for those alone whose body has one end.

    uvicorn would count idle connections for requests, so that ten thousand silent ones shut the door on everybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refused := self._refused(scope)) is not None:
            await refused(scope, receive, send)
            return
        self._requests += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._requests -= 1

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        names = {name for name, _ in scope["headers"]}
        if {b"content-length", b"transfer-encoding"} <= names:
            # Whoever stands before us may have read the length where we read chunks: the rest could be smuggled.
            said = "a body has a length or chunks, not both"
            return PlainTextResponse(said, HTTPStatus.BAD_REQUEST, _CLOSE)
        if self._requests >= _MOST_REQUESTS:
            said = "too many requests at once"
            return PlainTextResponse(said, HTTPStatus.SERVICE_UNAVAILABLE, _CLOSE | {"Retry-After": "1"})
        return None


def _most_sockets() -> int:
    """As many as this process may open, for which it asks for all that the machine allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if most == resource.RLIM_INFINITY else most
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return max(wanted - _FILES_FOR_OTHERS, wanted // 2)
