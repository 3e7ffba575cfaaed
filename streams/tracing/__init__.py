"""Tracing: what was done for one message, hop by hop, for whoever runs an OpenTelemetry collector (decision 0024).

A trace is carried by the header `traceparent` of HTTP and Kafka, as W3C trace context has it: a gateway takes it from
its client, an engine from the record, and whatever a message causes goes out under it. Ids are derived from the
message, so nothing has to be remembered between two transactions and what comes twice is one span. Off unless an
endpoint is set; then it costs nothing. Never in here: what a message means, and anything that could change or hold up
what happens.
"""

from streams.tracing.context import TRACE_HEADER, TraceContext
from streams.tracing.spans import NO_TRACING, Span, SpanKind, Tracing

__all__ = ["NO_TRACING", "TRACE_HEADER", "Span", "SpanKind", "TraceContext", "Tracing"]
