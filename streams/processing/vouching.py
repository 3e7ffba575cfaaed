"""Vouching: whether a decision or feedback off the bus is the word of who it says it is.

The key says whose word it can be (`streams.access.signing`); what the role may do is asked by the core. Where unsigned
messages are trusted, the embedded profile, those pass as they always did, but a wrong signature never does. Never in
here: what becomes of a message that is doubted (`streams.processing.triage`).
"""

import re
from dataclasses import dataclass

from models.identifiers import ID_PATTERN
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from models.vocabulary import DeadLetterReason
from streams.access.signing import (
    KEY_ID_HEADER,
    SIGNATURE_HEADER,
    Keyring,
    Signature,
    SigningKey,
    is_genuine,
    signature_in,
    speakers_of,
)
from streams.clock import Clock
from streams.processing.arrivals import Doubt, Inbound, Record

_IS_ID = re.compile(ID_PATTERN)


@dataclass(frozen=True, slots=True)
class Voucher:
    """Knows the keys that count. `wall` is real time, by which keys end, whatever clock the program lives by."""

    keyring: Keyring
    wall: Clock
    trusts_unsigned: bool

    def doubt(self, record: Record, message: Inbound) -> Doubt | None:
        """Why this message is not to be trusted; None when it is, or when it is of a kind that nobody signs."""
        if not isinstance(message, Decision | Feedback):
            return None
        signature = signature_in(record.headers)
        if signature is None:
            missing = Doubt(
                DeadLetterReason.UNSIGNED, SIGNATURE_HEADER, "only what is signed is trusted here"
            )
            return None if self.trusts_unsigned else missing
        key = self.keyring.key(signature.key_id)
        if key is None:
            named = signature.key_id if _IS_ID.fullmatch(signature.key_id) else "of that id"
            return Doubt(DeadLetterReason.UNKNOWN_KEY, KEY_ID_HEADER, f"no key {named} is in the keyring")
        return self._doubt_of_key(key, signature, record.value or b"") or self._beyond(key, message)

    def _doubt_of_key(self, key: SigningKey, signature: Signature, value: bytes) -> Doubt | None:
        if not is_genuine(value, signature.value, key):
            told = f"not the signature of these bytes under key {key.key_id}"
            return Doubt(DeadLetterReason.BAD_SIGNATURE, SIGNATURE_HEADER, told)
        if not key.is_valid(self.wall.now()):
            return Doubt(DeadLetterReason.EXPIRED_KEY, KEY_ID_HEADER, f"key {key.key_id} is not valid now")
        return None

    def _beyond(self, key: SigningKey, message: Decision | Feedback) -> Doubt | None:
        for speaker in speakers_of(message):
            if speaker.role is None and not self.trusts_unsigned:
                told = "a signed decision says in whose role it is taken"
                return Doubt(DeadLetterReason.BEYOND_KEY, "officer.role", told)
            if not key.speaks_for(speaker):
                who = f"{speaker.role or 'anybody'} at {speaker.area_code}"
                told = f"key {key.key_id} does not speak for {who}"
                return Doubt(DeadLetterReason.BEYOND_KEY, KEY_ID_HEADER, told)
        return None
