"""Triage: which records of a batch are new, what each new report says, and the end of those that are not."""

from collections.abc import Mapping, Sequence

from models.areas import area_tree
from models.identifiers import MessageId
from models.messages.report import Report
from models.vocabulary import DeadLetterReason
from streams.processing.addressing import Fresh
from streams.processing.arrivals import Arrival, Decoded, Undecodable
from streams.processing.docket import Docket
from streams.processing.heartbeat import heartbeat_in
from streams.processing.placing import place_of
from streams.store.inbox import KnownMessage
from workflows.judgement.account import hear


def sort_out(
    arrivals: Sequence[Arrival], known: Mapping[MessageId, KnownMessage], docket: Docket
) -> list[Fresh]:
    """What is new, in order, with the account of each report. `known` is what the inbox has of these messages."""
    seen = dict(known)
    fresh: list[Fresh] = []
    for arrival in arrivals:
        if isinstance(arrival, Undecodable):
            docket.bury(arrival)
        elif _is_doubtful(arrival, before := seen.get(arrival.message_id)):
            docket.bury_doubtful(arrival)
        elif before is not None:
            docket.hear_again(arrival, before)
        elif (beat := heartbeat_in(arrival)) is not None:
            docket.pass_on(arrival, beat)
            seen[arrival.message_id] = KnownMessage(arrival.digest, None)
        elif heard := _heard(arrival, docket):
            fresh += heard
            # A report that has its place will be handled, so it must not be fused twice. Of the others the desk may
            # still find one dead, and what is dead must not make a duplicate of the same message in a better state.
            if isinstance(arrival.message, Report):
                seen[arrival.message_id] = KnownMessage(arrival.digest, None)
    return fresh


def _is_doubtful(decoded: Decoded, before: KnownMessage | None) -> bool:
    """What was handled and comes again changes nothing, whoever sends it: a replay outlives the keys that signed it."""
    return decoded.doubt is not None and (before is None or before.digest != decoded.digest)


def _heard(decoded: Decoded, docket: Docket) -> list[Fresh]:
    if not isinstance(decoded.message, Report):
        return [Fresh(decoded)]
    place = place_of(decoded.message, area_tree())
    if place is not None:
        return [Fresh(decoded, hear(decoded.message, place))]
    detail = f"no area ever had the code {decoded.message.area_code}"
    docket.bury_message(decoded, DeadLetterReason.UNKNOWN_AREA, "area_code", detail)
    return []
