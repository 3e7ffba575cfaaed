"""Signing: whose word a decision or feedback on the bus is. Anybody may write there; a signed value is its key's alone.

A signature covers the value's bytes and nothing else, so a message can be sent again, by anybody, and is the same
message: it counts once, since its identity is in those bytes. The algorithm is the key's, never the message's.
Never in here: where keys are kept (`streams.access.keyring`), and what becomes of a message that is not trusted
(`streams.processing.vouching`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac_of
from types import MappingProxyType
from typing import Any

from models.access import Role
from models.identifiers import AreaCode
from models.messages.decision import Decision
from models.messages.feedback import Feedback
from streams.clock import Clock
from streams.store.publications import HEADERS, Headers
from workflows.permission import has_say

KEY_ID_HEADER = "key_id"
SIGNATURE_HEADER = "signature"


class Algorithm(StrEnum):
    """How a key signs. Another one is a line here and one in the table below."""

    HMAC_SHA256 = "hmac-sha256"


_HASHES: Mapping[Algorithm, Callable[..., Any]] = MappingProxyType({Algorithm.HMAC_SHA256: sha256})


class NoSigningKey(Exception):
    """No valid key of this process may speak for that role there: add one to FENGHUO_SIGNING_KEYS and start again."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """In whose role, and from which area, a message speaks. Without a role nobody in particular does."""

    role: Role | None
    area_code: AreaCode


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret that several systems may know, and for whom they may speak with it, at a node of the tree and below.

    Valid from `not_before` until just before `not_after`, in real time; None is no limit.
    """

    key_id: str
    secret: bytes = field(repr=False)
    area_code: AreaCode
    roles: frozenset[Role]
    not_before: datetime | None = None
    not_after: datetime | None = None
    algorithm: Algorithm = Algorithm.HMAC_SHA256

    def is_valid(self, now: datetime) -> bool:
        """Whether it counts at this moment."""
        has_begun = self.not_before is None or self.not_before <= now
        return has_begun and (self.not_after is None or now < self.not_after)

    def speaks_for(self, speaker: Speaker) -> bool:
        """Whether a message of this speaker may be signed with it. Who names no role is bound by the area alone."""
        holds_role = speaker.role is None or speaker.role in self.roles
        return holds_role and has_say(self.area_code, speaker.area_code)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that count, in the order of their file: of those that may, the first signs and the others are heard."""

    keys: tuple[SigningKey, ...] = ()

    def key(self, key_id: str) -> SigningKey | None:
        """The key of this id, valid or not."""
        return next((key for key in self.keys if key.key_id == key_id), None)

    def key_for(self, speakers: Iterable[Speaker], now: datetime) -> SigningKey | None:
        """The key to sign with when these speak."""
        named = tuple(speakers)
        return next((k for k in self.keys if k.is_valid(now) and all(map(k.speaks_for, named))), None)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a message has of one: the key it names, and the signature as it came."""

    key_id: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one process. `wall` is real time."""

    keyring: Keyring
    wall: Clock

    def headers(self, value: bytes, speakers: Iterable[Speaker]) -> Headers:
        """The headers under which this value goes out when these speak. Raises NoSigningKey."""
        named = tuple(speakers)
        key = self.keyring.key_for(named, self.wall.now())
        if key is None:
            who = ", ".join(f"{one.role or 'somebody'} at {one.area_code}" for one in named)
            raise NoSigningKey(f"no valid signing key speaks for {who}")
        return (*HEADERS, *sign(value, key))


def sign(value: bytes, key: SigningKey) -> Headers:
    """The headers that say whose word these bytes are."""
    return ((KEY_ID_HEADER, key.key_id.encode()), (SIGNATURE_HEADER, _signed(value, key)))


def signature_in(headers: Headers) -> Signature | None:
    """The signature among a record's headers; None where there is no trace of one.

    Half of one, or two, is one that no key can have made.
    """
    key_ids = [value for name, value in headers if name == KEY_ID_HEADER]
    values = [value for name, value in headers if name == SIGNATURE_HEADER]
    if not key_ids and not values:
        return None
    is_whole = len(key_ids) == len(values) == 1
    key_id = (key_ids[0] or b"").decode(errors="replace") if key_ids else ""
    return Signature(key_id, (values[0] or b"") if is_whole else b"")


def is_genuine(value: bytes, signature: bytes, key: SigningKey) -> bool:
    """Whether this key made this signature of these very bytes; takes as long whatever is wrong with it."""
    return compare_digest(_signed(value, key), signature)


def speakers_of(message: Decision | Feedback) -> tuple[Speaker, ...]:
    """Everybody who speaks in a message: its officer and who countersigned, or a unit."""
    if isinstance(message, Feedback):
        return (Speaker(Role.UNIT, AreaCode(message.unit_code.partition(":")[0])),)
    first = Speaker(message.officer.role, message.area_code)
    second = message.second_officer
    return (first,) if second is None else (first, Speaker(second.role, second.area_code))


def _signed(value: bytes, key: SigningKey) -> bytes:
    return hmac_of(key.secret, value, _HASHES[key.algorithm]).hexdigest().encode()
