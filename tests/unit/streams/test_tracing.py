"""Whether a process tells of its traces."""

import sys
from contextlib import AsyncExitStack

import pytest

from streams.errors import SettingsRefused
from streams.program import traced
from streams.settings import Settings
from streams.tracing import NO_TRACING


async def test_without_an_endpoint_nobody_is_told() -> None:
    """And no message has a trace."""
    async with AsyncExitStack() as stack:
        tracing = traced.begin(Settings(), stack)
    assert tracing is NO_TRACING
    assert tracing.follow(None, "reports r-1") is None


async def test_an_endpoint_without_the_extra_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is named, and what to install."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    async with AsyncExitStack() as stack:
        with pytest.raises(SettingsRefused, match=r"FENGHUO_TRACES_ENDPOINT: .*traces\.lock"):
            traced.begin(Settings(traces_endpoint="http://127.0.0.1:4318"), stack)
