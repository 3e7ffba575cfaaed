"""Seat: under which member id Kafka counts a worker as one of the group; who sat there before leaves it first.

Kafka waits in every rebalance for each member that it knows, for a whole session for one that was killed. A worker that
joins as a stranger (without an id) therefore has the id that was last known here leave: that of its predecessor in the
same seat, or its own, when aiokafka began anew and forgot it. A process that has just begun does so at once, before the
seconds that it takes to load itself: the others need not wait for those either. See decision 0020.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, NoError, UnknownMemberIdError, for_code
from aiokafka.protocol.group import JoinGroupRequest, LeaveGroupRequest

from streams.broker.access import Brokers, client_settings
from streams.log import LogEvent

# A broker that does not answer now is asked again when we join.
_AT_ONCE_WITHIN_SECONDS = 1.0
Send = Callable[[object], Awaitable[Any]]
_log = structlog.get_logger()


class Seat(Protocol):
    """Where a member id outlives its process. Called on the consumer's thread; must not block for long, nor raise."""

    @property
    def member_id(self) -> str:
        """The id that Kafka may still count as a member; empty when there is none."""
        ...

    def keep(self, member_id: str) -> None:
        """Kafka has given this id; empty: it has left."""
        ...


class OwnSeat:
    """A seat that ends with its process: enough for its own ghosts."""

    def __init__(self) -> None:
        self.member_id = ""

    def keep(self, member_id: str) -> None:
        """See `Seat`."""
        self.member_id = member_id


def seated(send: Send, group: str, seat: Seat) -> Send:
    """aiokafka's way to the group's coordinator, watched for what it says of our membership."""

    async def sent(request: object) -> Any:  # noqa: ANN401 - aiokafka has no types for its answers
        if isinstance(request, JoinGroupRequest) and not request._member_id and seat.member_id:
            await _bury(send, group, seat)
        answer = await send(request)
        if isinstance(request, JoinGroupRequest) and answer.member_id and answer.member_id != seat.member_id:
            # Before the join with it goes out: from then on a rebalance waits for it.
            seat.keep(answer.member_id)
        elif isinstance(request, LeaveGroupRequest) and for_code(answer.error_code) is NoError:
            seat.keep("")
        return answer

    return sent


async def bury_at_once(brokers: Brokers, group: str, seat: Seat) -> None:
    """Before anything else is done: whoever sat here leaves. A second at most; a broker that is away is no error."""
    if not seat.member_id:
        return
    with suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(_AT_ONCE_WITHIN_SECONDS):
            admin = AIOKafkaAdminClient(**client_settings(brokers))
            try:
                await admin.start()
                coordinator = await admin.find_coordinator(group)

                async def send(request: object) -> Any:  # noqa: ANN401 - aiokafka has no types for its answers
                    return await admin._send_request_to_node(coordinator, request)

                await _bury(send, group, seat)
            finally:
                await admin.close()


async def _bury(send: Send, group: str, seat: Seat) -> None:
    """Have whoever sat here leave. What a broker cannot do now is tried again with the next join."""
    try:
        answer = await send(LeaveGroupRequest(group, seat.member_id))
    except KafkaError:
        return  # the join that follows meets the same broker
    outcome = for_code(answer.error_code)
    if outcome in (NoError, UnknownMemberIdError):
        _log.info(LogEvent.PREDECESSOR_BURIED, member_id=seat.member_id, outcome=outcome.__name__)
        seat.keep("")
