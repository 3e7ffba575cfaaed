"""Verdict: for each rule, whether what was heard keeps it, breaks it, or does not tell.

Pure: played records in, findings out. Never in here: waiting, or how a finding is printed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from models.vocabulary import FeedbackKind
from streams.access.signing import Keyring
from streams.conformance.cases import CASES, Case, Demand, HearAcknowledged, Must
from streams.conformance.forms import FAULTS, Faults, fault_of_signature
from streams.conformance.hearing import Answer
from streams.conformance.player import Played, Sent
from streams.conformance.rules import Rule
from streams.conformance.timeliness import untimely

_SETTLED = (FeedbackKind.ACKNOWLEDGED, FeedbackKind.REFUSED)
_BEGUN = (FeedbackKind.ACKNOWLEDGED, FeedbackKind.PROGRESS, FeedbackKind.DONE)
_SAID_ONCE = (FeedbackKind.RECEIVED, *_SETTLED, FeedbackKind.DONE)


class Outcome(StrEnum):
    """What a run tells about a rule."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_SEEN = "not_seen"  # nothing happened by which to tell


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule with its outcome, why, and what was sent and heard that says so."""

    rule: Rule
    outcome: Outcome
    told: str
    sent: tuple[Sent, ...] = ()
    heard: tuple[Answer, ...] = ()


def judge(played: Played, rules: Iterable[Rule], keyring: Keyring | None = None) -> list[Finding]:
    """A finding for each of these rules. Without a keyring signatures are not looked at."""
    faults = dict(FAULTS)
    if keyring is not None:
        faults[Rule.SIGNATURE] = fault_of_signature(keyring)
    cases = {case.rule: case for case in CASES}
    return [_found(played, rule, cases.get(rule), faults.get(rule)) for rule in rules]


def _found(played: Played, rule: Rule, case: Case | None, fault: Faults | None) -> Finding:
    if rule is Rule.ANSWERED and not played.was_answered:
        told = f"no answer within {played.limits.begin:g} s: does the unit read this broker's topic?"
        return Finding(rule, Outcome.BROKEN, told, tuple(played.sent.values()))
    if case is None or rule in FAULTS:
        return _of_form(played, rule, fault)
    return _of_case(played, case) if rule in played.played else _not_played(played, rule)


def _not_played(played: Played, rule: Rule) -> Finding:
    if not played.was_answered:
        return Finding(rule, Outcome.NOT_SEEN, "the unit never answered")
    if played.stopped_in is not None:
        return Finding(rule, Outcome.NOT_SEEN, f"the unit stopped answering in {played.stopped_in}")
    return Finding(rule, Outcome.NOT_SEEN, "not played: --with-actual sends an order that is no exercise")


# --- rules that a case tries ------------------------------------------------------------------------------------------


def _of_case(played: Played, case: Case) -> Finding:
    sent = tuple(one for one in played.sent.values() if one.case.rule is case.rule)
    heard = tuple(one for one in played.answers if one.command_id in {_id_of(each, played) for each in sent})
    broken = list(_broken(played, case))
    if broken:
        return Finding(case.rule, Outcome.BROKEN, "; ".join(broken), sent, heard)
    if case.after_acknowledgement and not _was_settled(played, case):
        told = "the order was never acknowledged: let the unit's system do so by itself, or a person within --within"
        return Finding(case.rule, Outcome.NOT_SEEN, told, sent, heard)
    if any(demand.must is Must.ACKNOWLEDGE for demand in case.demands) and not _was_settled(played, case):
        return Finding(case.rule, Outcome.NOT_SEEN, "nobody acknowledged or refused", sent, heard)
    return Finding(case.rule, Outcome.KEPT, "", sent, heard)


def _id_of(sent: Sent, played: Played) -> str:
    return played.run.command_id(sent.case, sent.name)


def _was_settled(played: Played, case: Case) -> bool:
    names = [step.name for step in case.steps if isinstance(step, HearAcknowledged)]
    return all(any(answer.kind in _SETTLED for answer in _answers(played, case, name)) for name in names)


def _answers(played: Played, case: Case, name: str) -> list[Answer]:
    command_id = played.run.command_id(case, name)
    return [answer for answer in played.answers if answer.command_id == command_id]


def _broken(played: Played, case: Case) -> Iterator[str]:
    for demand in case.demands:
        answers = _answers(played, case, demand.name)
        said = _JUDGES[demand.must](played, case, demand, answers)
        if said:
            yield said
    if played.stopped_in is case.rule:
        yield "the unit answers nothing any more"


def _unanswered(played: Played, _: Case, demand: Demand, answers: Sequence[Answer]) -> str:
    return "" if answers else f"no answer to the {demand.name} within {played.limits.answer:g} s"


def _late(played: Played, case: Case, demand: Demand, answers: Sequence[Answer]) -> str:
    sent = played.sent[played.run.command_id(case, demand.name)]
    return "; ".join(filter(None, (untimely(one, sent) for one in answers if one.kind in _SETTLED)))


def _repeated(_: Played, __: Case, ___: Demand, answers: Sequence[Answer]) -> str:
    for kind in _SAID_ONCE:
        ids = {str(answer.body.get("feedback_id")) for answer in answers if answer.kind == kind}
        if len(ids) > 1:
            return f"{kind} was said under {len(ids)} ids: {', '.join(sorted(ids))}"
    return ""


def _begun(_: Played, __: Case, demand: Demand, answers: Sequence[Answer]) -> str:
    said = next((answer for answer in answers if answer.kind in _BEGUN), None)
    return "" if said is None else f"the {demand.name} was {said.kind}"


def _went_on(played: Played, case: Case, demand: Demand, answers: Sequence[Answer]) -> str:
    taken_back = next((name for name, draft in case.drafts.items() if draft.retracts == demand.name), "")
    retracted = _answers(played, case, taken_back)
    if not retracted:
        return ""
    heard = list(played.answers)
    after = heard.index(retracted[0])
    known = {bytes(one.record.value) for one in heard[:after]}  # what is only sent again is nothing new
    later = (one for one in answers if heard.index(one) > after and bytes(one.record.value) not in known)
    said = _begun(played, case, demand, list(later))
    return f"after its retraction was answered {said}" if said else ""


def _spoken(_: Played, __: Case, demand: Demand, answers: Sequence[Answer]) -> str:
    return f"{len(answers)} answers to the {demand.name} for another unit" if answers else ""


_JUDGES: Mapping[Must, Callable[[Played, Case, Demand, Sequence[Answer]], str]] = MappingProxyType(
    {
        Must.ANSWER: _unanswered,
        Must.ACKNOWLEDGE: _late,
        Must.ANSWER_ONCE: _repeated,
        Must.NOT_BEGIN: _begun,
        Must.STOP: _went_on,
        Must.BE_SILENT: _spoken,
    }
)


# --- rules about the form of every feedback -------------------------------------------------------------------------


def _of_form(played: Played, rule: Rule, fault: Faults | None) -> Finding:
    if fault is None:
        return Finding(rule, Outcome.NOT_SEEN, "not looked at: --keys names the file of signing keys")
    looked_at, wrong = fault(played)
    if not looked_at:
        return (
            _not_played(played, rule)
            if rule is Rule.ACTUAL
            else Finding(rule, Outcome.NOT_SEEN, "nothing heard")
        )
    if not wrong:
        return Finding(rule, Outcome.KEPT, "")
    answers = tuple(answer for answer, _ in wrong)
    concerned = {answer.command_id for answer in answers}
    sent = tuple(one for command_id, one in played.sent.items() if command_id in concerned)
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return Finding(rule, Outcome.BROKEN, wrong[0][1] + more, sent, answers)
