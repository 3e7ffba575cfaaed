"""Signatures of requests: that the body is the producer's own, was made just now, and comes for the first time.

A producer whose key demands it signs method, path, time, nonce and the very bytes of the body with HMAC-SHA256. The
time may differ from ours by five minutes; a nonce is remembered for longer than that, in the database, so that all
gateways know it. Never in here: HTTP.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac_of

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from models.tables import NONCES

TIME_HEADER = "Fenghuo-Time"
NONCE_HEADER = "Fenghuo-Nonce"
SIGNATURE_HEADER = "Fenghuo-Signature"
MOST_SKEW = timedelta(seconds=300)
# A request stamped 300 s ahead of us is too old 600 s from now; the rest is for gateways whose clocks differ.
NONCE_KEPT = 2 * MOST_SKEW + timedelta(minutes=1)
_VERSION = "fenghuo-1"
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_NEW = {
    "sqlite": sqlite.insert(NONCES).on_conflict_do_nothing().returning(NONCES.c.nonce),
    "postgresql": postgresql.insert(NONCES).on_conflict_do_nothing().returning(NONCES.c.nonce),
}


class SignatureRefused(Exception):
    """The request is not what the holder of the key sent now: sign it again. `header` is what to look at."""

    def __init__(self, header: str, reason: str) -> None:
        super().__init__(reason)
        self.header = header


@dataclass(frozen=True, slots=True)
class Signed:
    """One request as its sender signed it. `path` has its query; `body` is as it came, byte for byte."""

    method: str
    path: str
    time: str
    nonce: str
    body: bytes


def signature_of(signing_key: str, signed: Signed) -> str:
    """The signature in hex. None of the lines before the body can hold a line end, so no two requests look alike."""
    head = "\n".join((_VERSION, signed.method, signed.path, signed.time, signed.nonce, ""))
    return hmac_of(signing_key.encode(), head.encode() + signed.body, sha256).hexdigest()


def require_signature(signing_key: str, signed: Signed, signature: str, now: datetime) -> None:
    """Raises SignatureRefused for what is missing or malformed, was not signed so, or was signed at another time."""
    if not _TIME.fullmatch(signed.time):
        raise SignatureRefused(TIME_HEADER, "the time of signing in whole seconds since 1970 is needed")
    if not _NONCE.fullmatch(signed.nonce):
        raise SignatureRefused(NONCE_HEADER, "a new word of 16 to 64 letters, digits, - and _ is needed")
    expected = signature_of(signing_key, signed)
    if not compare_digest(expected.encode(), signature.strip().lower().encode()):
        raise SignatureRefused(SIGNATURE_HEADER, "method, path, time, nonce or body are not what was signed")
    if abs(now.timestamp() - int(signed.time)) > MOST_SKEW.total_seconds():
        seconds = MOST_SKEW.total_seconds()
        raise SignatureRefused(TIME_HEADER, f"the time differs from ours by more than {seconds:g} s")


async def spend_nonce(connection: AsyncConnection, key_id: str, nonce: str, now: datetime) -> None:
    """Remember a nonce, and forget those that are too old. Raises SignatureRefused when it came before.

    Call it with a good signature alone: nobody else shall fill the table.
    """
    await connection.execute(delete(NONCES).where(NONCES.c.expires_at <= now))
    row = {"key_id": key_id, "nonce": nonce, "expires_at": now + NONCE_KEPT}
    if (await connection.execute(_NEW[connection.dialect.name], row)).first() is None:
        raise SignatureRefused(NONCE_HEADER, "this nonce came before: sign every request with a new one")
