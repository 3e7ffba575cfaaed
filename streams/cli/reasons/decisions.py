"""Why a decision that reaches far took effect: who decided it, and who stood behind it."""

from models.events.decisions import Countersigned
from models.messages.event import Event
from models.messages.fields import Officer
from streams.cli.reasons.reason import Reason


def of_countersignature(event: Event, data: Countersigned) -> Reason:
    """The second officer of what follows under the same cause."""
    second = data.second_officer
    what = (
        f"countersigned 双人复核: {data.action}, decided by {_named(data.officer)}, and by {_named(second)}"
    )
    seat = f"who 复核人: {second.role or 'role not stated'}, at {second.area_code}"
    return Reason(event, what, (seat, "rule 规则: [two_person]; nearest 其次: one officer alone is refused"))


def _named(officer: Officer) -> str:
    return f"{officer.id} {officer.name}"
