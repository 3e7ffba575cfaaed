"""Spans: what a part of the program tells of something done, and whom it tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from streams.tracing.context import TraceContext


class SpanKind(StrEnum):
    """How something was come by: over HTTP, or from a topic."""

    SERVER = "server"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class Span:
    """Something done, from `began` to `ended` (Unix time in seconds). `fault` says why it came to nothing."""

    context: TraceContext
    name: str
    kind: SpanKind
    began: float
    ended: float
    attributes: Mapping[str, str | int] = field(default_factory=dict)
    fault: str | None = None


class Tracing(Protocol):
    """Where spans go. Nothing here waits, and nothing here fails."""

    def follow(self, header: bytes | None, done: str) -> TraceContext | None:
        """The span of what is `done`, below the one in the header `traceparent`; None: nobody wants to know."""
        ...

    def tell(self, span: Span) -> None:
        """This was done; kept for sending where there is room, and where its trace is sampled."""
        ...


class _NoTracing:
    def follow(self, header: bytes | None, done: str) -> None:  # noqa: ARG002 - the shape of `Tracing`
        return None

    def tell(self, span: Span) -> None:
        """Nobody listens."""


NO_TRACING: Tracing = _NoTracing()
