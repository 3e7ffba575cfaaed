"""Callers: who is inside, and whether they may do what they ask. Every route that shows or changes something asks here.

A caller is a person, a producer or the installation itself, and a producer is nobody's stand-in: what asks for a
person gets none. Not found and not allowed look the same, so that nobody learns from an answer what lies in another's
area.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, cast

from fastapi import Depends, Request

from models.access import Act, Someone
from models.areas import city_code
from models.identifiers import AreaCode, UnitCode
from models.messages.fields import Officer
from models.messages.report import Report
from models.producers import Producer
from streams.access.api_keys import Holder
from streams.access.audit import Outsider
from workflows.permission import may, may_produce, overstepped

Installation = Literal[Outsider.INSTALLATION]
INSTALLATION: Installation = Outsider.INSTALLATION


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person, the holder of a producer's key, or the installation's own token, which may do everything."""

    who: Someone | Holder | Installation

    @property
    def someone(self) -> Someone | None:
        """The person; None when a program calls, whichever: ask `is_installation` what may be done without one."""
        return self.who if isinstance(self.who, Someone) else None

    @property
    def holder(self) -> Holder | None:
        """The holder of a producer's key; None for everybody else."""
        return self.who if isinstance(self.who, Holder) else None

    @property
    def producer(self) -> Producer | None:
        """The producer; None for everybody else."""
        return None if self.holder is None else self.holder.producer

    @property
    def is_installation(self) -> bool:
        """Whether the installation's own token was shown."""
        return self.who is INSTALLATION

    def may(self, act: Act, area_code: str) -> bool:
        """Whether this caller may do this there."""
        match self.who:
            case Someone():
                return may(self.who, act, area_code)
            case Holder():
                return may_produce(self.who.producer, act, area_code)
            case Outsider():
                return True

    def oversteps(self, report: Report) -> str | None:
        """The field of a report that is not this caller's to fill in so; None when it may be sent."""
        return None if self.producer is None else overstepped(self.producer, report)

    def answers_for(self, unit_code: UnitCode) -> bool:
        """Whether this caller is of that unit."""
        if self.someone is None:
            return self.is_installation
        return self.someone.unit_code == unit_code and self.may(Act.ANSWER_COMMANDS, self.someone.area_code)

    def signs_as(self, officer: Officer, area_code: str) -> bool:
        """Whether a decision by this officer, sitting there, is the caller's own word."""
        if self.someone is None:
            return self.is_installation
        own = (self.someone.person_id, self.someone.area_code, self.someone.role)
        return own == (officer.id, area_code, officer.role)

    @property
    def home(self) -> AreaCode:
        """The area that the caller sees when none is named: a person's own, else the whole city."""
        match self.who:
            case Someone():
                return self.who.area_code
            case Holder():
                return self.who.producer.area_code
            case Outsider():
                return city_code()


def _of(request: Request) -> Caller:
    return cast(Caller, request.state.caller)


CallerOf = Annotated[Caller, Depends(_of)]
