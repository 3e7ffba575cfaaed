"""A minute begins with the first request of whoever asks, and ends for each by itself."""

from models.access import Role, Someone
from models.identifiers import AreaCode
from streams.gateway.callers import INSTALLATION, Caller
from streams.gateway.rates import Limits, Rates
from tests.fakes.clock import ManualClock


def person(person_id: str) -> Caller:
    return Caller(Someone(person_id=person_id, name="王", role=Role.AUDITOR, area_code=AreaCode("500108")))


def test_everybodys_minute_is_their_own() -> None:
    """Whoever began half a minute later waits half a minute longer, whatever others asked in between."""
    clock = ManualClock()
    rates, li, wang = Rates(clock, Limits(requests=2)), person("li"), person("wang")
    assert rates.wait_of(li) == 0
    clock.move(30)
    assert [rates.wait_of(wang) for _ in range(3)] == [0, 0, 60]
    clock.move(30)
    assert [rates.wait_of(li) for _ in range(3)] == [0, 0, 60]
    assert rates.wait_of(wang) == 30
    clock.move(29.5)
    assert rates.wait_of(wang) == 1
    clock.move(0.5)
    assert [rates.wait_of(wang) for _ in range(3)] == [0, 0, 60]
    assert rates.wait_of(li) == 30


def test_the_installation_is_not_counted() -> None:
    """However small the limits are."""
    rates = Rates(ManualClock(), Limits(requests=1))
    assert {rates.wait_of(Caller(INSTALLATION)) for _ in range(5)} == {0}


def test_an_address_that_is_none_is_counted_too() -> None:
    """A socket without an address has one count; IPv4 in IPv6's clothes is the address that it is."""
    rates = Rates(ManualClock(), Limits(sign_ins=1))
    for first, second, is_same in (
        ("", "", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ):
        assert rates.wait_of_sign_in(first, "wang") == 0
        assert (rates.wait_of_sign_in(second, "wang") > 0) == is_same
