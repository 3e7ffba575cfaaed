"""Whom a token shows, and every way in which it shows nobody (RFC 8725)."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey
from structlog.testing import capture_logs

from models.access import Role, Someone
from models.identifiers import AreaCode, UnitCode
from streams.access.tokens import KeysUnreadable, TokenRefused, Tokens
from tests.fakes.clock import NOON
from tests.fakes.provider import IdentityProvider, claims_of, more_keys

WANG = Someone(person_id="wang", name="王值班", role=Role.DUTY_OFFICER, area_code=AreaCode("500108"))
BRIGADE = Someone(
    person_id="li",
    name="李队长",
    role=Role.UNIT,
    area_code=AreaCode("500108"),
    unit_code=UnitCode("500108:fire"),
)
NOW = int(NOON.timestamp())


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> IdentityProvider:
    """One for all tests that do not change its keys: an RSA key takes long to make."""
    return IdentityProvider(tmp_path_factory.mktemp("provider"))


@pytest.fixture(scope="module")
def tokens(provider: IdentityProvider) -> Tokens:
    return provider.tokens()


@pytest.fixture
def changing(provider: IdentityProvider, tmp_path: Path) -> IdentityProvider:
    """A provider of the test's own, with the other's key."""
    own = object.__new__(IdentityProvider)
    own.jwks, own.keys = tmp_path / "jwks.json", dict(provider.keys)
    own.publish()
    return own


def refused(tokens: Tokens, token: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        tokens.someone_of(token, NOON)
    return caught.value.claim


@pytest.mark.parametrize("someone", [WANG, BRIGADE], ids=lambda one: one.role)
@pytest.mark.parametrize("typ", ["at+jwt", "JWT", "application/at+jwt", "AT+JWT"])
def test_a_good_token_says_who_it_is(
    provider: IdentityProvider, tokens: Tokens, someone: Someone, typ: str
) -> None:
    """Id, name, role, area and unit are the provider's; the type may be spelled as its RFCs spell it."""
    assert tokens.someone_of(provider.issue(claims_of(someone, NOON), typ=typ), NOON) == someone


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"exp": NOW - 31}, "claims"),
        ({"exp": NOW - 31, "iat": NOW - 300}, "claims"),
        ({"exp": None}, "claims"),
        ({"exp": "soon"}, "claims"),
        ({"exp": True}, "claims"),
        ({"iat": None}, "claims"),
        ({"iat": NOW + 31}, "claims"),
        ({"nbf": NOW + 31}, "claims"),
        ({"exp": NOW + 601}, "exp"),
        ({"iat": NOW - 301}, "exp"),
        ({"exp": NOW - 5, "iat": NOW - 5}, "exp"),
        ({"iss": "https://id.other.example"}, "claims"),
        ({"iss": None}, "claims"),
        ({"iss": ["https://id.city.example"]}, "claims"),
        ({"aud": "another-program"}, "claims"),
        ({"aud": ["another-program", "a-third"]}, "claims"),
        ({"aud": None}, "claims"),
        ({"sub": None}, "claims"),
        ({"sub": "王"}, "sub"),
        ({"sub": 7}, "claims"),
        ({"name": "王" * 201}, "name"),
        ({"name": ["王"]}, "name"),
        ({"fenghuo_role": None}, "fenghuo_role"),
        ({"fenghuo_role": "emperor"}, "fenghuo_role"),
        ({"fenghuo_role": ["commander"]}, "fenghuo_role"),
        ({"fenghuo_area": None}, "fenghuo_area"),
        ({"fenghuo_area": "999999"}, "fenghuo_area"),
        ({"fenghuo_area": 500108}, "fenghuo_area"),
        ({"fenghuo_unit": "500108:fire"}, "fenghuo_unit"),
        ({"fenghuo_role": "unit"}, "fenghuo_unit"),
        ({"fenghuo_role": "unit", "fenghuo_unit": "500108:circus"}, "fenghuo_unit"),
        ({"fenghuo_role": "unit", "fenghuo_unit": "500101:fire"}, "fenghuo_unit"),
    ],
    ids=str,
)
def test_a_claim_that_is_not_as_it_must_be_shows_nobody(
    provider: IdentityProvider, tokens: Tokens, changes: dict[str, object], claim: str
) -> None:
    """Times, parties and what the token says of the person are each refused by name."""
    assert refused(tokens, provider.issue(claims_of(WANG, NOON, **changes))) == claim


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 29, "iat": NOW - 300},
        {"iat": NOW + 29},
        {"nbf": NOW + 29},
        {"exp": NOW + 600},
        {"aud": ["another-program", "fenghuo"]},
        {"name": None, "preferred_username": "王值班"},
    ],
    ids=str,
)
def test_what_is_just_good_enough_is_good(
    provider: IdentityProvider, tokens: Tokens, changes: dict[str, object]
) -> None:
    """Half a minute between the clocks, ten minutes of life, one audience among several, another word for the name."""
    assert tokens.someone_of(provider.issue(claims_of(WANG, NOON, **changes)), NOON) == WANG


