"""Laws of fusion: whatever is reported, the order in which candidates are looked at decides nothing."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.categories import Category
from models.identifiers import IncidentId
from tests.core_world import START
from tests.unit.workflows.fusion.telling import ELSEWHERE, NEXT_DOOR, RULES, compared, told
from workflows.judgement.account import Account
from workflows.judgement.fusion import Bond, Candidate, fuse
from workflows.judgement.likeness import of_account, together, view_of
from workflows.judgement.sketching import sketch_of
from workflows.judgement.sketching import together as sketched_together

_TEXTS = (
    "通安大桥旁边居民楼起火，浓烟滚滚",
    "古桥物流园仓库爆燃，火势蔓延",
    "幸福苑小区进水，地下车库被淹",
    "国道货车追尾，两人被困",
    "",
)
accounts = st.builds(
    told,
    name=st.integers(0, 10**6).map(lambda number: f"r-{number}"),
    text=st.sampled_from(_TEXTS),
    category=st.sampled_from([None, Category.FIRE, Category.GAS, Category.FLOOD, Category.ROAD_TRAFFIC]),
    area=st.sampled_from(["500108001", NEXT_DOOR, "500108", ELSEWHERE]),
    minutes=st.integers(-300, 300),
    reporter=st.sampled_from([None, "w-1", "w-2"]),
    at=st.none() | st.tuples(st.floats(106.4, 106.6), st.floats(29.4, 29.6)),
    deaths=st.integers(0, 40),
)


@given(one=accounts, other=accounts, spread=st.floats(0, 1))
def test_which_is_which_does_not_matter(one: Account, other: Account, spread: float) -> None:
    """A report is as like an incident as the incident is like the report."""
    found, turned = compared(one, other, spread=spread), compared(other, one, spread=spread)
    assert (found and (found.score, found.outcome)) == (turned and (turned.score, turned.outcome))


@given(account=accounts, others=st.lists(accounts, max_size=6), data=st.data())
def test_the_order_of_candidates_does_not_matter(
    account: Account, others: list[Account], data: st.DataObject
) -> None:
    """Shuffled, they give the same choice with the same scores and suggestions."""
    bonds = data.draw(st.lists(st.sampled_from([None, None, *Bond]), min_size=6, max_size=6))
    candidates = [
        Candidate(IncidentId(f"i-{number}"), START + timedelta(seconds=number % 3), of_account(other), bond)
        for number, (other, bond) in enumerate(zip(others, bonds, strict=False))
    ]
    shuffled = data.draw(st.permutations(candidates))
    assert fuse(account, candidates, RULES) == fuse(account, shuffled, RULES)


@given(one=accounts, two=accounts, three=accounts)
def test_reports_add_up_in_any_order(one: Account, two: Account, three: Account) -> None:
    """What is remembered of three reports is the same whoever came first."""
    first, second, third = map(sketch_of, (one, two, three))
    left = sketched_together(sketched_together(first, second), third)
    assert left == sketched_together(third, sketched_together(second, first))


@given(one=accounts, two=accounts)
def test_a_view_of_two_is_within_what_was_said(one: Account, two: Account) -> None:
    """Two reports together name no area, district or pair of characters that neither of them did."""
    mine, theirs = of_account(one), of_account(two)
    both, parts = view_of(together(mine, theirs, RULES.fusion)), (view_of(mine), view_of(theirs))
    assert both.districts <= parts[0].districts | parts[1].districts
    assert both.pairs.numbers <= parts[0].pairs.numbers | parts[1].pairs.numbers
    assert both.span == (min(p.span[0] for p in parts), max(p.span[1] for p in parts))
