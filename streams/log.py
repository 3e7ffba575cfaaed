"""Logs as data: one line a batch, and one for each message that somebody may ask about, from a closed list of events.

JSON, unless a person looks on. Only ids, words and lengths: never a name, a phone number or what a report says.
Levels: info = state changed, warning = somebody must look today, error = somebody must look now. Other people's
libraries come out in the same form, from warning up, and what they repeat is said seldom (`streams.log_seldom`).
"""

import logging
import sys
from enum import StrEnum
from typing import TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from streams.log_seldom import UNSAID, Seldom
from streams.settings import LogFormat, LogLevel


class LogEvent(StrEnum):
    """Every event that a line can be about."""

    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    PART_CRASHED = "part_crashed"
    SETTINGS_REFUSED = "settings_refused"
    NO_SIGNING_KEY = "no_signing_key"
    RULEBOOK_IN_FORCE = "rulebook_in_force"
    TOPIC_CHANGED = "topic_changed"
    TOPIC_DIFFERS = "topic_differs"
    CLUSTER_IS_NEW = "cluster_is_new"
    BATCH_HANDLED = "batch_handled"
    MESSAGE_HANDLED = "message_handled"
    MESSAGE_REFUSED = "message_refused"
    DEAD_LETTERED = "dead_lettered"
    BRAKE_PULLED = "brake_pulled"
    FAULT_RETRIED = "fault_retried"
    BUDGET_SPENT = "budget_spent"
    BATCH_DROPPED = "batch_dropped"
    BATCH_ISOLATED = "batch_isolated"
    OFFSET_GAP_SOUGHT = "offset_gap_sought"
    OFFSET_GAP_RECORDED = "offset_gap_recorded"
    OFFSETS_NOT_COMPARED = "offsets_not_compared"
    DISAGREEMENT_FOUND = "disagreement_found"
    DATABASE_WENT_BACK = "database_went_back"
    OUTBOX_SWEPT = "outbox_swept"
    OUTBOX_PRUNED = "outbox_pruned"
    MONTHS_OPENED = "months_opened"
    DEADLINES_SWEPT = "deadlines_swept"
    COMMANDS_SENT_AGAIN = "commands_sent_again"
    PROJECTIONS_PUBLISHED = "projections_published"
    SWEEP_FAILED = "sweep_failed"
    CLOCK_KEPT = "clock_kept"
    GAUGES_SHOWN = "gauges_shown"
    HEARTBEAT_SENT = "heartbeat_sent"
    LAG_SHOWN = "lag_shown"
    ANCHORED = "anchored"
    CLOCK_JUMPED = "clock_jumped"
    CLOCKS_DIFFER = "clocks_differ"
    WATCHDOG_BIT = "watchdog_bit"
    FAILPOINT_HIT = "failpoint_hit"
    PREDECESSOR_BURIED = "predecessor_buried"
    FEED_LOST = "feed_lost"
    ATTACHMENTS_SWEPT = "attachments_swept"
    MAP_IS_SCHEMATIC = "map_is_schematic"
    PINNED_KEYS_READ = "pinned_keys_read"
    PINNED_KEYS_BROKEN = "pinned_keys_broken"


class UnlistedLogEvent(ValueError):
    """A line is about something that `LogEvent` does not list: our defect, add it there with a meaning."""


def configure_logging(
    log_format: LogFormat = LogFormat.AUTO, level: LogLevel = LogLevel.INFO, stream: TextIO | None = None
) -> None:
    """Send our lines and those of libraries to `stream` (standard error). Call once, at the process's start."""
    out = stream or sys.stderr
    as_console = log_format is LogFormat.CONSOLE or (log_format is LogFormat.AUTO and out.isatty())
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if as_console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    ours = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, _listed, *_COMMON, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(ours),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    _configure_libraries(renderer, out, max(ours, logging.WARNING))


def _configure_libraries(renderer: Processor, out: TextIO, level: int) -> None:
    handler = logging.StreamHandler(out)
    handler.addFilter(Seldom())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(allow=[UNSAID]),
                *_COMMON,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _listed(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    if line["event"] not in LogEvent.__members__.values():
        raise UnlistedLogEvent(f"log event {line['event']!r} is not in LogEvent")
    line["event"] = str(line["event"])
    return line


_COMMON: tuple[Processor, ...] = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)