@pytest.mark.parametrize("typ", [None, "id+jwt", "logout+jwt", "JWS", ""])
def test_another_type_of_token_is_none(provider: IdentityProvider, tokens: Tokens, typ: str | None) -> None:
    """A token for another purpose does not open this door, though the same provider signed it."""
    assert refused(tokens, provider.issue(claims_of(WANG, NOON), typ=typ)) == "typ"


def test_an_unsigned_token_is_refused(provider: IdentityProvider, tokens: Tokens) -> None:
    """`none` is no algorithm, spelled however, with and without a signature behind it."""
    head, body, signature = provider.issue(claims_of(WANG, NOON)).split(".")
    for alg in ("none", "None", "NONE", ""):
        header = {**_read(head), "alg": alg}
        assert refused(tokens, f"{_written(header)}.{body}.") == "alg"
        assert refused(tokens, f"{_written(header)}.{body}.{signature}") == "alg"


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_shared_secret(provider: IdentityProvider, tokens: Tokens, alg: str) -> None:
    """A token that anybody could sign, with the key that everybody knows, is refused in each form of that key."""
    public = provider.keys["rsa-1"]
    assert isinstance(public, RSAKey)
    for secret in (public.as_pem(private=False), json.dumps(public.as_dict(private=False)).encode()):
        token = _signed_with_secret(claims_of(WANG, NOON), secret, alg)
        assert refused(tokens, token) == "alg"


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS384", "ES256", "ES256K", "EdDSA", "A128KW"])
def test_a_key_has_its_own_algorithms(provider: IdentityProvider, tokens: Tokens, alg: str) -> None:
    """What the header says instead is refused before anything is verified."""
    head, body, signature = provider.issue(claims_of(WANG, NOON)).split(".")
    assert refused(tokens, f"{_written({**_read(head), 'alg': alg})}.{body}.{signature}") == "alg"


def test_every_algorithm_of_the_list_is_understood(changing: IdentityProvider) -> None:
    """RSA with both paddings, P-256 and Ed25519, under its older and its newer name."""
    for alg, key in more_keys().items():
        changing.add(alg, key)
    tokens = changing.tokens()
    said = claims_of(WANG, NOON)
    for kid, alg in (("rsa-1", "RS256"), ("rsa-1", "PS256"), ("ES256", "ES256"), ("EdDSA", "Ed25519")):
        assert tokens.someone_of(changing.issue(said, kid=kid, alg=alg), NOON) == WANG
    newer = changing.issue(said, kid="EdDSA", alg="Ed25519")
    assert refused(tokens, newer[:-8] + "AAAAAAAA") == "token"
    assert tokens.someone_of(_older_name(changing, said), NOON) == WANG


def test_only_pinned_keys_count(provider: IdentityProvider, tokens: Tokens) -> None:
    """Whoever names an unknown key, none, or brings one along in the header, is refused."""
    mine = RSAKey.generate_key(2_048)
    said = claims_of(WANG, NOON)
    assert refused(tokens, provider.issue(said, kid="rsa-2", key=mine)) == "kid"
    assert refused(tokens, provider.issue(said, kid=None)) == "kid"
    assert refused(tokens, provider.issue(said, kid="../rsa-1", key=mine)) == "kid"
    for brought in (
        {"jwk": mine.as_dict(private=False)},
        {"jku": "https://id.other.example/jwks.json"},
        {"x5u": "https://id.other.example/cert.pem"},
    ):
        assert refused(tokens, provider.issue(said, key=mine, **brought)) == "token"
    assert refused(tokens, provider.issue(said, key=mine)) == "token"


def test_extensions_that_nobody_here_understands_are_refused(
    provider: IdentityProvider, tokens: Tokens
) -> None:
    """A critical header, or a payload that is signed in another form, must not be passed over."""
    extensions: list[dict[str, object]] = [{"crit": ["exp"], "exp": 1}, {"crit": []}, {"b64": True}]
    for added in extensions:
        assert refused(tokens, _signed(provider, claims_of(WANG, NOON), added)) == "crit"
    assert tokens.someone_of(_signed(provider, claims_of(WANG, NOON), {"x-tenant": "city"}), NOON) == WANG


def test_changed_claims_are_refused(provider: IdentityProvider, tokens: Tokens) -> None:
    """One letter of the claims, and the signature is another's."""
    head, body, signature = provider.issue(claims_of(WANG, NOON)).split(".")
    altered = _read(body) | {"fenghuo_role": "commander"}
    assert refused(tokens, f"{head}.{_written(altered)}.{signature}") == "token"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    header=st.binary(max_size=60), body=st.binary(max_size=20), rest=st.sampled_from(["", ".", ".a", ".."])
)
def test_no_bytes_make_the_door_stumble(tokens: Tokens, header: bytes, body: bytes, rest: str) -> None:
    """Whatever comes instead of a token is refused and nothing else."""
    for first in (_base64(header), header.decode("latin-1")):
        refused(tokens, f"{first}.{_base64(body)}{rest}")


@pytest.mark.parametrize(
    "header", ['["alg"]', '"alg"', '{"alg":[]}', '{"alg":{},"kid":"rsa-1","typ":"JWT"}', "[" * 300, "null"]
)
def test_a_header_of_another_shape_is_refused(tokens: Tokens, header: str) -> None:
    """JSON that is no object of texts is no header."""
    refused(tokens, f"{_base64(header.encode())}.e30.AAAA")


