"""OpenTelemetry: spans to a collector over OTLP/HTTP, by its SDK; the one room that knows it, and an extra to install.

The SDK sends from a thread of its own and drops what its queue has no room for. It is given spans that are over, with
ids that the messages give, so its own tracer is not used.
"""

import os
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags
from opentelemetry.trace import SpanKind as OtelKind

from streams.tracing import context
from streams.tracing.context import TraceContext
from streams.tracing.spans import Span, SpanKind

_PATH = "/v1/traces"
_SEND_WITHIN_SECONDS = 5.0
_KINDS = {SpanKind.SERVER: OtelKind.SERVER, SpanKind.CONSUMER: OtelKind.CONSUMER}
_NANOSECONDS = 1_000_000_000


class OpenTelemetry:
    """Tells a collector. `endpoint` is its base URL; of the traces that begin here the share `ratio` is sampled."""

    def __init__(self, endpoint: str, ratio: float, service: str) -> None:
        self._ratio = ratio
        self._resource = Resource.create(
            {"service.name": service, "service.instance.id": uuid4().hex, "process.pid": os.getpid()}
        )
        exporter = OTLPSpanExporter(endpoint.rstrip("/") + _PATH, timeout=_SEND_WITHIN_SECONDS)
        self._processor = BatchSpanProcessor(exporter)

    def follow(self, header: bytes | None, done: str) -> TraceContext | None:
        """As `Tracing.follow`."""
        return context.follow(header, done, self._ratio)

    def tell(self, span: Span) -> None:
        """As `Tracing.tell`."""
        if span.context.is_sampled:
            self._processor.on_end(self._readable(span))

    def close(self) -> None:
        """Send what is left and end; blocks for some seconds where nobody takes it."""
        self._processor.shutdown()  # type: ignore[no-untyped-call]  # the SDK left this one out

    def _readable(self, span: Span) -> ReadableSpan:
        parent = span.context.parent_span_id
        return ReadableSpan(
            span.name,
            context=_context(span.context.trace_id, span.context.span_id),
            parent=None if parent is None else _context(span.context.trace_id, parent),
            resource=self._resource,
            attributes=span.attributes,
            kind=_KINDS[span.kind],
            status=Status() if span.fault is None else Status(StatusCode.ERROR, span.fault),
            start_time=int(span.began * _NANOSECONDS),
            end_time=int(span.ended * _NANOSECONDS),
        )


def _context(trace_id: str, span_id: str) -> SpanContext:
    sampled = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=sampled)
