"""Rows of the corpus: the bytes of one report each, and the one reaction to them, whichever door they came to.

A row is refused with a reason and, where one is to blame, a field; or it is accepted as it is, and then its text is
data and nothing else. Times are told from the moment at which a door reads them, so that the rows never grow old.
Never in here: what needs HTTP or Kafka to be said (headers, methods, keys): each door's own tests have that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

TOWNSHIP = "500108001"
HTTP_STATUS: Mapping[str, int] = {"unreadable": 400, "oversized": 413}
_INVALID_STATUS = 422


@dataclass(frozen=True)
class Row:
    """One input. `reason` is None when it is accepted, with these `unknown_fields`."""

    name: str
    value: bytes
    reason: str | None = None
    field: str | None = None
    unknown_fields: tuple[str, ...] = ()

    @property
    def http_status(self) -> int:
        """What the gateway answers; a report that is accepted is 202."""
        return 202 if self.reason is None else HTTP_STATUS.get(self.reason, _INVALID_STATUS)


def rows(now: datetime) -> tuple[Row, ...]:
    """Every row, as it is sent at this moment; all have report ids of their own, where they have one."""
    told = _Told(now)
    return (*_bytes(told), *_fields(told), *_times(told), *_harmless(told))


def good(now: datetime, number: int) -> bytes:
    """A report with nothing wrong in it."""
    return _Told(now).report(f"good-{number}")


class _Told:
    """A report as it is told at a moment: valid, of which a row changes what it is about."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def at(self, ahead: timedelta = timedelta()) -> str:
        return (self._now + ahead).isoformat()

    def report(self, report_id: str, **changes: object) -> bytes:
        body: dict[str, object] = {
            "report_id": report_id,
            "source_id": "corpus",
            "channel": "grid",
            "kind": "initial",
            "category": "accident.fire",
            "title": "某处起火",
            "area_code": TOWNSHIP,
            "reported_at": self.at(timedelta(minutes=-1)),
        }
        return orjson.dumps({name: value for name, value in (body | changes).items() if value is not None})


def _name_as_id(name: str) -> str:
    return "row-" + "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)


# --- what is no message at all --------------------------------------------------------------------------------------


def _bytes(told: _Told) -> Iterator[Row]:
    whole = told.report("row-of-bytes")
    for name, value in _unreadable(whole).items():
        yield Row(name, value, "unreadable")
    for name, (more, field) in _MORE.items():
        yield Row(name, whole[:-1] + b"," + more + b"}", "invalid", field)
    yield Row("257 KB", whole[:-1] + b',"x":"' + b"x" * 263_000 + b'"}', "oversized")
    yield Row("900 KB", b"x" * 900_000, "oversized")


def _unreadable(whole: bytes) -> dict[str, bytes]:
    def more(text: bytes) -> bytes:
        return whole[:-1] + b"," + text + b"}"

    return {
        "0 bytes": b"",
        "a NUL byte": b"\x00",
        "not JSON": b"incident!",
        "cut off": whole[:-1],
        "two values": whole + whole,
        "an array": b"[%b]" % whole,
        "a string": b'"report"',
        "a number": b"7",
        "null": b"null",
        "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 40,
        "a comment": b"/* report */" + whole,
        "single quotes": whole.replace(b'"', b"'"),
        "a comma too many": whole[:-1] + b",}",
        "invalid UTF-8": whole.replace("某".encode(), b"\xff\xfe"),
        "an overlong slash": whole.replace("某".encode(), b"\xc0\xaf"),
        "GB 18030": whole.decode().encode("gb18030"),
        "UTF-16": whole.decode().encode("utf-16"),
        "a byte order mark": b"\xef\xbb\xbf" + whole,
        "a control character as it is": whole.replace("某".encode(), b"\x01"),
        "a lone surrogate": more(b'"text":"\\ud800"'),
        "a lone surrogate in an unknown field": more(b'"x":"\\udfff"'),
        "NaN": more(b'"facts":{"magnitude":NaN}'),
        "Infinity": more(b'"facts":{"magnitude":Infinity}'),
        "minus Infinity": more(b'"x":-Infinity'),
        "1e999": more(b'"facts":{"magnitude":1e999}'),
        "1e999 in an unknown field": more(b'"x":1e999'),
        "a number of 5,000 digits": more(b'"number":' + b"9" * 5_000),
        "100,000 arrays in each other": b"[" * 100_000 + b"]" * 100_000,
        "500 objects in each other": b'{"a":' * 500 + b"1" + b"}" * 500,
        "20 arrays in a field": more(b'"x":' + b"[" * 20 + b"]" * 20),
    }


