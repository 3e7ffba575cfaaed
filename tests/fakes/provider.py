"""An identity provider of the tests' own: it makes its keys, publishes the public ones and signs what it is told to."""

import json
from datetime import datetime
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from models.access import Someone
from streams.access.tokens import Provider, Tokens

ISSUER = "https://id.city.example"
AUDIENCE = "fenghuo"


class IdentityProvider:
    """Publishes to a file in `folder`. Its first key is RSA and is called `rsa-1`."""

    def __init__(self, folder: Path) -> None:
        self.jwks = folder / "jwks.json"
        self.keys: dict[str, Key] = {}
        self.add("rsa-1", RSAKey.generate_key(2_048))

    def add(self, kid: str, key: Key) -> None:
        """One more key, published at once."""
        self.keys[kid] = key
        self.publish()

    def publish(self, *without: str) -> None:
        """Write the public keys, save for these; the file is put in place whole."""
        keys = [
            {**key.as_dict(private=False), "kid": kid} for kid, key in self.keys.items() if kid not in without
        ]
        self.write(json.dumps({"keys": keys}))

    def write(self, text: str) -> None:
        """Put this in the file's place."""
        beside = self.jwks.with_suffix(".new")
        beside.write_text(text)
        beside.replace(self.jwks)

    def tokens(self) -> Tokens:
        """A door that trusts this provider."""
        return Tokens(Provider(ISSUER, AUDIENCE, self.jwks))

    def issue(
        self,
        claims: dict[str, object],
        *,
        kid: str | None = "rsa-1",
        alg: str = "RS256",
        typ: str | None = "at+jwt",
        key: Key | None = None,
        **header: object,
    ) -> str:
        """A token of these claims; None leaves out a claim or a field of the header. `key` signs instead of `kid`'s."""
        fields = {"alg": alg, "kid": kid, "typ": typ, **header}
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(
            {name: value for name, value in fields.items() if value is not None},
            said,
            self.keys["rsa-1" if kid is None else kid] if key is None else key,
            algorithms=[alg],
            default_type=None,
        )


def claims_of(someone: Someone, now: datetime, **changes: object) -> dict[str, object]:
    """What the provider says of somebody, for five minutes from now; None leaves a claim out."""
    issued = int(now.timestamp())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": someone.person_id,
        "name": someone.name,
        "iat": issued,
        "exp": issued + 300,
        "jti": "t-1",
        "fenghuo_role": someone.role.value,
        "fenghuo_area": someone.area_code,
        "fenghuo_unit": someone.unit_code,
        **changes,
    }


def more_keys() -> dict[str, Key]:
    """A key of each other kind that may sign, by the algorithm."""
    return {"ES256": ECKey.generate_key("P-256"), "EdDSA": OKPKey.generate_key("Ed25519")}
