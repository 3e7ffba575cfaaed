"""Door: the gateway as its clients see it: reports, decisions and feedback go in, what is known comes out.

Whatever fails on the way is tried again with the same bytes until somebody answers; it counts once. Must never enter:
what to send, and when.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from types import TracebackType
from typing import Protocol, Self

import aiohttp

from models.identifiers import IncidentId
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from streams.gateway.views import (
    CommandList,
    CommandView,
    IncidentPage,
    IncidentSummary,
    IncidentView,
    ReportPage,
    ReportView,
)

_PAGE = 100
_ANSWER_WITHIN_SECONDS = 15
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0
_TRY_AGAIN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


class Outcome(StrEnum):
    """What the gateway said to something that was sent."""

    APPLIED = "applied"  # it is in, and what it asked for has happened or will
    PENDING = "pending"  # it is in; the engine has not come to it yet
    REFUSED = "refused"  # sending the same again cannot help


class NotLetIn(Exception):
    """The gateway does not know our token. Stop: start the simulator with the token that the gateway printed."""


class Door(Protocol):
    """What the simulated people need of the gateway."""

    async def report(self, value: bytes) -> Outcome: ...
    async def decide(self, decision: Decision) -> Outcome: ...
    async def feed_back(self, feedback: Feedback) -> Outcome: ...
    async def incident(self, incident_id: IncidentId) -> IncidentView | None: ...
    async def commands_of(self, incident_id: IncidentId) -> tuple[CommandView, ...]: ...
    async def reports_of(self, incident_id: IncidentId) -> tuple[ReportView, ...]: ...
    def open_incidents(self) -> AsyncIterator[IncidentSummary]: ...


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes


class HttpDoor:
    """The door over HTTP: `async with HttpDoor(url, token) as door`."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Nothing is connected yet: the first request does, and waits for the gateway as long as it takes."""
        timeout = aiohttp.ClientTimeout(total=_ANSWER_WITHIN_SECONDS)
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def report(self, value: bytes) -> Outcome:
        """Hand in a report; back when the gateway has it for good, or will not have it."""
        return _outcome(await self._ask("POST", "/api/reports", value))

    async def decide(self, decision: Decision) -> Outcome:
        """Decide, and wait for up to about 2 s for what became of it."""
        path = f"/api/incidents/{decision.incident_id}/decisions"
        return _outcome(await self._ask("POST", path, _bytes_of(decision)))

    async def feed_back(self, feedback: Feedback) -> Outcome:
        """Answer a command, and wait for up to about 2 s for what became of it."""
        return _outcome(
            await self._ask("POST", f"/api/commands/{feedback.command_id}/feedback", _bytes_of(feedback))
        )

    async def incident(self, incident_id: IncidentId) -> IncidentView | None:
        """The incident as the screen shows it; None when there is none of that id."""
        answer = await self._ask("GET", f"/api/incidents/{incident_id}")
        return IncidentView.model_validate_json(answer.body) if answer.status == HTTPStatus.OK else None

    async def commands_of(self, incident_id: IncidentId) -> tuple[CommandView, ...]:
        """Its commands in the order of issue."""
        answer = await self._ask("GET", f"/api/incidents/{incident_id}/commands")
        if answer.status != HTTPStatus.OK:
            return ()
        return CommandList.model_validate_json(answer.body).commands

    async def reports_of(self, incident_id: IncidentId) -> tuple[ReportView, ...]:
        """Its newest reports; none when there is no such incident."""
        answer = await self._ask("GET", f"/api/incidents/{incident_id}/reports")
        return ReportPage.model_validate_json(answer.body).reports if answer.status == HTTPStatus.OK else ()

    async def open_incidents(self) -> AsyncIterator[IncidentSummary]:
        """Every open incident, page by page. One that changes meanwhile may be missed: ask again later."""
        query = {"status": "open", "limit": str(_PAGE)}
        while True:
            answer = await self._ask("GET", "/api/incidents", query=query)
            if answer.status != HTTPStatus.OK:
                return
            page = IncidentPage.model_validate_json(answer.body)
            for summary in page.incidents:
                yield summary
            if page.next_cursor is None:
                return
            query["cursor"] = page.next_cursor

    async def _ask(
        self, method: str, path: str, body: bytes | None = None, query: dict[str, str] | None = None
    ) -> _Answer:
        """One request, sent again while nobody answers it. Raises NotLetIn on a wrong token: stop."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            answer = await self._once(method, path, body, query)
            if answer is not None:
                return answer
            await asyncio.sleep(pause)  # real time: a gateway comes back when it does
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _once(
        self, method: str, path: str, body: bytes | None, query: dict[str, str] | None
    ) -> _Answer | None:
        if self._session is None:
            raise RuntimeError("the door is used outside its `async with`")
        try:
            async with self._session.request(method, self._url + path, data=body, params=query) as response:
                answer = _Answer(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError):
            return None
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise NotLetIn(f"{self._url} answered {answer.status}: is FENGHUO_TOKEN the gateway's?")
        is_passing = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _TRY_AGAIN
        return None if is_passing else answer


def _bytes_of(message: Decision | Feedback) -> bytes:
    return message.model_dump_json(exclude_none=True).encode()


def _outcome(answer: _Answer) -> Outcome:
    if answer.status == HTTPStatus.ACCEPTED:
        return Outcome.PENDING
    return Outcome.APPLIED if answer.status < HTTPStatus.BAD_REQUEST else Outcome.REFUSED
