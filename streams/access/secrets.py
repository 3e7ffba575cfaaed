"""Secrets: long random words that are handed out once, and the digests under which they are known afterwards."""

from hashlib import sha256
from secrets import token_urlsafe

_BYTES = 32


def new_secret() -> str:
    """A word of 256 random bits, fit for a URL or cookie."""
    return token_urlsafe(_BYTES)


def digest_of(secret: str) -> str:
    """What may be stored of a secret that is long and random by itself; a password needs more."""
    return sha256(secret.encode()).hexdigest()
