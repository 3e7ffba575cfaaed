"""Cursor: where the last page ended, sealed so that it is good for the same query only and nobody can write his own.

A page is found by what its last row said (keyset), never by counting rows, so that the thousandth page costs as much
as the first. Never in here: what the rows are.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from http import HTTPStatus

import orjson

from streams.gateway.problems import Problem, ProblemCode

Place = tuple[str, ...]

LONGEST_CURSOR = 400
_SEAL_BYTES = 16


def seal(token: str, query: str, place: Place) -> str:
    """The cursor that goes on after this place of this query. All gateways with one token understand it."""
    said = orjson.dumps(place)
    return _encoded(_seal(token, query, said) + said)


def unseal(token: str, query: str, cursor: str) -> Place:
    """The place that `seal` was given. Raises Problem (400 bad_cursor) for any other text."""
    sealed = _decoded(cursor)
    said = sealed[_SEAL_BYTES:]
    if not hmac.compare_digest(sealed[:_SEAL_BYTES], _seal(token, query, said)):
        raise _bad()
    return tuple(map(str, orjson.loads(said)))


def _decoded(cursor: str) -> bytes:
    try:
        sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (NotBase64, UnicodeEncodeError):
        raise _bad() from None
    # The decoder passes over what is no base64, and over spare bits at the end.
    if _encoded(sealed) != cursor:
        raise _bad()
    return sealed


def _encoded(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def _seal(token: str, query: str, said: bytes) -> bytes:
    key = sha256(b"fenghuo cursor\0" + token.encode()).digest()
    return hmac.digest(key, query.encode() + b"\0" + said, "sha256")[:_SEAL_BYTES]


def _bad() -> Problem:
    detail = "not the `next_cursor` of an answer to this very query: leave it out to start again"
    return Problem(HTTPStatus.BAD_REQUEST, ProblemCode.BAD_CURSOR, detail, field="cursor")
