"""What assessment finds out: the level with the rules that fired, and the warning."""

from models.events.registry import EventData, event_type
from models.messages.fields import Text, Value
from models.messages.public_warning import PublicWarning
from models.vocabulary import Level


class FiredRule(Value):
    """One line of a rule pack that holds: the fact, its value, the line it reached and where the line is from."""

    rule_id: Text
    level: Level
    fact: Text
    value: int | float
    at_least: int | float
    source: Text


@event_type
class PreliminaryGraded(EventData):
    """The level before verification, by the same function as the final one."""

    level: Level
    rule_level: Level
    fired: tuple[FiredRule, ...]


@event_type
class Graded(EventData):
    """The level in force, with every rule that fired; an officer's regrade fires none and gives a reason.

    `rule_level` is what the rules alone gave last, so that they raise the level again only when they find more.
    """

    level: Level
    rule_level: Level
    fired: tuple[FiredRule, ...]
    reason: Text


@event_type
class WarningIssued(EventData):
    """A public warning went out."""

    warning: PublicWarning


@event_type
class WarningUpdated(EventData):
    """The warning in force was replaced by this one."""

    warning: PublicWarning


@event_type
class WarningCancelled(EventData):
    """The warning in force was taken back."""

    warning: PublicWarning
