"""Trace context: the header `traceparent` of W3C (https://www.w3.org/TR/trace-context/), read and written.

A header that is no trace context is as if it were not there, as the recommendation asks: it never refuses a message.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

TRACE_HEADER = "traceparent"
_FORM = re.compile(
    rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL
)
_SAMPLED = 1
_SAMPLED_BY = 8  # of 32 hexadecimal digits of a trace's id


@dataclass(frozen=True, slots=True)
class TraceContext:
    """One span within a trace: ids of 32 and 16 hexadecimal digits; whether anybody keeps what it tells."""

    trace_id: str
    span_id: str
    is_sampled: bool
    parent_span_id: str | None = None

    @property
    def header(self) -> bytes:
        """The value under which what this span causes goes out."""
        return f"00-{self.trace_id}-{self.span_id}-{int(self.is_sampled):02x}".encode()


def read(header: bytes | None) -> TraceContext | None:
    """The context in a header; None where there is none, or what stands there is not one."""
    found = None if header is None else _FORM.fullmatch(header)
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == b"00" and more is not None:
        return None
    return TraceContext(trace_id.decode(), span_id.decode(), bool(int(flags, 16) & _SAMPLED))


def follow(header: bytes | None, done: str, ratio: float) -> TraceContext:
    """The span of what is `done`, whose word is its own and no other's, below the one in the header.

    Without a parent it begins a trace; of these the share `ratio` (0 to 1) is sampled. The same in, the same out.
    """
    parent, digest = read(header), sha256(done.encode()).hexdigest()
    span_id = digest[32:48]
    if parent is not None:
        return TraceContext(parent.trace_id, span_id, parent.is_sampled, parent.span_id)
    trace_id = digest[:32]
    is_sampled = int(trace_id[:_SAMPLED_BY], 16) < ratio * 16**_SAMPLED_BY
    return TraceContext(trace_id, span_id, is_sampled)
