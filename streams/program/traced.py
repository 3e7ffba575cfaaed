"""Traced: whether and where a process tells of its traces, as its settings say."""

import asyncio
from contextlib import AsyncExitStack

from streams.errors import SettingsRefused
from streams.settings import Settings
from streams.tracing import NO_TRACING, Tracing


def begin(settings: Settings, stack: AsyncExitStack) -> Tracing:
    """Where spans go, until the stack is undone. Raises SettingsRefused where the extra is not installed."""
    if not settings.traces_endpoint:
        return NO_TRACING
    try:
        # Here, since it is an extra, and takes a second to load.
        from streams.tracing.otel import OpenTelemetry  # noqa: PLC0415
    except ImportError as missing:
        problem = f"{missing.name} is not installed; install deploy/locks/traces.lock, or unset it"
        raise SettingsRefused((f"FENGHUO_TRACES_ENDPOINT: {problem}",)) from missing
    telling = OpenTelemetry(settings.traces_endpoint, settings.traces_ratio, f"fenghuo-{settings.role}")
    # In a thread: a collector that is away holds the end up for seconds.
    stack.push_async_callback(asyncio.to_thread, telling.close)
    return telling
