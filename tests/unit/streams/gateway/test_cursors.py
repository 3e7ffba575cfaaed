"""A cursor is opaque, and good for what made it alone."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.gateway.cursors import LONGEST_CURSOR, seal, unseal
from streams.gateway.problems import Problem

PLACE = ("2026-11-22T12:00:00+00:00", "i-1")
CURSOR = seal("token", "query", PLACE)


@given(st.lists(st.text(max_size=64), max_size=4).map(tuple), st.text(max_size=50))
def test_a_place_comes_back_as_it_was(place: tuple[str, ...], query: str) -> None:
    """What was sealed is what is unsealed, for any place of any query."""
    assert unseal("token", query, seal("token", query, place)) == place


@pytest.mark.parametrize(
    ("token", "query", "cursor"),
    [
        ("another", "query", CURSOR),
        ("token", "another", CURSOR),
        ("token", "query", CURSOR[:-2]),
        ("token", "query", CURSOR + "AAAA"),
        ("token", "query", CURSOR + "\n"),
        ("token", "query", CURSOR[:8] + "!" + CURSOR[8:]),
        ("token", "query", ""),
        ("token", "query", "火"),
        ("token", "query", "a"),
        ("token", "query", "\x00\n"),
        ("token", "query", urlsafe_b64encode(b'["2026-11-22T12:00:00+00:00","i-1"]').decode()),
    ],
)
def test_another_cursor_is_refused(token: str, query: str, cursor: str) -> None:
    """Of another token, another query, cut, lengthened, or never sealed: 400 names the parameter."""
    with pytest.raises(Problem) as refused:
        unseal(token, query, cursor)
    assert (refused.value.status, refused.value.code, refused.value.field) == (400, "bad_cursor", "cursor")


@given(st.integers(min_value=0, max_value=len(CURSOR) - 1), st.sampled_from("ABCxyz019-_"))
def test_a_changed_character_is_noticed(at: int, character: str) -> None:
    """Whatever character is changed, the cursor is refused; unchanged it is good."""
    changed = CURSOR[:at] + character + CURSOR[at + 1 :]
    if changed == CURSOR:
        assert unseal("token", "query", changed) == PLACE
    else:
        with pytest.raises(Problem):
            unseal("token", "query", changed)


def test_the_longest_place_fits_the_parameter() -> None:
    """A report's place with the longest ids is not longer than what the parameter takes."""
    place = ("2026-11-22T12:00:00.123456+00:00", "s" * 64, "r" * 64)
    assert len(seal("token", "reports of " + "i" * 64, place)) <= LONGEST_CURSOR
