"""Trace context: what W3C says about the header, and ids that a message gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tracing.context import TraceContext, follow, read

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_a_header_of_the_recommendation_is_read() -> None:
    """The example that W3C gives is a context."""
    assert read(f"00-{TRACE}-{SPAN}-01".encode()) == TraceContext(TRACE, SPAN, is_sampled=True)


def test_only_the_lowest_flag_says_sampled() -> None:
    """The others are reserved, and may be set."""
    assert [read(f"00-{TRACE}-{SPAN}-{flags}".encode()).is_sampled for flags in ("00", "02", "03", "ff")] == [  # type: ignore[union-attr]  # all are valid
        False,
        False,
        True,
        True,
    ]


def test_a_later_version_may_say_more() -> None:
    """What we know of it stands where it stood."""
    assert read(f"cc-{TRACE}-{SPAN}-01-what-comes-later".encode()) == TraceContext(
        TRACE, SPAN, is_sampled=True
    )


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        b"no trace",
        f"ff-{TRACE}-{SPAN}-01".encode(),
        f"00-{'0' * 32}-{SPAN}-01".encode(),
        f"00-{TRACE}-{'0' * 16}-01".encode(),
        f"00-{TRACE.upper()}-{SPAN}-01".encode(),
        f"00-{TRACE}-{SPAN}-01-more".encode(),
        f"00-{TRACE}-{SPAN}-01\n".encode(),
        f"00-{TRACE}-{SPAN}".encode(),
        f"cc-{TRACE}-{SPAN}-01x".encode(),
    ],
)
def test_what_is_no_context_is_as_if_it_were_not_there(header: bytes | None) -> None:
    """It begins a trace of its own, and refuses nothing."""
    assert read(header) is None
    assert follow(header, "accept r-1", 1.0) == follow(None, "accept r-1", 1.0)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_context_or_none(header: bytes) -> None:
    """Nothing raises, and what is read is written alike but for what we do not know."""
    found = read(header)
    assert found is None or read(found.header) == found


def test_a_child_stays_in_the_trace_of_its_parent() -> None:
    """With an id of its own, sampled as the parent is, whatever the ratio says."""
    child = follow(f"00-{TRACE}-{SPAN}-01".encode(), "accept r-1", 0.0)
    assert (child.trace_id, child.parent_span_id, child.is_sampled) == (TRACE, SPAN, True)
    assert child.span_id != SPAN
    grandchild = follow(child.header, "reports r-1", 0.0)
    assert (grandchild.trace_id, grandchild.parent_span_id) == (TRACE, child.span_id)


def test_the_same_in_gives_the_same_out() -> None:
    """So a message that comes twice is one span, and what it caused goes out byte for byte as before."""
    assert follow(None, "reports r-1", 0.5) == follow(None, "reports r-1", 0.5)
    assert follow(None, "reports r-1", 0.5) != follow(None, "reports r-2", 0.5)


def test_of_the_traces_begun_here_a_share_is_sampled() -> None:
    """All, none, or about so many."""
    begun = [
        [follow(None, f"reports r-{n}", ratio).is_sampled for n in range(1_000)] for ratio in (0.0, 0.3, 1.0)
    ]
    assert (sum(begun[0]), sum(begun[2])) == (0, 1_000)
    assert 250 < sum(begun[1]) < 350


@pytest.mark.parametrize("flags", [b"00", b"01"])
def test_what_goes_out_says_whether_anybody_keeps_it(flags: bytes) -> None:
    """A child's header reads as the child, and what its parent's client did not want kept, nobody after it keeps."""
    child = follow(b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-" + flags, "reports r-1", 1.0)
    assert child.header.endswith(b"-" + flags)
    back = read(child.header)
    assert back is not None
    assert (back.trace_id, back.span_id, back.is_sampled) == (child.trace_id, child.span_id, child.is_sampled)
