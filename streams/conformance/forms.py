"""Forms: what must be true of each feedback by itself, whichever case it was heard in.

Feedback on commands to another unit is left out: that it was said at all is another rule's matter.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import orjson

from models.messages.feedback import Feedback
from streams.access.signing import Keyring, SigningKey, is_genuine, signature_in, speakers_of
from streams.conformance.hearing import Answer
from streams.conformance.player import Played
from streams.conformance.rules import Rule
from streams.processing import codec

# How many were looked at, and those that are wrong, each with what is wrong.
Looked = tuple[int, list[tuple[Answer, str]]]
Faults = Callable[[Played], Looked]
_SAYS_SO = ("演练", "exercise")


def _each(fault: Callable[[Played, Answer], str]) -> Faults:
    def looked(played: Played) -> Looked:
        own = _own(played)
        return len(own), [(answer, said) for answer in own if (said := fault(played, answer))]

    return looked


def _own(played: Played) -> list[Answer]:
    to_others = {
        command_id
        for command_id, sent in played.sent.items()
        if (draft := sent.case.drafts.get(sent.name)) is not None and draft.is_to_another
    }
    return [
        one for one in played.answers if one.command_id in played.sent and one.command_id not in to_others
    ]


def _malformed(_: Played, answer: Answer) -> str:
    read = codec.read(Feedback, answer.record.value, datetime.now(UTC))
    return (
        "" if isinstance(read, codec.Readable) else f"{read.reason.value}: {read.field or ''} {read.detail}"
    )


def _misnamed(played: Played, answer: Answer) -> str:
    wanted = {"unit_code": played.run.unit_code, "incident_id": _command(played, answer)["incident_id"]}
    wrong = {name: answer.body.get(name) for name, value in wanted.items() if answer.body.get(name) != value}
    return ", ".join(f"{name} is {value!r}, not {wanted[name]!r}" for name, value in wrong.items())


def _miskeyed(played: Played, answer: Answer) -> str:
    incident_id = str(_command(played, answer)["incident_id"])
    key = answer.record.key
    return "" if key == incident_id.encode() else f"the key is {key!r}, not the incident's id {incident_id!r}"


def _headerless(_: Played, answer: Answer) -> str:
    header = dict(answer.record.headers).get("schema_version")
    version = str(answer.body.get("schema_version", 1)).encode()
    return "" if header == version else f"the header schema_version is {header!r}, the value's {version!r}"


def _calls_it_exercise(answer: Answer) -> bool:
    note = str(answer.body.get("note") or "").lower()
    return any(word in note for word in _SAYS_SO)


def _command(played: Played, answer: Answer) -> Mapping[str, object]:
    command: Mapping[str, object] = orjson.loads(played.sent[answer.command_id].publication.value)
    return command


def _exercise(played: Played) -> Looked:
    own = [answer for answer in _own(played) if _command(played, answer)["exercise"] is True]
    told = "an exercise was answered without a word in the note that it is one"
    return len(own), [(answer, told) for answer in own if not _calls_it_exercise(answer)]


def _actual(played: Played) -> Looked:
    own = [answer for answer in _own(played) if _command(played, answer)["exercise"] is False]
    told = "an order that is no exercise was answered as one"
    return len(own), [(answer, told) for answer in own if _calls_it_exercise(answer)]


def _same_bytes(played: Played) -> Looked:
    by_id: dict[str, list[Answer]] = defaultdict(list)
    for answer in _own(played):
        by_id[str(answer.body.get("feedback_id"))].append(answer)
    return len(_own(played)), [
        (answer, f"feedback_id {feedback_id} came with other bytes")
        for feedback_id, answers in by_id.items()
        for answer in answers
        if answer.record.value != answers[0].record.value
    ]


def fault_of_signature(keyring: Keyring) -> Faults:
    """What these keys find wrong with signatures; the engine asks the same (deploy/docs/signing.md)."""

    def unsigned(_: Played, answer: Answer) -> str:
        found = signature_in(answer.record.headers)
        if found is None:
            return "no signature"
        key = keyring.key(found.key_id)
        if key is None:
            return f"no key {found.key_id!r} in the file"
        if not is_genuine(answer.record.value, found.value, key):
            return f"not the signature of these bytes under {found.key_id!r}"
        return "" if _may_speak(key, answer) else f"{found.key_id!r} may not speak for the unit now"

    return _each(unsigned)


def _may_speak(key: SigningKey, answer: Answer) -> bool:
    now = datetime.now(UTC)
    read = codec.read(Feedback, answer.record.value, now)
    if not isinstance(read, codec.Readable) or not isinstance(read.message, Feedback):
        return True  # whether it is valid is another rule's matter
    return key.is_valid(now) and all(map(key.speaks_for, speakers_of(read.message)))


FAULTS: Mapping[Rule, Faults] = MappingProxyType(
    {
        Rule.WELL_FORMED: _each(_malformed),
        Rule.NAMES: _each(_misnamed),
        Rule.KEY: _each(_miskeyed),
        Rule.HEADER: _each(_headerless),
        Rule.EXERCISE: _exercise,
        Rule.ACTUAL: _actual,
        Rule.SAME_BYTES: _same_bytes,
    }
)
