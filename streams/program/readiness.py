"""Which parts of this process are ready, and why the others are not: what /readyz says.

Each part tells its own state; a part that is red says in a sentence what an operator must know, never a secret.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from streams.settings import Role


class Component(StrEnum):
    """The parts that readiness waits for."""

    DATABASE = "database"
    CLOCK = "clock"
    RULEBOOK = "rulebook"
    BROKER = "broker"
    PARTITIONS = "partitions"
    DEAD_LETTERS = "dead_letters"
    PUBLISHING = "publishing"


AWAITED_BY_ROLE: Mapping[Role, tuple[Component, ...]] = {
    Role.ALL: tuple(Component),
    Role.ENGINE: tuple(Component),
    Role.GATEWAY: (Component.DATABASE, Component.RULEBOOK),
    Role.SIMULATOR: (),
}


class Readiness:
    """The state of each component: None is ready, else the reason why not."""

    def __init__(self, awaited: Iterable[Component]) -> None:
        """All of `awaited` begin as not started."""
        self._reasons: dict[Component, str | None] = dict.fromkeys(awaited, "not started")

    def ready(self, component: Component) -> None:
        """This component works."""
        if component in self._reasons:
            self._reasons[component] = None

    def waiting(self, component: Component, reason: str) -> None:
        """This component does not work (yet, or any more). One that this process does not await is no matter."""
        if component in self._reasons:
            self._reasons[component] = reason

    def components(self) -> Mapping[str, str | None]:
        """Each component by name, with None when it is ready and else the reason why not."""
        return {component.value: reason for component, reason in self._reasons.items()}

    def is_ready(self) -> bool:
        """Whether all components are."""
        return all(reason is None for reason in self._reasons.values())
