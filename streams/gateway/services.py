"""What the gateway needs of the rest of the program, handed in by the composition root; it builds nothing itself."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from streams.access.signing import Signer
from streams.access.tokens import Tokens
from streams.attachments.taking_in import AttachmentDesk
from streams.clock import Clock
from streams.cockpit.hub import Hubs
from streams.cockpit.map import Maps
from streams.gateway.rates import Flood, Limits
from streams.processing.codec import MAX_MESSAGE_BYTES
from streams.store.database import Database
from streams.tracing import NO_TRACING, Tracing
from workflows.rulebook import Rulebook


class Readiness(Protocol):
    """Which parts of the program are ready."""

    def components(self) -> Mapping[str, str | None]:
        """Each component by name, with None when it is ready and else the reason why not, free of secrets."""
        ...


def _uncounted(_: Flood) -> None:
    """For a gateway without metrics."""


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms that the gateway speaks to.

    `clock` is the program's time, `wall` real time, by which sessions end. `rules` gives the rulebook in force;
    `nudge` asks the relay to publish the outbox now and returns at once.
    `tokens` reads those of the identity provider, if there is one; `is_behind_https` holds cookies to https;
    `count_lowered` counts a report that was put into the common lane, by whose flood it was.
    `signer` gives this process's word for decisions and feedback; None: they go out unsigned.
    `outcome_within_seconds` is real time: a client waits it out, whatever clock the program lives by; once `ending` is
    set nobody waits any longer, since the engine goes first.
    """

    database: Database
    clock: Clock
    wall: Clock
    readiness: Readiness
    rules: Callable[[], Rulebook]
    nudge: Callable[[], None]
    token: str
    hubs: Hubs
    maps: Maps
    attachments: AttachmentDesk
    signer: Signer | None = None
    max_body_bytes: int = MAX_MESSAGE_BYTES
    tokens: Tokens | None = None
    limits: Limits = field(default_factory=Limits)
    is_behind_https: bool = False
    count_lowered: Callable[[Flood], None] = _uncounted
    outcome_within_seconds: float = 2.0
    tracing: Tracing = NO_TRACING
    ending: asyncio.Event = field(default_factory=asyncio.Event)


def _of(request: Request) -> Services:
    return cast(Services, request.app.state.services)


ServicesOf = Annotated[Services, Depends(_of)]
