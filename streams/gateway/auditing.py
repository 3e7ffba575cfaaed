"""Auditing: what a request leaves in the audit. What changes something stands there with its change, or neither does.

- A report, decision or feedback: `streams.gateway.intake` writes its entry in the transaction that keeps it. The same
  again changes nothing and leaves nothing. Reports under the installation's token are one entry a transaction: all of
  them come from that one holder, each stands in `intake` with its moment, and they come by hundreds a second.
- A refusal of a person (403, and 404 for what they may not see or guessed at): the route raises `Refusal`, and the
  answer goes out when its entry is kept. A wrong password leaves one; a wrong token or cookie is nobody's act and
  costs its sender nothing, so it leaves none.
- A read of personal data, or of the audit itself: written down before it is answered, and not answered when it cannot
  be. Everything else that is read is masked (`streams.gateway.showing`) and leaves nothing.

Never in here: what somebody may do (`streams.gateway.callers`), words of a message, a password.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from models.access import Act, Someone
from streams.access.audit import AuditOutcome, Entry, Outsider, SessionAct, append, entry_of
from streams.errors import Transient
from streams.gateway.callers import Caller
from streams.gateway.problems import Problem, busy, too_many
from streams.gateway.rates import Rates
from streams.gateway.services import Services


class Refusal(Problem):
    """A problem because the caller may not: it is answered like any other, and written down."""

    def __init__(
        self,
        problem: Problem,
        caller: Caller,
        act: Act | SessionAct,
        area_code: str | None,
        subject: str | None,
    ) -> None:
        """`subject` is the id or code that was asked for; `area_code` is where it lies, None where it is not."""
        super().__init__(
            problem.status, problem.code, problem.detail, field=problem.field, headers=problem.headers
        )
        self.caller = caller
        self.act = act
        self.area_code = area_code
        self.subject = subject


def allowed(
    caller: Caller, act: Act, area_code: str | None, subject: str | None, services: Services
) -> Entry:
    """The entry of a change that this caller may make."""
    return _entry(caller, act, area_code, subject, services, is_allowed=True)


def lowered(entry: Entry) -> Entry:
    """The entry of a report that is accepted as one of a flood, into the lane of what can wait."""
    return replace(entry, outcome=AuditOutcome.LOWERED.value)


def declined(entry: Entry) -> Entry:
    """The entry of a proposal that is answered with a no: the same right, used the other way."""
    return replace(entry, act="decline")


def with_reports_together(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries of one transaction, with one for all reports under the installation's token, floods apart.

    It names the first of them and no area; the others were accepted at its moment (`accepted_at` in `intake`).
    """
    installations = set[str]()
    for entry in entries:
        if (entry.person_id, entry.act) != (Outsider.INSTALLATION, Act.REPORT):
            yield entry
        elif entry.outcome not in installations:
            installations.add(entry.outcome)
            yield replace(entry, area_code=None)


async def record(entry: Entry, services: Services) -> None:
    """Write down what has no change of its own. Raises what the database raises."""
    async with services.database.write() as connection:
        await append(connection, entry)


def at_the_door(
    asker: Someone | Outsider, act: SessionAct, services: Services, *, is_allowed: bool = True
) -> Entry:
    """The entry of a sign-in or sign-out."""
    area_code, now = (None if isinstance(asker, Outsider) else asker.area_code), services.wall.now()
    return entry_of(asker, act, area_code, None, allowed=is_allowed, at=now)


def install(app: FastAPI) -> None:
    """Write every refusal down before it is answered; 503 when it cannot be, since what is denied stays denied."""

    async def written_down(request: Request, refusal: Exception) -> Response:
        if not isinstance(refusal, Refusal):
            raise refusal
        services: Services = request.app.state.services
        rates: Rates = request.app.state.rates
        if wait_seconds := rates.wait_of(refusal.caller):
            return too_many(wait_seconds).response(request.url.path)  # else guessing would fill the audit
        try:
            # The installation's token may do everything: what it does not find is not there.
            if not refusal.caller.is_installation:
                asked = refusal.act, refusal.area_code, refusal.subject
                await record(_entry(refusal.caller, *asked, services, is_allowed=False), services)
        except (Transient, PoolExhausted, DBAPIError):
            return busy().response(request.url.path)
        return refusal.response(request.url.path)

    app.add_exception_handler(Refusal, written_down)


def _entry(
    caller: Caller,
    act: Act | SessionAct,
    area_code: str | None,
    subject: str | None,
    services: Services,
    *,
    is_allowed: bool,
) -> Entry:
    return entry_of(
        caller.someone or caller.producer or Outsider.INSTALLATION,
        act,
        area_code,
        subject,
        allowed=is_allowed,
        at=services.wall.now(),
    )
