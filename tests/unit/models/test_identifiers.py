"""Ids are derived, and the derivation is the standard's."""

from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from models.identifiers import NAMESPACE, derive


@given(st.text(max_size=20), st.lists(st.text(max_size=20) | st.integers(), max_size=4))
def test_an_id_is_the_uuid5_of_its_parts(kind: str, parts: list[str | int]) -> None:
    """Anybody with a standard library arrives at the same id."""
    name = "\x1f".join((kind, *(str(part) for part in parts)))
    if not any("\ud800" <= character <= "\udfff" for character in name):
        assert derive(kind, *parts) == str(uuid5(NAMESPACE, name))
