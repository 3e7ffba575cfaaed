"""Laws of signatures: no bit can be changed of what is signed, and filling in a role changes nothing else."""

import json
from dataclasses import replace

import orjson
from hypothesis import given
from hypothesis import strategies as st

from models.messages.decision import Decision
from models.topics import Topic
from models.vocabulary import DeadLetterReason
from streams.access.signing import Keyring, sign
from streams.gateway.filling import with_inner_field
from streams.processing.arrivals import Record
from streams.processing.vouching import Voucher
from streams.store.publications import Headers
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.signing import CITY_KEY

KEYS = Keyring((CITY_KEY, replace(CITY_KEY, key_id="other", secret=CITY_KEY.secret[::-1])))
DECISION = Decision.model_validate(
    {
        "decision_id": "d-1",
        "incident_id": "i-1",
        "action": "acknowledge",
        "officer": {"id": "officer-1", "name": "王值班", "role": "commander"},
        "area_code": "500108",
        "decided_at": NOON,
    },
    strict=False,
)
# Only bytes are signed: what they say is the codec's to find out.
values = st.binary(min_size=1, max_size=200)
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


def doubt(value: bytes, headers: Headers, *, trusts_unsigned: bool) -> DeadLetterReason | None:
    voucher = Voucher(KEYS, ManualClock(), trusts_unsigned)
    found = voucher.doubt(Record(Topic.DECISIONS, 0, 0, None, value, headers), DECISION)
    return None if found is None else found.reason


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8 % len(content)] ^= 1 << bit % 8
    return bytes(changed)


@given(value=values, bit=st.integers(0, 10_000), trusts_unsigned=st.booleans())
def test_one_bit_makes_another_message(value: bytes, bit: int, trusts_unsigned: bool) -> None:
    """What was signed is trusted; with any one bit of it or of its signature changed it is not, in either profile."""
    headers = sign(value, CITY_KEY)
    named, (name, signature) = headers
    assert doubt(value, headers, trusts_unsigned=trusts_unsigned) is None
    forged = (
        (flipped(value, bit), headers),
        (value, (named, (name, flipped(signature, bit)))),
    )
    for changed, under in forged:
        found = doubt(changed, under, trusts_unsigned=trusts_unsigned)
        assert found is DeadLetterReason.BAD_SIGNATURE


@given(value=values, bit=st.integers(0, 10_000))
def test_a_signature_fits_no_other_key(value: bytes, bit: int) -> None:
    """Under another key's id it is wrong, under one that nobody has there is no such key."""
    (name, _), signature = sign(value, CITY_KEY)
    assert doubt(value, ((name, b"other"), signature), trusts_unsigned=True) is DeadLetterReason.BAD_SIGNATURE
    changed = flipped(CITY_KEY.key_id.encode(), bit)
    assert doubt(value, ((name, changed), signature), trusts_unsigned=True) is DeadLetterReason.UNKNOWN_KEY


@given(value=values, cut=st.integers(0, 64), more=st.binary(max_size=3))
def test_no_piece_of_a_signature_is_one(value: bytes, cut: int, more: bytes) -> None:
    """Cut short or drawn out, it is wrong."""
    named, (name, signature) = sign(value, CITY_KEY)
    spoilt = signature[:cut] + more
    if spoilt != signature:
        found = doubt(value, (named, (name, spoilt)), trusts_unsigned=True)
        assert found is DeadLetterReason.BAD_SIGNATURE


@given(
    before=st.dictionaries(words, plain, max_size=3),
    officer=st.dictionaries(words, plain, max_size=3),
    after=st.dictionaries(words, plain, max_size=3),
    indent=st.none() | st.integers(0, 2),
    is_ascii=st.booleans(),
)
def test_filling_in_changes_nothing_else(
    before: dict[str, object],
    officer: dict[str, object],
    after: dict[str, object],
    indent: int | None,
    is_ascii: bool,
) -> None:
    """However a body is written, it says what it said, and the role; with that taken out its very bytes stand."""
    told = {**before, "officer": officer, **{key: one for key, one in after.items() if key != "officer"}}
    told = {**told, "officer": {key: one for key, one in officer.items() if key != "role"}}
    body = json.dumps(told, indent=indent, ensure_ascii=is_ascii).encode()
    filled = with_inner_field(body, "officer", "role", "commander")
    inner = {"role": "commander", **orjson.loads(body)["officer"]}
    assert orjson.loads(filled) == {**orjson.loads(body), "officer": inner}
    added = len(filled) - len(body)
    assert any(
        filled[:at] + filled[at + added :] == body
        for at in range(len(body))
        if filled[at : at + added].startswith(b'"role":"commander"')
    )
