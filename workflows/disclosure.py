"""Disclosure: what of a report, a log or a state is shown to somebody who has not asked for personal data.

For: knowing which parts of a body are words of people, which name a reporter, and which are codes of ours to leave
alone. Must never enter: who may ask (`workflows.permission`), and how words are masked (`workflows.masking`).
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from models.messages.report import Report
from workflows.masking import mask, mask_whole

_OURS = re.compile(r"(?:_id|_ids|_code|_codes|_at)$|^(?:digest|rulebook|cap_xml|references)$")
_REPORTER = frozenset({"reporter_id", "reporter_key"})
# An id or a digest that we derived, or a moment: never anybody's words.
_MACHINE_MADE = re.compile(r"(?:sha256:)?[0-9a-f-]{32,}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+Z-]+")
_SHORTEST_ID_LOOKED_FOR = 6  # a shorter one is found in too many words that are not it
Body = object


def masked_words(report: Report, words: str | None) -> str | None:
    """Words of this report, with what its own fields say of a person hidden in them, too."""
    return None if words is None else mask(words, _given_by(report))


def masked_reporter(reporter_key: str) -> str:
    """A reporter's key or id: the source stays, who it was within it does not."""
    source, slash, reporter = reporter_key.rpartition("/")
    return source + slash + mask_whole(reporter)


def masked_body(body: Body) -> Body:
    """A JSON body of ours (a log's event, a state) with people's words masked and reporters hidden; same shape."""
    match body:
        case Mapping():
            return _masked_table(body)
        case list() | tuple():
            return [masked_body(one) for one in body]
        case str():
            return _masked_text(body)
        case _:
            return body


def _masked_table(table: Mapping[str, Body]) -> dict[str, Body]:
    if table.get("kind") == "reporter" and isinstance(name := table.get("id"), str):
        return {**table, "id": masked_reporter(name)}
    return {key: _masked_field(key, value) for key, value in table.items()}


def _masked_field(key: str, value: Body) -> Body:
    if key in _REPORTER and isinstance(value, str):
        return masked_reporter(value)
    if key == "reporters" and isinstance(value, Mapping):
        return _masked_reporters(value)
    return value if _OURS.search(key) else masked_body(value)


def _masked_reporters(reporters: Mapping[str, Body]) -> dict[str, Body]:
    """Two whose masks are alike stay two."""
    found: dict[str, Body] = {}
    for key, stand in reporters.items():
        name = masked_reporter(key)
        found[name if name not in found else f"{name}~{len(found)}"] = stand
    return found


@lru_cache(maxsize=8192)
def _masked_text(text: str) -> str:
    return text if _MACHINE_MADE.fullmatch(text) else mask(text)


def _given_by(report: Report) -> tuple[str, ...]:
    contact = report.contact
    given = [] if contact is None else [contact.name, contact.phone]
    if report.reporter_id is not None and len(report.reporter_id) >= _SHORTEST_ID_LOOKED_FOR:
        given.append(report.reporter_id)
    return tuple(one for one in given if one)
