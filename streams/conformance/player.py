"""Player: sends the commands of the cases one after the other, and waits for what may come back.

Each case ends with a plain order and the answer to it: commands of a unit lie on one partition, so whoever answers that
has seen all before it. A consumer that does not has stopped, and nothing more is sent. Never in here: whether an answer
is right.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from models.vocabulary import FeedbackKind
from streams.broker.publishing import Publication, Publisher
from streams.clock import Clock
from streams.conformance.cases import Case, Hear, HearAcknowledged, Send, Step
from streams.conformance.commands import Run
from streams.conformance.hearing import Answer, Ear
from streams.conformance.rules import Rule

LAST = "last"
_HELLO = Case(Rule.ANSWERED, (), ())
_HELLO_NAME = "hello"
_SETTLED = (FeedbackKind.ACKNOWLEDGED, FeedbackKind.REFUSED)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds: for the first answer of all, for any other, and for one that should not come."""

    begin: float = 60.0
    answer: float = 10.0
    quiet: float = 1.0
    again: float = 2.0  # between deliveries of the first order, to a consumer that is about to start


@dataclass(slots=True)
class Sent:
    """One command: the case and name that it has, its record, and how often that was sent."""

    case: Case
    name: str
    publication: Publication
    deliveries: int = 0


@dataclass(slots=True)
class Played:
    """What was sent, by command id, and what was heard. `stopped_in` is the case after which nothing was answered."""

    run: Run
    limits: Limits
    sent: dict[str, Sent] = field(default_factory=dict)
    answers: Sequence[Answer] = ()
    played: list[Rule] = field(default_factory=list)
    stopped_in: Rule | None = None

    @property
    def was_answered(self) -> bool:
        """Whether the unit was there at all."""
        return bool(self.played)


async def play(
    run: Run, cases: Sequence[Case], limits: Limits, clock: Clock, via: tuple[Publisher, Ear]
) -> Played:
    """Play these cases until the end, or until the consumer stops answering.

    Blocks for up to `limits.begin` until the first answer. Raises PublishFailed or KafkaError: the broker is lost.
    """
    player = _Player(run, limits, clock, *via)
    if await player.is_there():
        for case in cases:
            player.played.played.append(case.rule)
            if not await player.goes_on_after(case):
                player.played.stopped_in = case.rule
                break
    player.played.answers = tuple(via[1].heard)
    return player.played


class _Player:
    def __init__(self, run: Run, limits: Limits, clock: Clock, publisher: Publisher, ear: Ear) -> None:
        self.played = Played(run, limits)
        self._clock = clock
        self._publisher = publisher
        self._ear = ear
        self._acknowledges = True

    async def is_there(self) -> bool:
        """Deliver a first order, again and again as the engine would, until it is answered."""
        hello = self.played.run.command_id(_HELLO, _HELLO_NAME)
        turns = max(1, round(self.played.limits.begin / self.played.limits.again))
        for delivery in range(1, turns + 1):
            await self._send(_HELLO, Send(_HELLO_NAME, delivery))
            if await self._ear.until(lambda: bool(self._ear.of(hello)), self.played.limits.again):
                return True
        return False

    async def goes_on_after(self, case: Case) -> bool:
        """Play one case; whether the consumer answers what comes after it."""
        for step in (*case.steps, Send(LAST)):
            await self._take(case, step)
        is_there = await self._heard(self.played.run.command_id(case, LAST))
        await asyncio.sleep(self.played.limits.quiet)
        return is_there

    async def _take(self, case: Case, step: Step) -> None:
        match step:
            case Send():
                await self._send(case, step)
            case Hear(name):
                await self._heard(self.played.run.command_id(case, name))
            case HearAcknowledged(name) if self._acknowledges:
                self._acknowledges = await self._settled(self.played.run.command_id(case, name))

    async def _send(self, case: Case, step: Send) -> None:
        run, sent = self.played.run, self.played.sent
        command_id = run.command_id(case, step.name)
        if command_id not in sent:
            sent[command_id] = Sent(case, step.name, run.publication(case, step.name, self._clock.now()))
        publication = sent[command_id].publication
        if step.delivery > 1:
            again = (*publication.headers, ("delivery", b"%d" % step.delivery))
            publication = replace(publication, headers=again)
        await self._publisher.publish([publication])
        sent[command_id].deliveries += 1

    async def _heard(self, command_id: str) -> bool:
        return await self._ear.until(lambda: bool(self._ear.of(command_id)), self.played.limits.answer)

    async def _settled(self, command_id: str) -> bool:
        def is_settled() -> bool:
            return any(answer.kind in _SETTLED for answer in self._ear.of(command_id))

        return await self._ear.until(is_settled, self.played.limits.answer)
