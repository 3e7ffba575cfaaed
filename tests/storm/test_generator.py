"""The generator: repeatable, labelled, and as mixed as its name says."""

from collections import Counter
from itertools import combinations, pairwise

import pytest

from models.categories import Category
from models.messages.report import FACT_NAMES
from models.vocabulary import Channel, Claim, ReportKind
from tests.storm.events import DayPlan
from tests.storm.generator import generate
from tests.storm.numerals import numeral_zh
from tests.storm.phrasebook import Voice, frames_of_any_event, phrasebooks

FEWEST_FRAMES = 60
SEED = 1_001


def test_the_same_seed_gives_the_same_reports() -> None:
    """Told twice from one seed every report is the same, and another seed shares none."""
    first = generate(SEED)
    assert generate(SEED) == first
    ids = {telling.report.message_id for telling in first}
    assert len(ids) == len(first)
    assert ids.isdisjoint(telling.report.message_id for telling in generate(SEED + 1))


@pytest.mark.parametrize("category", list(phrasebooks()), ids=str)
def test_each_category_has_sixty_wordings_of_its_own(category: Category) -> None:
    """No frame is another one with other slots, nor stands twice, and each voice can speak of an unknown event."""
    book = phrasebooks()[category]
    frames = [frame for frames in book.frames.values() for frame in frames]
    assert book.frame_count >= FEWEST_FRAMES
    assert set(book.frames) == set(Voice)
    for told in book.frames.values():
        assert any(not frame.facts and not frame.says_nobody and "loss" not in frame.slots for frame in told)
    wordings = [_letters(frame.text) for frame in frames]
    assert max(_likeness(one, other) for one, other in combinations(wordings, 2)) < 0.7


def _letters(frame: str) -> str:
    """What is left of a frame without its slots and marks."""
    plain, depth = "", 0
    for letter in frame:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0 and "一" <= letter <= "龥":
            plain += letter
    return plain


def _likeness(one: str, other: str) -> float:
    """Shared pairs of characters over all, 0 to 1; two wordings without any are alike only when they are equal."""
    pairs = [Counter(pairwise(text)) for text in (one, other)]
    every = pairs[0] | pairs[1]
    if not every:
        return float(one == other)
    return (pairs[0] & pairs[1]).total() / every.total()


def test_reports_come_as_a_city_sends_them() -> None:
    """Every channel, follow-ups that refer to a report of the same source, few fields, and rare denials."""
    tellings = generate(SEED, DayPlan(events=60, reports_of_each=(10, 40)))
    reports = [telling.report for telling in tellings]
    assert {report.channel for report in reports} == set(Channel)
    assert {report.kind for report in reports} == set(ReportKind)
    event_of = {(str(t.report.source_id), str(t.report.report_id)): t.event_id for t in tellings}
    for telling in tellings:
        if telling.report.refers_to is not None:
            assert event_of[telling.report.source_id, telling.report.refers_to] == telling.event_id
    in_words_only = [r for r in reports if r.category is None and not r.facts.model_fields_set]
    assert len(in_words_only) > 0.8 * len(reports)
    assert 0 < sum(report.claim is Claim.DENY for report in reports) < 0.02 * len(reports)
    assert all(report.text and "{" not in report.text for report in reports)


def test_some_events_of_a_family_happen_next_to_each_other() -> None:
    """In one district, at one time, events of one family stand side by side, a few even in one township."""
    tellings = generate(SEED, DayPlan(events=120, reports_of_each=(1, 1), crowded_ratio=0.2))
    assert len({telling.event_id for telling in tellings}) == 120
    districts = Counter(telling.report.area_code[:6] for telling in tellings)
    assert max(districts.values()) >= 3


def test_an_overtaken_report_arrives_after_what_refers_to_it() -> None:
    """Reports come in the order of arrival; now and then a follow-up is there before its reference."""
    tellings = generate(SEED, DayPlan(events=60, reports_of_each=(10, 40)))
    assert [t.arrives_at for t in tellings] == sorted(t.arrives_at for t in tellings)
    seen: set[str] = set()
    overtaking = 0
    for telling in tellings:
        overtaking += telling.report.refers_to is not None and telling.report.refers_to not in seen
        seen.add(telling.report.report_id)
    assert overtaking > 0


def test_what_is_stated_stands_in_the_words() -> None:
    """Each total of the label is written in the text, in one of the ways in which people write a number."""
    for telling in generate(SEED):
        told = telling.report.text or ""
        for name in FACT_NAMES:
            value = getattr(telling.stated, name)
            if isinstance(value, int) and name != "direct_loss_yuan":
                full_width = str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
                forms = (
                    str(value),
                    full_width,
                    numeral_zh(value) if value < 10_000 else "",
                    "两"[value != 2 :],
                )
                assert any(form and form in told for form in forms), (name, value, told)


def test_wordings_of_any_event_stand_once() -> None:
    """Follow-ups, final reports and denials are each worded in more ways than one."""
    any_event = frames_of_any_event()
    for frames in (any_event.follow_ups, any_event.finals, any_event.denials):
        assert len({frame.text for frame in frames}) == len(frames) > 5
