"""Group: which member of the consumer group has which partitions, and what happens when members come, go or fall mute.

Eager, as Faust's: all let go, a new generation begins, all are assigned anew. A member that stood still is dropped
when its session has run out and does not know it until it goes on.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from faust.types import TP

from tests.simulation.broker import EVERY_PARTITION
from tests.simulation.lives import Life

SESSION_SECONDS = 2.0
_LOOKS_EVERY_SECONDS = 0.5


class Member(Protocol):
    """A consumer."""

    life: Life

    async def release(self) -> None:
        """Finish, commit, let go."""
        ...

    async def take(self, partitions: Iterable[TP]) -> None:
        """Begin with these."""
        ...

    def forget_all(self) -> None:
        """Drop what it thought it had."""
        ...


class Group:
    """The coordinator. `run` is its task."""

    def __init__(self) -> None:
        self.generation = 0
        self._members: list[Member] = []
        self._joining: list[Member] = []
        self._seen_at: dict[int, float] = {}
        self._must_move = False

    def join(self, member: Member) -> None:
        """Ask for a share."""
        self._joining.append(member)

    def leave(self, member: Member) -> None:
        """Give the share to the others."""
        if member in self._members:
            self._members.remove(member)
            self._must_move = True

    def is_member(self, member: Member) -> bool:
        """Whether it is of this generation."""
        return member in self._members

    def shake(self) -> None:
        """Share out anew, for no reason that anybody is told."""
        self._must_move = True

    async def run(self) -> None:
        """Look after the members."""
        while True:
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
            self._drop_the_silent(asyncio.get_running_loop().time())
            self._wake_the_dropped()
            if self._joining or self._must_move:
                await self._share_out()

    def _drop_the_silent(self, now: float) -> None:
        for member in tuple(self._members):
            if not member.life.is_dead and not member.life.is_stopped:
                self._seen_at[id(member)] = now
            elif now - self._seen_at.get(id(member), now) > SESSION_SECONDS:
                self._members.remove(member)
                self._must_move = True
                if not member.life.is_dead:
                    self._joining.append(member)

    def _wake_the_dropped(self) -> None:
        """A member that goes on learns at its next heartbeat that the group went on without it."""
        for member in self._joining:
            if not member.life.is_stopped:
                member.forget_all()

    async def _share_out(self) -> None:
        self._must_move = False
        for member in tuple(self._members):
            if member.life.is_stopped:  # it does not answer the call, and learns of it when it goes on
                self._members.remove(member)
                self._joining.append(member)
            elif not member.life.is_dead:
                # In its own name, since it may die of it; nobody else may.
                await asyncio.wait([member.life.spawn(member.release())])
        awake = [member for member in self._joining if not member.life.is_stopped]
        self._joining = [member for member in self._joining if member.life.is_stopped]
        self._members += [member for member in awake if not member.life.is_dead]
        self.generation += 1
        now = asyncio.get_running_loop().time()
        for number, member in enumerate(tuple(self._members)):
            self._seen_at.setdefault(id(member), now)
            if not member.life.is_dead:
                mine = EVERY_PARTITION[number :: len(self._members)]
                member.life.spawn(member.take(mine))