# What is added to a report, and the field that is to blame.
_MORE: Mapping[str, tuple[bytes, str]] = {
    "a NUL": (b'"text":"a\\u0000b"', "text"),
    "a NUL in an unknown field": (b'"x":{"y":["\\u0000"]}', "x.y.0"),
    "a NUL in a name": (b'"x":{"\\u0000":1}', "x"),
    "2 to the 63rd": (b'"x":9223372036854775808', "x"),
    "below 64 bits": (b'"x":[-9223372036854775809]', "x.0"),
    "2 to the 63rd dead": (b'"facts":{"deaths":9223372036854775808}', "facts.deaths"),
    "a repeated key": (b'"area_code":"500000"', "area_code"),
    "a repeated key, escaped": (b'"area_cod\\u0065":"500000"', "area_code"),
    "a repeated key inside": (b'"facts":{"deaths":1,"deaths":0}', "facts.deaths"),
    "a repeated unknown key": (b'"x":[{"a":1,"a":2}]', "x.0.a"),
}


# --- fields that break the contract ---------------------------------------------------------------------------------


def _fields(told: _Told) -> Iterator[Row]:
    for name, (changes, field) in _INVALID.items():
        yield Row(name, told.report(_name_as_id(name), **changes), "invalid", field)
    for code in _NO_AREAS:
        yield Row(f"area {code}", told.report(f"row-{code}", area_code=code), "unknown_area", "area_code")
    yield Row("no id", told.report("").replace(b'"report_id":"",', b""), "invalid", "report_id")
    yield Row("an id with a space", told.report("r 1"), "invalid", "report_id")
    yield Row("an id with a line end", told.report("r-1\n"), "invalid", "report_id")
    yield Row("an id of 65", told.report("r" * 65), "invalid", "report_id")
    yield Row("a path for an id", told.report("../../etc/passwd"), "invalid", "report_id")
    newer = told.report("row-newer", schema_version=2, channel="pigeon")
    yield Row("a newer version", newer, "unsupported_version", "schema_version")


def _position(lon: object, lat: object, crs: str = "WGS84") -> dict[str, object]:
    return {"position": {"lon": lon, "lat": lat, "crs": crs}}


_NO_AREAS = ("500199", "500108999", "500108001999", "110101001")
_INVALID: Mapping[str, tuple[Mapping[str, object], str]] = {
    "version 0": ({"schema_version": 0}, "schema_version"),
    "a version in words": ({"schema_version": "1"}, "schema_version"),
    "true for a version": ({"schema_version": True}, "schema_version"),
    "a source with an accent": ({"source_id": "gríd"}, "source_id"),
    "a list for a source": ({"source_id": ["corpus"]}, "source_id"),
    "a word for a number": ({"number": "2"}, "number"),
    "true for a number": ({"number": True}, "number"),
    "number 0": ({"number": 0}, "number"),
    "a number for a word": ({"title": 5}, "title"),
    "an object for a word": ({"title": {"$ne": ""}}, "title"),
    "a word for yes": ({"urgent": "true"}, "urgent"),
    "1 for yes": ({"exercise": 1}, "exercise"),
    "half a dead person": ({"facts": {"deaths": 0.5}}, "facts.deaths"),
    "fewer than no people": ({"facts": {"deaths": -1}}, "facts.deaths"),
    "more than all people": ({"facts": {"deaths": 2**31}}, "facts.deaths"),
    "full-width digits for people": ({"facts": {"deaths": "３"}}, "facts.deaths"),
    "the word NaN": ({"facts": {"magnitude": "NaN"}}, "facts.magnitude"),
    "a magnitude of 11": ({"facts": {"magnitude": 11}}, "facts.magnitude"),
    "an unknown fact approximate": ({"approximate": ["pets"]}, "approximate.0"),
    "an unknown channel": ({"channel": "pigeon"}, "channel"),
    "an unknown category": ({"category": "war"}, "category"),
    "an unknown kind": ({"kind": "rumour"}, "kind"),
    "a follow-up to nothing": ({"kind": "follow_up"}, "refers_to"),
    "nothing said": ({"category": None, "title": None}, "category"),
    "an empty title": ({"title": ""}, "title"),
    "a title of 201": ({"title": "火" * 201}, "title"),
    "a text of 20,001": ({"text": "火" * 20_001}, "text"),
    "10,000 combining marks in a title": ({"title": "e" + "\u0301" * 10_000}, "title"),
    "an escape sequence": ({"text": "a\x1b[2Jb"}, "text"),
    "full-width digits for an area": ({"area_code": "５００１０８"}, "area_code"),
    "Arabic digits for an area": ({"area_code": "٥٠٠١٠٨"}, "area_code"),
    "an area code of 7 digits": ({"area_code": "5001080"}, "area_code"),
    "an area code with a line end": ({"area_code": "500108\n"}, "area_code"),
    "an area code as a number": ({"area_code": 500108}, "area_code"),
    "east of the world": (_position(181, 29), "position.lon"),
    "lon and lat swapped": (_position(29.5, 106.5), "position.lat"),
    "a position in words": (_position("106.5", 29.5), "position.lon"),
    "half a position": ({"position": {"lon": 106.5, "crs": "WGS84"}}, "position.lat"),
    "an unknown datum": (_position(106.5, 29.5, "Mars"), "position.crs"),
    "a phone that is none": ({"contact": {"phone": "call me"}}, "contact.phone"),
    "an attachment without digest": ({"attachments": [{"name": "a"}]}, "attachments.0.digest"),
    "a path for a digest": (
        {"attachments": [{"digest": "../../x", "media_type": "image/png", "name": "a"}]},
        "attachments.0.digest",
    ),
    "21 attachments": (
        {"attachments": [{"digest": "sha256:" + "0" * 64, "media_type": "image/png", "name": "a"}] * 21},
        "attachments",
    ),
}


