"""What assessment finds out: the level with the rules that fired, and the warning."""

from models.events.perception import FactOrigin
from models.events.registry import EventData, event_type
from models.messages.fields import IdText, Text, Value
from models.messages.public_warning import PublicWarning
from models.messages.report import FactName
from models.understanding import SensitiveFound
from models.vocabulary import Level


class FactCounted(Value):
    """A total that a line was held against, and which report's words or fields gave it."""

    fact: FactName
    value: int | float
    origin: FactOrigin | None


class ConditionMet(Value):
    """Totals that together reached a number. One that nobody stated is not among them and counted for nothing."""

    counted: tuple[FactCounted, ...]
    value: int | float
    at_least: int | float


class FiredRule(Value):
    """One line of a rule pack that holds, by every condition that it has, and where it is from.

    `preliminary`: the line stands in for harm that is not yet counted, as an earthquake's magnitude does.
    """

    pack_id: IdText
    rule_id: IdText
    level: Level
    met: tuple[ConditionMet, ...]
    source: Text
    preliminary: bool


class NextLine(Value):
    """What it would take: with this much more of this total the level is `level`, with less it is not."""

    fact: FactName
    needed: int | float
    level: Level
    pack_id: IdText
    rule_id: IdText


class FactQuestion(Value):
    """A total that nobody stated: from `at_least` on, with the others of its line as they may be, it gives `level`."""

    fact: FactName
    at_least: int | float
    level: Level
    pack_id: IdText
    rule_id: IdText


class ExpertQuestion(Value):
    """What no stated number decides and an expert has to say; a yes gives `level`."""

    ask_zh: Text
    ask_en: Text
    level: Level
    pack_id: IdText
    rule_id: IdText
    source: Text


class Grading(EventData):
    """A level with everything that led to it, what would come next and what is not known; the base of both gradings.

    `rule_level` is what the rules alone gave last, so that they raise the level again only when they find more.
    `reason` is "rules", "correction" when corrected totals lowered what the rules give, or an officer's words.
    `raised_by` is what made the event sensitive, where that raised it above what its lines give.
    """

    level: Level
    rule_level: Level
    reason: Text
    fired: tuple[FiredRule, ...]
    raised_by: tuple[SensitiveFound, ...] = ()
    next_lines: tuple[NextLine, ...] = ()
    questions: tuple[FactQuestion, ...] = ()
    expert_questions: tuple[ExpertQuestion, ...] = ()


@event_type
class PreliminaryGraded(Grading):
    """The level before verification, by the same function as the final one."""


@event_type
class Graded(Grading):
    """The level in force, with every rule that fired; an officer's regrade fires none and gives a reason."""


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
