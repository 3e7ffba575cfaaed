"""Rules: what the contract asks of whoever consumes commands, each by a name and in one sentence.

Source: deploy/docs/contract.md, the section "Consume commands" of the integrators' guide, and decision 0017 for newer
versions. Never in here: how a rule is tried.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Rule(StrEnum):
    """One thing that a consumer must do or leave."""

    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    DUPLICATE = "duplicate"
    REDELIVERY = "redelivery"
    RETRACTION = "retraction"
    RETRACTION_FIRST = "retraction_first"
    OLDER_ATTEMPT = "older_attempt"
    LATE = "late"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_WORD = "unknown_word"
    OTHER_UNIT = "other_unit"
    NEWER_VERSION = "newer_version"
    EXERCISE = "exercise"
    ACTUAL = "actual"
    WELL_FORMED = "well_formed"
    NAMES = "names"
    KEY = "key"
    HEADER = "header"
    SAME_BYTES = "same_bytes"
    SIGNATURE = "signature"


ASKED: Mapping[Rule, str] = MappingProxyType(
    {
        Rule.ANSWERED: "an order is answered",
        Rule.ACKNOWLEDGED: "an order is acknowledged or refused in time, and the feedback says when that was",
        Rule.DUPLICATE: "an order that comes twice is taken on once, whatever its headers say",
        Rule.REDELIVERY: "an order that comes again after it was acknowledged, others between, is not taken on again",
        Rule.RETRACTION: "a retraction is answered, and what it takes back, acknowledged already, goes no further",
        Rule.RETRACTION_FIRST: "a retraction that comes before its order is answered, and the order is not begun",
        Rule.OLDER_ATTEMPT: "an older attempt that comes after a newer one is an order of its own and is answered",
        Rule.LATE: "an order that comes after its deadline is answered all the same",
        Rule.UNKNOWN_FIELD: "fields and headers that the consumer does not know are passed over",
        Rule.UNKNOWN_WORD: "a word that the consumer does not know in a closed list keeps no order from being answered",
        Rule.OTHER_UNIT: "a command to another unit is not answered",
        Rule.NEWER_VERSION: "an order of a newer schema_version is for a person to look at and begun by no program",
        Rule.EXERCISE: "every feedback on an exercise says so in its note, 演练 or EXERCISE",
        Rule.ACTUAL: "no feedback on an order that is no exercise calls it one",
        Rule.WELL_FORMED: "every feedback is valid as the contract has it",
        Rule.NAMES: "every feedback names the command's own incident and the unit itself",
        Rule.KEY: "the key of every feedback is the incident's id",
        Rule.HEADER: "every feedback has the header schema_version, the same as in its value",
        Rule.SAME_BYTES: "what is sent again under the same feedback_id has the same bytes",
        Rule.SIGNATURE: "every feedback is signed with a key that speaks for the unit",
    }
)