def test_a_new_key_comes_in_and_an_old_one_goes_without_a_restart(changing: IdentityProvider) -> None:
    """The file is read again when it changes: the provider's rotation needs nobody here."""
    tokens, said = changing.tokens(), claims_of(WANG, NOON)
    old = changing.issue(said)
    changing.keys["ec-2"] = ECKey.generate_key("P-256")
    changing.publish("rsa-1")
    assert tokens.someone_of(changing.issue(said, kid="ec-2", alg="ES256"), NOON) == WANG
    assert refused(tokens, old) == "kid"


@pytest.mark.parametrize(
    "broken",
    [
        lambda one: one.write("{"),
        lambda one: one.write('{"keys": []}'),
        lambda one: one.write('{"keys": [{"kty": "RSA", "kid": "rsa-1", "n": "?", "e": "AQAB"}]}'),
        lambda one: one.jwks.unlink(),
        lambda one: os.truncate(one.jwks, 0),
    ],
    ids=["no JSON", "no keys", "a broken key", "gone", "empty"],
)
def test_a_broken_file_keeps_the_old_keys_and_is_told_once(
    changing: IdentityProvider, broken: Callable[[IdentityProvider], None]
) -> None:
    """People go on working, and the log has one error line for whoever wrote the file."""
    tokens, token = changing.tokens(), changing.issue(claims_of(WANG, NOON))
    broken(changing)
    with capture_logs() as lines:
        assert tokens.someone_of(token, NOON) == WANG
        assert tokens.someone_of(token, NOON) == WANG
    assert [(line["event"], line["log_level"]) for line in lines] == [("pinned_keys_broken", "error")]
    changing.publish()
    assert tokens.someone_of(token, NOON) == WANG


def test_without_a_usable_key_nothing_starts(changing: IdentityProvider) -> None:
    """Shared secrets, keys for encryption and weak curves are not keys for this; two of one name are an error."""
    (good,) = json.loads(changing.jwks.read_text())["keys"]
    useless = [
        OctKey.generate_key(256).as_dict() | {"kid": "a"},
        good | {"use": "enc"},
        good | {"alg": "RS512"},
        ECKey.generate_key("secp256k1").as_dict(private=False) | {"kid": "b"},
    ]
    for keys in ([], useless, [good, good], [{name: good[name] for name in good if name != "kid"}]):
        changing.write(json.dumps({"keys": keys}))
        with pytest.raises(KeysUnreadable):
            changing.tokens()
    changing.write(json.dumps({"keys": [*useless[:1], good]}))
    assert changing.tokens().someone_of(changing.issue(claims_of(WANG, NOON)), NOON) == WANG


def test_a_keys_own_algorithm_narrows_it(changing: IdentityProvider) -> None:
    """A key that is published for PS256 verifies no RS256."""
    (good,) = json.loads(changing.jwks.read_text())["keys"]
    changing.write(json.dumps({"keys": [good | {"alg": "PS256", "use": "sig", "key_ops": ["verify"]}]}))
    tokens, said = changing.tokens(), claims_of(WANG, NOON)
    assert tokens.someone_of(changing.issue(said, alg="PS256"), NOON) == WANG
    assert refused(tokens, changing.issue(said, alg="RS256")) == "alg"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _written(part: dict[str, object]) -> str:
    return _base64(json.dumps(part).encode())


def _read(part: str) -> dict[str, object]:
    read: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def _signed_with_secret(claims: dict[str, object], secret: bytes, alg: str) -> str:
    said = {name: value for name, value in claims.items() if value is not None}
    signed = f"{_written({'alg': alg, 'kid': 'rsa-1', 'typ': 'at+jwt'})}.{_written(said)}"
    digest = hmac.new(secret, signed.encode(), getattr(hashlib, alg.replace("HS", "sha"))).digest()
    return f"{signed}.{_base64(digest)}"


def _signed(provider: IdentityProvider, claims: dict[str, object], header: dict[str, object]) -> str:
    """A good token but for what is added to its header; the library would not sign such a thing."""
    key = provider.keys["rsa-1"]
    assert isinstance(key, RSAKey)
    private = key.private_key
    assert private is not None
    said = {name: value for name, value in claims.items() if value is not None}
    signed = f"{_written({'alg': 'RS256', 'kid': 'rsa-1', 'typ': 'JWT'} | header)}.{_written(said)}"
    return f"{signed}.{_base64(private.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _older_name(provider: IdentityProvider, claims: dict[str, object]) -> str:
    """A token whose header says EdDSA. The library would warn of signing so, and providers do."""
    said = {name: value for name, value in claims.items() if value is not None}
    signed = f"{_written({'alg': 'EdDSA', 'kid': 'EdDSA', 'typ': 'JWT'})}.{_written(said)}"
    key = provider.keys["EdDSA"].private_key
    assert isinstance(key, Ed25519PrivateKey)
    return f"{signed}.{_base64(key.sign(signed.encode()))}"
