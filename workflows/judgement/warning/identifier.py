"""Identifier 预警标识: the 31 characters that name a warning, `ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N`.

The first fourteen are the sender's code: ZZZZZZ region by GB/T 2260, DDD agency by GB/T 4657 (the rulebook's, 000
while nobody has set it), UUU inner unit, XX extension. Then the second of entry in Beijing time, and N, 0 to 9,
within it. Source: value rules of the deployed national format. How UUU, XX and N are filled is ours:

- UUU is the last three digits of the township's code, and 000, the rule's default, for a whole district.
- XX is drawn from the incident's id, so that one incident keeps one sender's code through its chain, and two of one
  township in one second have different ones but for one chance in a hundred.
- N counts the messages of the incident within one second from 0; the eleventh takes the next extension.

Limit: the rules see one incident at a time and there is no sequence beyond it (none may be: a replay would give other
bytes), so that one chance in a hundred stays where two incidents of one township warn in the same second. Whoever
must exclude it tells the two messages apart by `incident_id`, which both renderings carry.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from models.identifiers import IncidentId, WarningId, derive
from models.places import Place

BEIJING = timezone(timedelta(hours=8))
_NUMBERS, _EXTENSIONS = 10, 100
_SENDER_CHARACTERS = 14
_SECOND = "%Y%m%d%H%M%S"


def next_identifier(
    incident_id: IncidentId, place: Place, agency_code: str, at: datetime, sent: Iterable[str]
) -> WarningId:
    """The name of an incident's next message, given those that it has sent. `at` is cut to whole seconds.

    Raises ValueError when this incident has sent a thousand within that second: our bug, stop.
    """
    taken = frozenset(sent)
    second = at.astimezone(BEIJING).strftime(_SECOND)
    first = int(derive("warning_extension", incident_id)[:8], 16) % _EXTENSIONS
    for step in range(_NUMBERS * _EXTENSIONS):
        extension = (first + step // _NUMBERS) % _EXTENSIONS
        candidate = (
            f"{_desk(place)[:6]}{agency_code}{_desk(place)[6:]}{extension:02}_{second}_{step % _NUMBERS}"
        )
        if candidate not in taken:
            return WarningId(candidate)
    raise ValueError(f"incident {incident_id} has sent a thousand warnings within one second")


def sender_of(warning_id: str) -> str:
    """The sender's code, 14 characters."""
    return warning_id[:_SENDER_CHARACTERS]


def entered_at(warning_id: str) -> datetime:
    """The second at which it was entered, in Beijing time."""
    return datetime.strptime(warning_id[_SENDER_CHARACTERS + 1 : -2], _SECOND).replace(tzinfo=BEIJING)


def _desk(place: Place) -> str:
    """Nine digits: the township, or the district or city followed by 000."""
    return (place.township_code or place.district_code or place.city_code).ljust(9, "0")[:9]
