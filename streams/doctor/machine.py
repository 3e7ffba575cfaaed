"""Machine: the data folder, the disk under it, and the port of the gateway."""

import asyncio
import os
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from streams.doctor.finding import Finding
from streams.program import running
from streams.program.server import reachable
from streams.settings import Profile, Role, Settings

# A day of 200 reports a second takes about 20 GB with its log; below these it is time to look, not yet too late.
_LEAST_FREE_BYTES = 2 * 1024**3
_LEAST_FREE_RATIO = 0.05
_PRIVATE = stat.S_IRWXG | stat.S_IRWXO
_ANSWER_WITHIN_SECONDS = 3.0


def folder_findings(settings: Settings) -> Iterator[Finding]:
    """Whether we may write the data folder, and nobody else may look into it: it holds people's names and secrets."""
    folder = settings.data_dir
    if not folder.exists():
        parent = _existing(folder)
        if not os.access(parent, os.W_OK | os.X_OK):
            yield Finding(
                f"{folder} cannot be made: {parent} is not ours to write",
                f"install -d -m 700 -o $(id -u) {folder}, or set FENGHUO_DATA_DIR",
            )
        return
    if not folder.is_dir():
        yield Finding(f"{folder} is no folder", "set FENGHUO_DATA_DIR")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(f"{folder} is not ours to write", f"chown $(id -u) {folder}")
    if folder.stat().st_mode & _PRIVATE:
        mode = stat.S_IMODE(folder.stat().st_mode)
        yield Finding(f"others on this machine may look into {folder} (mode {mode:o})", f"chmod 700 {folder}")


def disk_findings(settings: Settings) -> Iterator[Finding]:
    """Whether there is room for what is written here."""
    place = _existing(settings.data_dir)
    usage = shutil.disk_usage(place)
    if usage.free < _LEAST_FREE_BYTES or usage.free < usage.total * _LEAST_FREE_RATIO:
        free = f"{usage.free / 1024**3:.1f} of {usage.total / 1024**3:.0f} GiB"
        yield Finding(
            f"the disk under {place} has {free} left", "make room, or set FENGHUO_DATA_DIR to another disk"
        )


async def port_findings(settings: Settings) -> list[Finding]:
    """Whether the gateway's port is free, or held by a program of ours."""
    host, port = settings.http_host, settings.http_port
    if port == 0 or settings.role is Role.SIMULATOR:
        return []
    is_here = settings.profile is Profile.EMBEDDED and running.find(settings.data_dir) is not None
    if is_here or (taken := _taken(host, port)) is None or await _is_ours(reachable(host), port):
        return []
    return [
        Finding(
            f"{host}:{port} cannot be had: {taken}",
            f"`ss -ltnp sport = :{port}` says who holds it; stop that, or set FENGHUO_HTTP_PORT",
        )
    ]


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    absolute = folder.absolute()
    return next(one for one in (absolute, *absolute.parents) if one.exists())


def _taken(host: str, port: int) -> str | None:
    try:
        with socket.create_server((host, port)):
            return None
    except OSError as taken:
        return str(taken.strerror or taken)


async def _is_ours(host: str, port: int) -> bool:
    """Whether what listens there lives as our health page says it."""
    writer = None
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return b'"status":"alive"' in await reader.read()
    except (OSError, TimeoutError):
        return False
    finally:
        if writer is not None:
            writer.close()
