"""Anchor: one line of the file. Its body is JSON, then, where there is a key, tab, its id, tab, the signature."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt, ValidationError

from streams.access.signing import SIGNATURE_HEADER, Keyring, SigningKey, is_genuine, sign

BEGINNING = "0" * 64
# A signed anchor is no message of the bus, and no message is an anchor.
_DOMAIN = b"fenghuo anchor "


class Head(BaseModel):
    """The last fact of an incident's log. `digest` is the sha256 of its bytes."""

    model_config = ConfigDict(frozen=True)

    incident_id: str
    seq: int
    event_id: str
    digest: str


class Anchor(BaseModel):
    """What the database held at `at` (real time): the audit's last entry, and the logs that moved since the last one.

    `until` is the moment (program time) of the youngest of these logs: what moved before it was anchored, or is in
    here. `previous` is the digest of the line before.
    """

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    previous: str
    audit_entries: NonNegativeInt
    audit_digest: str
    until: AwareDatetime | None
    heads: tuple[Head, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in the file, without its end."""

    text: bytes

    @property
    def digest(self) -> str:
        """What the next line names as its `previous`."""
        return sha256(self.text).hexdigest()

    @property
    def anchor(self) -> Anchor | None:
        """What it says; None when it is no anchor, as after a power cut in the middle of it."""
        try:
            return Anchor.model_validate_json(self._body)
        except ValidationError:
            return None

    def doubt(self, keyring: Keyring) -> str | None:
        """Why its signature is not believed; None when it is, or when we have no key that could tell."""
        signature = self.text.split(b"\t")[1:]
        if len(signature) != 2:  # noqa: PLR2004 - a key's id and what it signed
            return "nobody signed it" if keyring.keys else None
        key = keyring.key(signature[0].decode(errors="replace"))
        if key is None:
            return None
        return (
            None if is_genuine(_DOMAIN + self._body, signature[1], key) else "its signature is not its key's"
        )

    @property
    def _body(self) -> bytes:
        return self.text.split(b"\t")[0]


def line_of(anchor: Anchor, keyring: Keyring) -> Line:
    """The line that says this, signed by the first key that is valid then."""
    body = anchor.model_dump_json().encode()
    key = _key_at(anchor.at, keyring)
    if key is None:
        return Line(body)
    signature = dict(sign(_DOMAIN + body, key))[SIGNATURE_HEADER] or b""
    return Line(b"\t".join([body, key.key_id.encode(), signature]))


def _key_at(moment: datetime, keyring: Keyring) -> SigningKey | None:
    return next((key for key in keyring.keys if key.is_valid(moment)), None)
