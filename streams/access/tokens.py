"""Tokens: who a person is by the word of the authority's identity provider, a JWT of ten minutes at most (RFC 8725).

The provider's public keys are pinned in a file, and a token is held against the one key that its `kid` names there,
under the algorithms of that key's kind: what else a header says of keys is not even looked at. The file is read again
when it changes; a new one that is broken leaves the old keys in force. Never in here: what a role may do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry, extract_compact
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry
from pydantic import ValidationError

from models.access import Role, Someone
from models.areas import area_tree
from models.units import UnknownUnit, parse_unit
from streams.log import LogEvent
from workflows.judgement.case import beijing_day

LONGEST_LIFE = timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(seconds=30)
MOST_BYTES = 8_192
TYPES = frozenset({"at+jwt", "jwt"})
# EdDSA and Ed25519 are two names of one algorithm; providers use the older, RFC 9864 gives the newer.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
_LEAST_RSA_BITS = 2_048
_log = structlog.get_logger()

_File = tuple[int, int, int]
_Pinned = Mapping[str, tuple[Key, frozenset[str]]]


class TokenRefused(Exception):
    """The token shows nobody: get a fresh one, or have the provider mend what `claim` names. Never holds its text."""

    def __init__(self, claim: str, reason: str) -> None:
        super().__init__(f"{claim}: {reason}")
        self.claim = claim


class KeysUnreadable(Exception):
    """The file of the provider's public keys cannot be used: fetch the JWKS again. The message says why."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider as the settings name it."""

    issuer: str
    audience: str
    jwks: Path


class _Allowed(JWSRegistry):
    """The algorithms that may be used and no other. The library warns of the name EdDSA, and it is meant."""

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in (self.allowed or ()):
            return super().get_alg("")  # raises what the library raises for an algorithm that there is not
        return self.algorithms[name]


class Tokens:
    """The door for tokens of one provider."""

    def __init__(self, provider: Provider) -> None:
        """Reads the pinned keys. Raises KeysUnreadable: there is nothing to check a token with."""
        self._provider = provider
        self._claims: dict[str, ClaimsOption] = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.audience},
            **{name: {"essential": True} for name in ("exp", "iat", "sub")},
        }
        self._seen = _stat(provider.jwks)
        self._pinned = _read(provider.jwks)

    def someone_of(self, token: str, now: datetime) -> Someone:
        """Who the token says this is. Raises TokenRefused; whether the account is open is for the caller to ask."""
        self._look()
        claims = self._verified(token)
        self._require_in_time(claims, now)
        return _someone(claims, now)

    def _verified(self, token: str) -> dict[str, Any]:
        if len(token) > MOST_BYTES or token.count(".") != 2:  # noqa: PLR2004 - header, claims, signature
            raise TokenRefused("token", "is no signed JWT")
        try:
            header = extract_compact(token.encode()).protected
            key, algorithms = self._key(header)
            registry = _Allowed(algorithms=algorithms, strict_check_header=False)
            return jwt.decode(token, key, registry=registry).claims
        except (JoseError, ValueError, TypeError, AttributeError) as refused:  # a header may be any JSON
            raise TokenRefused("token", _told(refused)) from refused

    def _key(self, header: Mapping[str, Any]) -> tuple[Key, frozenset[str]]:
        if "crit" in header or "b64" in header:
            raise TokenRefused("crit", "no extension is understood here")
        kind = str(header.get("typ", "")).lower().removeprefix("application/")
        if kind not in TYPES:
            raise TokenRefused("typ", "at+jwt or JWT is expected")
        kid = header.get("kid")
        found = self._pinned.get(kid) if isinstance(kid, str) else None
        if found is None:
            raise TokenRefused("kid", "no pinned key has this name")
        if header.get("alg") not in found[1]:
            raise TokenRefused("alg", "is not one of that key's algorithms")
        return found

    def _require_in_time(self, claims: dict[str, Any], now: datetime) -> None:
        leeway = int(CLOCKS_DIFFER.total_seconds())
        registry = JWTClaimsRegistry(now=int(now.timestamp()), leeway=leeway, **self._claims)
        try:
            registry.validate(claims)
        except JoseError as refused:
            raise TokenRefused("claims", _told(refused)) from refused
        if not 0 < claims["exp"] - claims["iat"] <= LONGEST_LIFE.total_seconds():
            raise TokenRefused(
                "exp", f"a token lives {LONGEST_LIFE.total_seconds():g} s at most, from its iat"
            )

    def _look(self) -> None:
        """Read the pinned keys again if their file has changed; what is broken is told once."""
        seen = _stat(self._provider.jwks)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._pinned = _read(self._provider.jwks)
        except KeysUnreadable as broken:
            _log.error(LogEvent.PINNED_KEYS_BROKEN, file=str(self._provider.jwks), reason=str(broken))
        else:
            _log.info(LogEvent.PINNED_KEYS_READ, keys=sorted(self._pinned))


