"""Cases as data: which commands are sent in which order, and what may be heard of each.

A case tries one rule. Rules without a case (the form of a feedback, say) are judged of whatever is heard in all cases.
Never in here: sending, listening, or the bytes of a command.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from streams.conformance.rules import Rule

ORDER, RETRACTION = "order", "retraction"
_NEWER = 2
_OVER_FOR_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class Draft:
    """How a command differs from a plain order to the unit. `fields` as they stand in its JSON."""

    fields: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    retracts: str | None = None  # the draft of the same case that it takes back
    overdue_seconds: float | None = None  # for how long its deadline has been over
    is_to_another: bool = False
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """Send this command. From the second delivery on the header says which it is, as the engine's sweeper does."""

    name: str
    delivery: int = 1


@dataclass(frozen=True, slots=True)
class Hear:
    """Wait for any answer to this command."""

    name: str


@dataclass(frozen=True, slots=True)
class HearAcknowledged:
    """Wait until this command is acknowledged; not at all where this consumer's orders never are."""

    name: str


Step = Send | Hear | HearAcknowledged


class Must(StrEnum):
    """What is asked of the answers to one command."""

    ANSWER = "answer"  # some answer
    ACKNOWLEDGE = "acknowledge"  # a timely acknowledgement or refusal
    ANSWER_ONCE = "answer_once"  # no second answer of the same kind under another id
    NOT_BEGIN = "not_begin"  # no word of acknowledging, working or having done
    STOP = "stop"  # the same, once its retraction was answered
    BE_SILENT = "be_silent"  # no answer


@dataclass(frozen=True, slots=True)
class Demand:
    """What must be true of the command of this name."""

    must: Must
    name: str = ORDER


@dataclass(frozen=True, slots=True)
class Case:
    """One rule tried. `after_acknowledgement`: without one nothing was tried, unless a demand is broken anyway."""

    rule: Rule
    steps: tuple[Step, ...]
    demands: tuple[Demand, ...]
    drafts: Mapping[str, Draft] = field(default_factory=lambda: MappingProxyType({ORDER: Draft()}))
    after_acknowledgement: bool = False
    is_actual: bool = False  # sends an order that is no exercise: only where the caller asks for it


def _drafts(**drafts: Draft) -> Mapping[str, Draft]:
    return MappingProxyType(drafts)


_SENT_AND_HEARD = (Send(ORDER), Hear(ORDER))
_ANSWERED = (Demand(Must.ANSWER),)
_TAKING_BACK = Draft(retracts=ORDER)

CASES: tuple[Case, ...] = (
    Case(Rule.ANSWERED, _SENT_AND_HEARD, _ANSWERED),
    Case(Rule.ACKNOWLEDGED, (Send(ORDER), HearAcknowledged(ORDER)), (Demand(Must.ACKNOWLEDGE),)),
    Case(Rule.DUPLICATE, (Send(ORDER), Send(ORDER), Hear(ORDER)), (Demand(Must.ANSWER_ONCE),)),
    Case(
        Rule.REDELIVERY,
        (Send(ORDER), HearAcknowledged(ORDER), Send("other"), Hear("other"), Send(ORDER, delivery=2)),
        (Demand(Must.ANSWER_ONCE),),
        _drafts(order=Draft(), other=Draft()),
        after_acknowledgement=True,
    ),
    Case(
        Rule.RETRACTION,
        (Send(ORDER), Hear(ORDER), HearAcknowledged(ORDER), Send(RETRACTION), Hear(RETRACTION)),
        (Demand(Must.ANSWER, RETRACTION), Demand(Must.STOP)),
        _drafts(order=Draft(), retraction=_TAKING_BACK),
        after_acknowledgement=True,
    ),
    Case(
        Rule.RETRACTION_FIRST,
        (Send(RETRACTION), Hear(RETRACTION), Send(ORDER)),
        (Demand(Must.ANSWER, RETRACTION), Demand(Must.NOT_BEGIN)),
        _drafts(order=Draft(), retraction=_TAKING_BACK),
    ),
    Case(
        Rule.OLDER_ATTEMPT,
        (Send("newer"), Hear("newer"), Send(ORDER), Hear(ORDER)),
        (Demand(Must.ANSWER, "newer"), Demand(Must.ANSWER)),
        _drafts(order=Draft(), newer=Draft({"attempt": 2})),
    ),
    Case(Rule.LATE, _SENT_AND_HEARD, _ANSWERED, _drafts(order=Draft(overdue_seconds=_OVER_FOR_SECONDS))),
    Case(
        Rule.UNKNOWN_FIELD,
        _SENT_AND_HEARD,
        _ANSWERED,
        _drafts(
            order=Draft({"of_the_future": {"deep": [1, None, "字"]}}, headers=(("of_the_future", b"1"),))
        ),
    ),
    Case(
        Rule.UNKNOWN_WORD,
        _SENT_AND_HEARD,
        _ANSWERED,
        _drafts(order=Draft({"category": "accident.of_the_future"})),
    ),
    Case(
        Rule.OTHER_UNIT,
        (Send(ORDER),),
        (Demand(Must.BE_SILENT),),
        _drafts(order=Draft(is_to_another=True)),
    ),
    Case(
        Rule.NEWER_VERSION,
        (Send(ORDER),),
        (Demand(Must.NOT_BEGIN),),
        _drafts(order=Draft({"schema_version": _NEWER})),
    ),
    Case(Rule.ACTUAL, _SENT_AND_HEARD, (), _drafts(order=Draft({"exercise": False})), is_actual=True),
)
