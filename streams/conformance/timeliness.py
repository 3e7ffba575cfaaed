"""Timeliness: whether the time that an acknowledgement states can be true, and lies before the deadline."""

from datetime import datetime, timedelta

import orjson

from streams.conformance.hearing import Answer
from streams.conformance.player import Sent

# By so much a unit's clock may differ from ours; the engine orders by its own.
_CLOCKS_DIFFER = timedelta(minutes=1)


def untimely(answer: Answer, sent: Sent) -> str:
    """What is wrong with the answer's time; empty when nothing is, or when it states none (another rule's matter)."""
    command = orjson.loads(sent.publication.value)
    issued_at, acknowledge_by = (
        datetime.fromisoformat(command[name]) for name in ("issued_at", "acknowledge_by")
    )
    occurred_at = _moment(answer.body.get("occurred_at"))
    if occurred_at is None:
        return ""
    if occurred_at < issued_at - _CLOCKS_DIFFER:
        return f"{answer.kind} at {occurred_at.isoformat()}, before the order was issued ({command['issued_at']})"
    if occurred_at > acknowledge_by + _CLOCKS_DIFFER:
        return f"{answer.kind} at {occurred_at.isoformat()}, after its deadline ({command['acknowledge_by']})"
    return ""


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
