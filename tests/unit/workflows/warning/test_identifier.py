"""The 31 characters that name a warning."""

from datetime import UTC, datetime, timedelta

import pytest

from models.identifiers import IncidentId
from tests.core_world import place_of
from workflows.judgement.warning.identifier import entered_at, next_identifier, sender_of

AT = datetime(2025, 10, 1, 16, 30, 5, 999_999, tzinfo=UTC)
INCIDENT = IncidentId("d388f2be-08f3-58e1-8784-1038a8fb6adc")


def test_its_parts_stand_where_the_rule_puts_them() -> None:
    """Region, agency, inner unit, extension, the second in Beijing, and the number within it."""
    named = next_identifier(INCIDENT, place_of("500108001"), "123", AT, ())
    assert len(named) == 31
    assert (named[:6], named[6:9], named[9:12], named[14], named[29]) == ("500108", "123", "001", "_", "_")
    assert (named[15:29], named[30]) == ("20251002003005", "0")
    assert sender_of(named) == named[:14]
    assert entered_at(named) == AT.replace(microsecond=0)


@pytest.mark.parametrize(
    ("area", "head"), [("500108001", "500108000001"), ("500157", "500157000000"), ("500000", "500000000000")]
)
def test_a_place_without_township_has_the_default_inner_unit(area: str, head: str) -> None:
    """A district that is its own lowest tier, and the city, have 000; an agency that nobody set is 000 too."""
    assert next_identifier(INCIDENT, place_of(area), "000", AT, ()).startswith(head)


def test_messages_of_one_second_are_numbered() -> None:
    """The first ten count from 0 under one sender; those after them take the next extension, a thousand in all."""
    sent: list[str] = []
    for _ in range(1_000):
        sent.append(next_identifier(INCIDENT, place_of(), "000", AT, sent))
    assert len(set(sent)) == 1_000
    assert [name[-1] for name in sent[:11]] == [*"0123456789", "0"]
    assert len({sender_of(name) for name in sent[:10]}) == 1
    with pytest.raises(ValueError, match="a thousand"):
        next_identifier(INCIDENT, place_of(), "000", AT, sent)


def test_the_next_second_counts_from_0_again() -> None:
    """The sender stays the same through the chain."""
    first = next_identifier(INCIDENT, place_of(), "000", AT, ())
    second = next_identifier(INCIDENT, place_of(), "000", AT + timedelta(seconds=1), (first,))
    assert (sender_of(second), second[-1]) == (sender_of(first), "0")


def test_two_incidents_of_one_second_have_two_senders() -> None:
    """Two of one township differ by the extension; two of different townships by the inner unit in any case."""
    other = IncidentId("0e2c7f31-8f43-5d62-b7a5-4a7e61f0c3d2")
    one, two = (next_identifier(which, place_of(), "000", AT, ()) for which in (INCIDENT, other))
    assert (one[:12], one[12:14] != two[12:14], one[14:]) == (two[:12], True, two[14:])
    elsewhere = next_identifier(INCIDENT, place_of("500108002"), "000", AT, ())
    assert elsewhere[9:12] != one[9:12]