def _stat(path: Path) -> _File | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path) -> _Pinned:
    """Every key of the file that can verify a signature of ours, by its kid."""
    try:
        listed = orjson.loads(path.read_bytes())["keys"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as broken:
        raise KeysUnreadable(f"{path} is no JWKS: {type(broken).__name__}") from broken
    pinned: dict[str, tuple[Key, frozenset[str]]] = {}
    for said in listed if isinstance(listed, list) else []:
        if not isinstance(said, dict) or (found := _key_of(said)) is None:
            continue
        kid = said.get("kid")
        if not isinstance(kid, str) or not kid or kid in pinned:
            raise KeysUnreadable(f"{path}: every key needs a kid of its own")
        pinned[kid] = found
    if not pinned:
        raise KeysUnreadable(f"{path} has no key for {', '.join(ALGORITHMS)}")
    return pinned


def _key_of(said: dict[str, Any]) -> tuple[Key, frozenset[str]] | None:
    """A public key and what it may verify; None for what is not for signatures, or not of our algorithms."""
    if said.get("use", "sig") != "sig":
        return None
    kinds: dict[Any, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
    kind = kinds.get(said.get("kty"))
    if kind is None:
        return None
    # Only what names the key: `key_ops` of a signing key would forbid verifying with its public half.
    parts: dict[str, Any] = {name: said[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in said}
    try:
        key: Key = kind.import_key(parts)
        algorithms = _algorithms_of(key)
    except (JoseError, ValueError, TypeError, KeyError) as broken:
        raise KeysUnreadable(f"the key {said.get('kid')!r} is broken: {type(broken).__name__}") from broken
    allowed = algorithms if said.get("alg") is None else algorithms & {said["alg"]}
    return (key, allowed) if allowed else None


def _algorithms_of(key: Key) -> frozenset[str]:
    match key:
        case RSAKey():
            is_long = key.public_key.key_size >= _LEAST_RSA_BITS
            return frozenset({"RS256", "PS256"}) if is_long else frozenset()
        case ECKey(curve_name="P-256"):
            return frozenset({"ES256"})
        case OKPKey(curve_name="Ed25519"):
            return frozenset({"EdDSA", "Ed25519"})
    return frozenset()


def _someone(claims: dict[str, Any], now: datetime) -> Someone:
    role = _role(claims.get("fenghuo_role"))
    area_code, unit_code = claims.get("fenghuo_area"), claims.get("fenghuo_unit")
    _require_standing(area_code, now)
    if unit_code is not None:
        _require_unit(unit_code)
    words = {
        "person_id": claims["sub"],
        "name": claims.get("name") or claims.get("preferred_username") or claims["sub"],
        "role": role,
        "area_code": area_code,
        "unit_code": unit_code,
    }
    try:
        return Someone.model_validate(words)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        claim = _CLAIMS.get(str(first["loc"][0]) if first["loc"] else "", "fenghuo_unit")
        raise TokenRefused(claim, first["msg"].removeprefix("Value error, ")) from None


_CLAIMS = {"person_id": "sub", "name": "name", "area_code": "fenghuo_area", "unit_code": "fenghuo_unit"}


def _role(said: object) -> Role:
    try:
        return Role(str(said))
    except ValueError:
        raise TokenRefused("fenghuo_role", f"one of {', '.join(Role)} is needed") from None


def _require_standing(area_code: object, now: datetime) -> None:
    tree = area_tree()
    is_known = isinstance(area_code, str) and area_code in tree
    if not is_known or not tree.area(str(area_code)).is_in_force(beijing_day(now)):
        raise TokenRefused("fenghuo_area", "the code of an area that is in force is needed")


def _require_unit(unit_code: object) -> None:
    try:
        parse_unit(str(unit_code))
    except UnknownUnit:
        raise TokenRefused("fenghuo_unit", "no unit has this code") from None


def _told(refused: Exception) -> str:
    return str(refused) if isinstance(refused, JoseError) else type(refused).__name__
