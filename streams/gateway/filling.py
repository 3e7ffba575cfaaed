"""Filling: putting into a body what its sender left out, and leaving every other byte as it was sent.

What is stored, signed and read by the engine is what the sender wrote, unknown fields and spelling included. Never in
here: whether the body is valid; who sent it, and may say so.
"""

import re
from collections.abc import Iterator
from json import JSONDecoder

import orjson

_BLANK = re.compile(r"[ \t\n\r]*")
_decoder = JSONDecoder()


def with_field(body: bytes, name: str, value: str) -> bytes:
    """The body, with this field where it says none. What is no JSON object comes back as it is."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body  # the codec says what is wrong with it
    if not isinstance(parsed, dict) or name in parsed:
        return body
    inside = body.strip()[1:]
    return _member(b"{", name, value, has_more=bool(parsed)) + inside


def with_inner_field(body: bytes, outer: str, name: str, value: str) -> bytes:
    """The body, with this field in its object `outer`. Only for what the codec has read: shallow, no key twice."""
    text = body.decode()
    for key, begins in _members(text):
        if key == outer:
            has_more = text[_after_blank(text, begins + 1)] != "}"
            head, inside = text[: begins + 1].encode(), text[begins + 1 :].encode()
            return _member(head, name, value, has_more=has_more) + inside
    return body


def _member(head: bytes, name: str, value: str, *, has_more: bool) -> bytes:
    return b'%b"%b":%b%b' % (head, name.encode(), orjson.dumps(value), b"," if has_more else b"")


def _members(text: str) -> Iterator[tuple[str, int]]:
    """The keys of this JSON object, each with the place at which its value begins."""
    at = _after_blank(text, _after_blank(text, 0) + 1)
    while text[at] == '"':
        key, at = _decoder.raw_decode(text, at)
        at = _after_blank(text, _after_blank(text, at) + 1)  # over the colon
        yield key, at
        _, at = _decoder.raw_decode(text, at)
        at = _after_blank(text, at)
        if text[at] == "}":
            return
        at = _after_blank(text, at + 1)  # over the comma


def _after_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return at if blank is None else blank.end()
