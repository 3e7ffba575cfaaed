"""Happening: one message that somebody in the city sends, planned to the byte before anybody sends it.

Times are program time. A scenario does not know when it will be played, so its reports stand on a day of their own,
`ORIGIN`; `moved_to` puts them where the round really began. Whoever sends a happening again sends the same bytes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from models.messages.report import Facts, Report
from models.topics import Topic
from models.vocabulary import Level

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)
_NOTHING_STATED = Facts()
_TIMES = ("occurred_at", "known_at", "reported_at")


class Expectation(StrEnum):
    """What must become of the message."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    ID_CONFLICT = "id_conflict"
    UNKNOWN_AREA = "unknown_area"
    UNREADABLE = "unreadable"

    @property
    def is_refused(self) -> bool:
        """A dead letter on the topic, 4xx at the gateway."""
        return self not in (Expectation.ACCEPTED, Expectation.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Happening:
    """One message, `at_seconds` after the round began. Only garbage has no `report`; it has `raw` bytes instead.

    `stated` are the totals that the report's words give; `level` is what they come to.
    """

    at_seconds: int
    event_id: str
    expectation: Expectation
    area_code: str
    report: Report | None
    stated: Facts = _NOTHING_STATED
    level: Level = Level.IV
    raw: bytes = b""

    @property
    def order(self) -> tuple[int, str, str]:
        """Where it stands among the others: by time, and always the same way at the same time."""
        return self.at_seconds, self.report.report_id if self.report else "", self.expectation

    @property
    def topic(self) -> Topic:
        """`reports-urgent` for emergency calls, danger to life, and totals of level I or II."""
        if self.report is None:
            return Topic.REPORTS
        is_severe = self.level in (Level.I, Level.II)
        is_urgent = self.report.urgent or self.report.channel.is_emergency_call or is_severe
        return Topic.REPORTS_URGENT if is_urgent else Topic.REPORTS

    def value(self, began_at: datetime) -> bytes:
        """The bytes to send in a round that began at this program time."""
        if self.report is None:
            return self.raw
        return moved_to(self.report, began_at).model_dump_json(exclude_none=True).encode()


def moved_to(report: Report, began_at: datetime) -> Report:
    """The report with its times in a round that began then."""
    by = began_at - ORIGIN
    times = {name: moment + by for name in _TIMES if (moment := getattr(report, name)) is not None}
    return report.model_copy(update=times)


def moment(at_seconds: int) -> datetime:
    """A time of the scenario as reports carry it until they are moved."""
    return ORIGIN + timedelta(seconds=at_seconds)
