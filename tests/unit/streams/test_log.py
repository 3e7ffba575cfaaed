"""Log lines are data from a closed list."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from streams.log import LogEvent, UnlistedLogEvent, configure_logging
from streams.log_seldom import SAID_AGAIN_AFTER_SECONDS, Seldom
from streams.settings import LogFormat, LogLevel


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_line_is_one_json_object(out: io.StringIO) -> None:
    """Event, level, time, what was bound and what was given, on one line."""
    configure_logging(LogFormat.JSON, stream=out)
    with structlog.contextvars.bound_contextvars(topic="reports"):
        structlog.get_logger().info(LogEvent.MESSAGE_HANDLED, offset=7)
    line = json.loads(out.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "message_handled", "level": "info", "topic": "reports", "offset": 7}


def test_an_unlisted_event_is_our_defect(out: io.StringIO) -> None:
    """A sentence instead of a listed event is refused where it is written."""
    configure_logging(LogFormat.JSON, stream=out)
    with pytest.raises(UnlistedLogEvent, match="all went well"):
        structlog.get_logger().info("all went well")


def test_libraries_speak_in_the_same_form(out: io.StringIO) -> None:
    """A library's warning is JSON too; its chatter is left out."""
    configure_logging(LogFormat.JSON, LogLevel.DEBUG, stream=out)
    logging.getLogger("aiokafka").info("chatter")
    logging.getLogger("aiokafka").warning("broker %s is away", 1)
    line = json.loads(out.getvalue())
    assert (line["event"], line["level"], line["logger"]) == ("broker 1 is away", "warning", "aiokafka")


def test_what_a_library_repeats_is_said_seldom(out: io.StringIO) -> None:
    """A broker that is away fills no disk: one line of a kind, then one that says how many it stands for."""
    configure_logging(LogFormat.JSON, stream=out)
    (handler,) = logging.getLogger().handlers
    now = [100.0]
    assert [type(one) for one in handler.filters] == [Seldom]
    handler.filters[:] = [Seldom(lambda: now[0])]
    for number in range(500):
        logging.getLogger("aiokafka").error("broker %s is away", number)
        now[0] += 0.01
    logging.getLogger("aiokafka").error("another matter")
    try:
        raise ValueError("ours")
    except ValueError:
        for _ in range(2):
            logging.getLogger("aiokafka").exception("broker %s is away", 1)
    now[0] += SAID_AGAIN_AFTER_SECONDS
    logging.getLogger("aiokafka").error("broker %s is away", 501)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["event"], line.get("unsaid")) for line in lines] == [
        ("broker 0 is away", None),
        ("another matter", None),
        ("broker 1 is away", None),
        ("broker 1 is away", None),
        ("broker 501 is away", 499),
    ]


def test_a_library_that_never_says_the_same_is_forgotten() -> None:
    """Words made anew for each line grow no memory."""
    seldom = Seldom(lambda: 0.0)
    for number in range(5_000):
        assert seldom.filter(logging.LogRecord("x", logging.ERROR, "", 0, f"line {number}", None, None))
    assert len(seldom._said) <= 1_000


def test_less_important_lines_can_be_left_out(out: io.StringIO) -> None:
    """At level error an info line is not written."""
    configure_logging(LogFormat.JSON, LogLevel.ERROR, stream=out)
    structlog.get_logger().info(LogEvent.STARTED)
    assert out.getvalue() == ""


def test_a_person_at_a_terminal_gets_words(out: io.StringIO) -> None:
    """The console form is no JSON; a pipe gets JSON without being asked."""
    configure_logging(LogFormat.CONSOLE, stream=out)
    structlog.get_logger().info(LogEvent.STARTED, port=8600)
    assert "started" in out.getvalue()
    assert not out.getvalue().startswith("{")
    configure_logging(LogFormat.AUTO, stream=out)
    structlog.get_logger().info(LogEvent.STARTED)
    assert out.getvalue().splitlines()[-1].startswith("{")
