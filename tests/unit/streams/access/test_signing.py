"""Whose word a message is: signing, verifying, and which key may speak for whom."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest

from models.access import Role
from models.identifiers import AreaCode
from streams.access.signing import (
    Keyring,
    NoSigningKey,
    Signature,
    Signer,
    SigningKey,
    Speaker,
    is_genuine,
    sign,
    signature_in,
)
from tests.fakes.clock import NOON, ManualClock

SECRET = bytes.fromhex("5f1dce0b6a7742e99d13c48e20b7f6a1d3548c9e0f62b7a8413e5d90c7af8b26")
DISTRICT, TOWNSHIP, CITY, SIBLING = "500108", "500108001", "500000", "500101"
VALUE = b'{"decision_id":"d-1"}'


def key(
    key_id: str = "k-1",
    *,
    secret: bytes = SECRET,
    area: str = DISTRICT,
    roles: tuple[Role, ...] = (Role.DUTY_OFFICER,),
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> SigningKey:
    return SigningKey(key_id, secret, AreaCode(area), frozenset(roles), not_before, not_after)


def officer(area: str = DISTRICT, role: Role | None = Role.DUTY_OFFICER) -> Speaker:
    return Speaker(role, AreaCode(area))


def test_a_signature_is_the_hmac_of_the_bytes_in_hex() -> None:
    """As the contract says it, so that a system in any language can sign: key_id, and HMAC-SHA256 under the secret."""
    assert dict(sign(VALUE, key())) == {
        "key_id": b"k-1",
        "signature": hmac.new(SECRET, VALUE, "sha256").hexdigest().encode(),
    }


def test_only_the_key_that_signed_can_have_signed() -> None:
    """Other bytes, another key and another spelling of the signature are refused."""
    [_, (_, made)] = sign(VALUE, key())
    assert is_genuine(VALUE, made, key())
    assert not is_genuine(VALUE + b" ", made, key())
    assert not is_genuine(VALUE, made, key(secret=SECRET[::-1]))
    assert not is_genuine(VALUE, made.upper(), key())
    assert not is_genuine(VALUE, b"", key())


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ((), None),
        ((("schema_version", b"1"),), None),
        ((("key_id", b"k"), ("signature", b"ab")), Signature("k", b"ab")),
        ((("key_id", b"k"),), Signature("k", b"")),
        ((("signature", b"ab"),), Signature("", b"")),
        ((("key_id", b"k"), ("signature", b"ab"), ("signature", b"cd")), Signature("k", b"")),
        ((("key_id", b"k"), ("key_id", b"l"), ("signature", b"ab")), Signature("k", b"")),
        ((("key_id", b"\xff"), ("signature", b"ab")), Signature("�", b"ab")),
    ],
)
def test_half_a_signature_and_two_of_them_are_wrong_ones(
    headers: tuple[tuple[str, bytes], ...], found: Signature | None
) -> None:
    """Only a message without any trace of one is unsigned; what is torn or ambiguous never verifies."""
    assert signature_in(headers) == found


def test_a_key_speaks_for_its_roles_at_its_node_and_below() -> None:
    """Not for other roles, not above, not across, nor for an area that never existed."""
    mine = key(roles=(Role.DUTY_OFFICER, Role.UNIT))
    assert mine.speaks_for(officer())
    assert mine.speaks_for(officer(TOWNSHIP, Role.UNIT))
    assert not mine.speaks_for(officer(role=Role.COMMANDER))
    assert not any(mine.speaks_for(officer(area)) for area in (CITY, SIBLING, "999999"))


def test_who_names_no_role_is_bound_by_the_area() -> None:
    """The role cannot be asked for then; the area can."""
    assert key().speaks_for(officer(TOWNSHIP, None))
    assert not key().speaks_for(officer(SIBLING, None))


def test_a_key_counts_from_its_first_moment_until_its_last() -> None:
    """`not_before` is the first moment, `not_after` the first that is too late."""
    mine = key(not_before=NOON, not_after=NOON + timedelta(hours=1))
    moments = (NOON - timedelta(seconds=1), NOON, NOON + timedelta(minutes=59), NOON + timedelta(hours=1))
    assert [mine.is_valid(moment) for moment in moments] == [False, True, True, False]


def test_the_first_valid_key_that_may_speak_signs() -> None:
    """Rotation: the old key is above the new one until it ends; a key of another role or area is passed over."""
    clock = ManualClock()
    keyring = Keyring(
        (
            key("units", roles=(Role.UNIT,)),
            key("elsewhere", area=SIBLING),
            key("old", not_after=NOON + timedelta(hours=1)),
            key("new"),
        )
    )
    signer = Signer(keyring, clock)
    assert ("key_id", b"old") in signer.headers(VALUE, [officer()])
    clock.move(3_600)
    assert ("key_id", b"new") in signer.headers(VALUE, [officer()])
    assert ("schema_version", b"1") in signer.headers(VALUE, [officer()])


def test_one_key_speaks_for_both_officers_or_none_does() -> None:
    """A countersigned decision has one signature: no two keys can share it."""
    apart = Keyring((key("one"), key("two", roles=(Role.COMMANDER,))))
    both = [officer(), officer(role=Role.COMMANDER)]
    with pytest.raises(NoSigningKey, match="duty_officer at 500108, commander at 500108"):
        Signer(apart, ManualClock()).headers(VALUE, both)
    together = Keyring((*apart.keys, key("three", roles=(Role.DUTY_OFFICER, Role.COMMANDER))))
    assert ("key_id", b"three") in Signer(together, ManualClock()).headers(VALUE, both)


def test_a_key_shows_no_secret() -> None:
    """What is logged of a key by mistake tells nothing."""
    assert SECRET.hex() not in repr(Keyring((key(),)))
    assert repr(SECRET) not in repr(Keyring((key(not_before=datetime(2026, 1, 1, tzinfo=UTC)),)))
