"""The screen names every entry of a log."""

import re

from models.events import EVENT_TYPES
from streams.cockpit.pages import STATIC


def test_every_type_of_event_has_words_and_no_other() -> None:
    """A type without words would stand on the screen as the program calls it."""
    script = (STATIC / "lib" / "event-words.js").read_text(encoding="utf-8")
    named = re.findall(r'^  "event-([a-z_]+)": \["', script, flags=re.MULTILINE)
    assert sorted(named) == sorted(EVENT_TYPES)
