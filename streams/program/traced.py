"""Traced: whether and where a process tells of its traces, as its settings say."""

import asyncio
import importlib.util
from contextlib import AsyncExitStack

from streams.errors import SettingsRefused
from streams.settings import Settings
from streams.tracing import NO_TRACING, Tracing

_PACKAGES = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


def refuse_what_is_missing(settings: Settings) -> None:
    """Raises SettingsRefused where traces are asked for and their packages, an extra, are not installed."""
    if not settings.traces_endpoint:
        return
    for name in _PACKAGES:
        if not _is_installed(name):
            problem = f"{name} is not installed; install deploy/locks/traces.lock, or unset it"
            raise SettingsRefused((f"FENGHUO_TRACES_ENDPOINT: {problem}",))


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:  # not even the package that it is in
        return False


def begin(settings: Settings, stack: AsyncExitStack) -> Tracing:
    """Where spans go, until the stack is undone. Raises SettingsRefused where the extra is not installed."""
    if not settings.traces_endpoint:
        return NO_TRACING
    refuse_what_is_missing(settings)
    from streams.tracing.otel import OpenTelemetry  # noqa: PLC0415 - an extra, and takes a second to load

    telling = OpenTelemetry(settings.traces_endpoint, settings.traces_ratio, f"fenghuo-{settings.role}")
    # In a thread: a collector that is away holds the end up for seconds.
    stack.push_async_callback(asyncio.to_thread, telling.close)
    return telling
