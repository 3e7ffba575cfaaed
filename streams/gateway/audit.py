"""Audit out: who asked for what, for the auditors of an area, and whether the book is as it was written.

Reading it is an entry of it, written before anything is shown; each page and each verification is one. An auditor sees
what was asked for in their area and below; what has no area (sign-ins of nobody known, the command line) is the city's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy import ColumnElement, func, select

from models.access import Act
from models.areas import AreaKind, area_tree, city_code
from models.identifiers import AreaCode
from models.messages.fields import Moment
from models.tables import AUDIT
from streams.access.audit import AuditOutcome, verify
from streams.gateway.auditing import Refusal, allowed, record
from streams.gateway.callers import CallerOf
from streams.gateway.cursors import seal, unseal
from streams.gateway.openapi import problems
from streams.gateway.parameters import Code, Cursor, KnownParametersOnly, Limit, area_named
from streams.gateway.problems import not_found
from streams.gateway.services import ServicesOf
from streams.gateway.views import View

router = APIRouter(prefix="/api/audit", tags=["audit"], dependencies=[KnownParametersOnly])

_LATEST_FIRST = select(AUDIT).order_by(AUDIT.c.seq.desc())
_DIGITS_OF_TOWNSHIP = 9
Word = Annotated[str | None, Query(min_length=1, max_length=100)]
Since = Annotated[Moment | None, Query(alias="from", description="asked for at this time or later")]
Until = Annotated[Moment | None, Query(alias="to", description="asked for before this time")]


class AuditEntryView(View):
    """Who asked for what and how it ended; `digest` covers the entry and `previous`, the digest before it."""

    seq: int
    at: Moment
    person_id: str
    role: str
    act: str
    area_code: str | None
    subject: str | None = Field(description="an id or code, never words")
    outcome: str
    previous: str
    digest: str


class AuditPage(View):
    """Some entries, latest first; `next_cursor` null: there are no earlier ones."""

    entries: tuple[AuditEntryView, ...]
    next_cursor: str | None = None


class ChainView(View):
    """Whether the audit is as it was written, from its first entry on; write `entries` and `head` down elsewhere."""

    is_whole: bool
    entries: int = Field(description="how many follow each other from the first")
    head: str = Field(description="the digest of the last of them")
    broken_at: int | None = Field(description="the first entry that is not the one that was written there")


def _area_audited(caller: CallerOf, area: Code = None) -> AreaCode:
    """The area whose audit is asked for. Raises Refusal (404) when it is not this caller's to read."""
    audited = caller.home if area is None else area_named(area, "area").code
    if not caller.may(Act.READ_AUDIT, audited):
        raise Refusal(not_found("audit", audited), caller, Act.READ_AUDIT, audited, None)
    return audited


Audited = Annotated[AreaCode, Depends(_area_audited)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None asks for nothing."""

    area: AreaCode
    person: str | None
    act: str | None
    outcome: AuditOutcome | None
    since: datetime | None
    until: datetime | None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What an entry must fit."""
        if self.person is not None:
            yield AUDIT.c.person_id == self.person
        if self.act is not None:
            yield AUDIT.c.act == self.act
        if self.outcome is not None:
            yield AUDIT.c.outcome == self.outcome.value
        if self.since is not None:
            yield AUDIT.c.at >= self.since
        if self.until is not None:
            yield AUDIT.c.at < self.until
        if self.area != city_code():
            township = func.substr(AUDIT.c.area_code, 1, _DIGITS_OF_TOWNSHIP)
            yield township.in_(_codes_within(self.area))


def _wanted(
    area: Audited,
    person: Word = None,
    act: Word = None,
    outcome: AuditOutcome | None = None,
    since: Since = None,
    until: Until = None,
) -> Wanted:
    return Wanted(area, person, act, outcome, since, until)


@router.get("", responses=problems(400, 401, 404, 503))
async def get_audit(
    caller: CallerOf,
    services: ServicesOf,
    wanted: Annotated[Wanted, Depends(_wanted)],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AuditPage:
    """Entries of the audit, latest first; `area` is the caller's own if left out. Asking is an entry, too."""
    after = None if cursor is None else unseal(services.token, repr(wanted), cursor)
    await record(allowed(caller, Act.READ_AUDIT, wanted.area, None, services), services)
    statement = _LATEST_FIRST.where(*wanted.conditions())
    if after is not None:
        statement = statement.where(AUDIT.c.seq < int(after[0]))
    async with services.database.read() as connection:
        rows = list(await connection.execute(statement.limit(limit + 1)))
    has_more = len(rows) > limit
    return AuditPage(
        entries=tuple(map(AuditEntryView.model_validate, rows[:limit])),
        next_cursor=seal(services.token, repr(wanted), (str(rows[limit - 1].seq),)) if has_more else None,
    )


@router.get("/chain", responses=problems(400, 401, 404, 503))
async def get_chain(caller: CallerOf, services: ServicesOf, area: Audited) -> ChainView:
    """Follow the whole audit from its first entry: is it as it was written? It takes seconds for a million entries."""
    await record(allowed(caller, Act.READ_AUDIT, area, "chain", services), services)
    async with services.database.read() as connection:
        found = await verify(connection)
    return ChainView(
        is_whole=found.broken_at is None, entries=found.entries, head=found.head, broken_at=found.broken_at
    )


@lru_cache(maxsize=64)
def _codes_within(area_code: AreaCode) -> tuple[AreaCode, ...]:
    """Districts and townships; a community's code begins with its township's, a retired area lies at its successor."""
    tree = area_tree()
    listed = (area.code for area in tree if area.kind is not AreaKind.COMMUNITY)
    return tuple(code for code in listed if code == area_code or tree.is_within(code, area_code))
