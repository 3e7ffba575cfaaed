"""Callers: who is inside, and whether they may do what they ask. Every route that shows or changes something asks here.

Not found and not allowed look the same, so that nobody learns from an answer what lies in another's area.
"""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from models.access import Act, Someone
from models.areas import city_code
from models.identifiers import AreaCode, UnitCode
from models.messages.fields import Officer
from workflows.permission import may


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `someone` is None for the installation's own token, which may do everything everywhere."""

    someone: Someone | None

    def may(self, act: Act, area_code: str) -> bool:
        """Whether this caller may do this there."""
        return self.someone is None or may(self.someone, act, area_code)

    def answers_for(self, unit_code: UnitCode) -> bool:
        """Whether this caller is of that unit."""
        return self.someone is None or (
            self.someone.unit_code == unit_code and self.may(Act.ANSWER_COMMANDS, self.someone.area_code)
        )

    def signs_as(self, officer: Officer, area_code: str) -> bool:
        """Whether a decision by this officer, sitting there, is the caller's own word."""
        return self.someone is None or (
            (self.someone.person_id, self.someone.area_code) == (officer.id, area_code)
        )

    @property
    def home(self) -> AreaCode:
        """The area that the caller sees when none is named: a person's own, else the whole city."""
        return city_code() if self.someone is None else self.someone.area_code


def _of(request: Request) -> Caller:
    return cast(Caller, request.state.caller)


CallerOf = Annotated[Caller, Depends(_of)]
