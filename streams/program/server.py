"""Server: an ASGI app on a port that is open before anything else is ready, so that probes always get an answer.

It bounds what Starlette does not: idle sockets and the time that open requests get at the end. Never in here: routes.
"""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from streams.errors import SettingsRefused

_KEEP_ALIVE_SECONDS = 15
_FINISH_WITHIN_SECONDS = 2
_MOST_HEADER_BYTES = 32_768
_MOST_REQUESTS = 2_000
_BACKLOG = 1_024


class _Quiet(uvicorn.Server):
    """uvicorn would take the signals for itself; the program stops its parts in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Server:
    """One HTTP port. Construct it to open the port, `run` it as a task, `stop` it to let requests finish."""

    def __init__(self, app: ASGIApp, host: str, port: int, proxies: Sequence[str] = ()) -> None:
        """`proxies` are believed in what they say of scheme and address. Raises SettingsRefused: the port is taken."""
        try:
            self._socket = socket.create_server((host, port), backlog=_BACKLOG)
        except OSError as taken:
            raise SettingsRefused(
                (f"FENGHUO_HTTP_PORT: cannot listen on {host}:{port}: {taken.strerror}",)
            ) from taken
        self._server = _Quiet(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # Never by default: anybody on this machine could claim any address.
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                limit_concurrency=_MOST_REQUESTS,
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
