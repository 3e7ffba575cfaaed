"""Which changes of a schema break those who write or read the message, on made-up changes of real ones."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from streams.documents.catalogue import MESSAGES
from streams.documents.compatibility import breaking_changes
from streams.documents.schemas import schema_of

Schema = dict[str, Any]
SCHEMAS = {message.name: schema_of(message) for message in MESSAGES}


def told(name: str, change: Callable[[Schema], object], *, is_read: bool) -> list[str]:
    """What a change of this message breaks."""
    after = copy.deepcopy(SCHEMAS[name])
    change(after)
    return breaking_changes(SCHEMAS[name], after, is_read=is_read)


def field(schema: Schema, name: str) -> Schema:
    found: Schema = schema["properties"][name]
    return found


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("is_read", [True, False])
def test_no_change_breaks_nothing(name: str, is_read: bool) -> None:
    """A schema is compatible with itself, whichever way the message goes."""
    assert told(name, lambda _: None, is_read=is_read) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s["properties"].pop("grid_code"), "grid_code is gone"),
        (
            lambda s: s["properties"].update(grid=s["properties"].pop("grid_code")),
            "grid_code is gone",
        ),
        (lambda s: s["required"].append("title"), "title is required now"),
        (lambda s: s["$defs"]["Channel"]["enum"].remove("119"), "channel has lost 119"),
        (lambda s: s["$defs"]["Facts"]["properties"].pop("trapped"), "facts.trapped is gone"),
        (lambda s: field(s, "area_code").update(pattern="^[0-9]{6}$"), "area_code: pattern"),
        (lambda s: field(s, "attachments").update(maxItems=5), "attachments: maxItems was 20 and is 5"),
        (lambda s: field(s, "urgent").update(type="string"), "urgent may no longer be boolean"),
        (lambda s: s["x-topics"].remove("reports-urgent"), "it is no longer on the topic reports-urgent"),
        (lambda s: s.update({"x-key": "source_id"}), "its key was area_code and is source_id"),
        (
            lambda s: field(s, "title").update(anyOf=[field(s, "title")["anyOf"][0]]),
            "title may no longer be null",
        ),
    ],
)
def test_what_is_read_becomes_no_narrower(change: Callable[[Schema], object], sentence: str) -> None:
    """A field, word, topic or alternative that goes, a new duty and a tighter limit are each told with their path."""
    (only,) = told("Report", change, is_read=True)
    assert only.startswith(sentence)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: s["properties"].pop("place"), "place is gone"),
        (lambda s: s["required"].remove("level"), "level was always there and may be absent now"),
        (
            lambda s: field(s, "text_zh").update(type=["string", "null"]),
            "text_zh may now be null, which nobody expects",
        ),
        (lambda s: s["$defs"]["CommandKind"]["enum"].remove("retraction"), "kind has lost retraction"),
    ],
)
def test_what_is_sent_loses_nothing(change: Callable[[Schema], object], sentence: str) -> None:
    """Who reads a command finds every field and word that was there before, in the type that it had."""
    assert told("Command", change, is_read=False) == [sentence]


@pytest.mark.parametrize(
    ("name", "change", "is_read"),
    [
        ("Report", lambda s: s["properties"].update(weather={"type": "string"}), True),
        ("Report", lambda s: s["$defs"]["Channel"]["enum"].append("satellite"), True),
        ("Report", lambda s: s["required"].remove("kind"), True),
        ("Report", lambda s: field(s, "attachments").update(maxItems=50), True),
        ("Command", lambda s: s["properties"].update(weather={"type": "string"}), False),
        ("Command", lambda s: s["required"].append("place"), False),
    ],
)
def test_wider_is_well(name: str, change: Callable[[Schema], object], is_read: bool) -> None:
    """A new field, a new word that is read, a duty that falls away and a looser limit break nobody."""
    assert told(name, change, is_read=is_read) == []


def test_data_of_an_event_is_held_to_it_too() -> None:
    """A type that goes, and a field of one type's data, are told with the name of the type."""
    assert told("Event", lambda s: s["allOf"].pop(0), is_read=False)[0].startswith("the type ")

    def without_verdict(schema: Schema) -> None:
        schema["$defs"]["VerdictReached"]["properties"].pop("verdict")

    assert told("Event", without_verdict, is_read=False) == ["data (verdict_reached).verdict is gone"]