# --- times ----------------------------------------------------------------------------------------------------------


def _times(told: _Told) -> Iterator[Row]:
    for name, moment in _NO_TIMES.items():
        yield Row(name, told.report("row-of-time", reported_at=moment), "invalid", "reported_at")
    for name, moment in _OUT_OF_CALENDAR.items():
        yield Row(name, told.report("row-of-time", reported_at=moment), "out_of_window", "reported_at")
    tomorrow = told.at(timedelta(days=1, minutes=5))
    for field in ("reported_at", "occurred_at", "known_at"):
        yield Row(
            f"{field} after tomorrow", told.report("row-ahead", **{field: tomorrow}), "out_of_window", field
        )
    yield Row("almost a day ahead", told.report("row-almost", reported_at=told.at(timedelta(hours=23))))


_NO_TIMES: Mapping[str, object] = {
    "a time without zone": "2026-11-22T11:00:00",
    "a date for a time": "2026-11-22",
    "a time as a number": 1_790_000_000,
    "a time in words": "yesterday",
    "a leap second": "2016-12-31T23:59:60Z",
    "hour 25": "2026-11-22T25:00:00Z",
    "the year 294276": "+294276-12-31T23:59:59Z",
}
_OUT_OF_CALENDAR: Mapping[str, str] = {
    "the year 1": "0001-01-01T00:00:00Z",
    "the year 1 ahead of UTC": "0001-01-01T00:00:00+14:00",
    "the year 9999": "9999-12-31T23:59:59Z",
    "the year 9999 behind UTC": "9999-12-31T23:59:59-14:00",
    "1970": "1970-01-01T00:00:00Z",
}


# --- what looks dangerous and is only text --------------------------------------------------------------------------


def _harmless(told: _Told) -> Iterator[Row]:
    for name, text in DANGEROUS_TEXTS.items():
        yield Row(name, told.report(_name_as_id(name), title=text[:200], text=text, place=text[:200]))
    privileges = {"role": "commander", "tier": "city", "area_scope": ["500000"], "status": "closed"}
    named = tuple(sorted(privileges))
    yield Row("privileges", told.report("row-privileges", **privileges), unknown_fields=named)
    inside = told.report("row-inside", facts={"deaths": 0, "level": "I"})
    yield Row("an unknown field inside", inside, unknown_fields=("facts.level",))
    yield Row("a retired area code", told.report("row-retired", area_code="500112"))
    yield Row("somewhere else on earth", told.report("row-elsewhere", **_position(-74.0, 40.7)))
    yield Row("the sea off Africa", told.report("row-null-island", **_position(0, 0)))


DANGEROUS_TEXTS: Mapping[str, str] = {
    "markup": "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "SVG": "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s>",
    "MathML": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "a way out of an attribute": "\"' onmouseover=alert(1) x='\"",
    "a script's link": "javascript:alert(1)//[x](javascript:alert(1))",
    "a template": "{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "SQL": "'; DROP TABLE incidents; --",
    "more SQL": "%' OR '1'='1' UNION SELECT * FROM accounts --",
    "wildcards": "%_%_%\\_%",
    "a formula": "=cmd|' /C calc'!A0",
    "another formula": "@SUM(1+1)*cmd|' /C calc'!A0\t+1-1",
    "a shell": "$(reboot); `reboot` && reboot | reboot",
    "a log line": 'ok\n{"event":"stopped","level":"info"}',
    "a lookup": "${jndi:ldap://127.0.0.1:1/a}",
    "a format": "%s%n%x{0.__class__}",
    "from right to left": "\u202e火起处某\u202c",
    "zero width": "某\u200b处\ufeff起\u2060火",
    "a homoglyph": "Аррlе 起火",
    "many combining marks": "e" + "\u0301" * 10_000,
    "emoji": "🔥👨‍👩‍👧‍👦🇨🇳" * 20,
    "an answer's head": "a\r\nSet-Cookie: fenghuo_session=x\r\n\r\n",
}
