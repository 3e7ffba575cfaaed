"""Traces: the span of each message that a batch has handled, from its arrival to its publication.

All of one batch share their times, since they share their transaction. A message that comes again has no span: its
first has told.
"""

from collections.abc import Sequence
from time import time

from streams.processing.arrivals import Arrival, BatchResult, Decoded, Fate, Handled, Inbound, Record
from streams.tracing import TRACE_HEADER, Span, SpanKind, TraceContext, Tracing


def of(record: Record, message: Inbound, tracing: Tracing) -> TraceContext | None:
    """The span of handling this message, below what its header names."""
    header = next((value for name, value in record.headers if name == TRACE_HEADER), None)
    return tracing.follow(header, f"{record.topic} {message.message_id}")


def tell(arrivals: Sequence[Arrival], result: BatchResult, began: float, tracing: Tracing) -> None:
    """These were handled and published just now; `began` is Unix time."""
    traces = {one.record: one.trace for one in arrivals if isinstance(one, Decoded) and one.trace is not None}
    if not traces:
        return
    ended = time()
    for handled in result.handled:
        trace = traces.get(handled.record)
        if trace is not None and handled.fate is not Fate.DUPLICATE:
            tracing.tell(_span(handled, trace, began, ended))


def _span(handled: Handled, trace: TraceContext, began: float, ended: float) -> Span:
    record = handled.record
    attributes: dict[str, str | int] = {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": record.topic.value,
        "messaging.destination.partition.id": str(record.partition),
        "messaging.kafka.offset": record.offset,
        "fenghuo.fate": handled.fate.value,
    }
    known = {"fenghuo.message_id": handled.message_id, "fenghuo.incident_id": handled.incident_id}
    attributes |= {name: value for name, value in known.items() if value is not None}
    fault = handled.reason if handled.fate is Fate.DEAD else None
    return Span(trace, f"process {record.topic.value}", SpanKind.CONSUMER, began, ended, attributes, fault)
