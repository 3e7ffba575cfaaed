"""Fusion in the core: joining, opening, asking, references that come early, and what officers keep apart."""

from datetime import timedelta

from models.events.perception import MergeSuggested, ReportJoined
from models.identifiers import IncidentId, ReportId, SourceId
from models.messages.decision import ReportRef
from models.messages.report import Facts, Report
from models.vocabulary import Action, Channel, Status
from tests.core_world import START, CoreWorld, make_report
from workflows.fold import fold
from workflows.incident import Incident

NEXT_DOOR = "500108002"
FLAT = "通安大桥旁边居民楼三楼起火，浓烟滚滚，有人被困"
FLAT_AGAIN = "通安大桥那栋居民楼着火，三楼浓烟滚滚"
WAREHOUSE = "古桥物流园仓库爆燃，火势蔓延到隔壁厂房"


def said(name: str, text: str, **words: object) -> Report:
    """A report with a text of its own."""
    made = make_report(name, **words)  # type: ignore[arg-type]  # the words of make_report
    return Report.model_validate(dict(made) | {"title": None, "text": text})


def sent(world: CoreWorld, report: Report) -> Incident:
    """It arrives; the incident that it is in."""
    answer = world.report(report)
    assert answer.state is not None
    assert answer.refusal is None
    return world.incidents[answer.state.incident_id]


def why(world: CoreWorld, name: str) -> ReportJoined:
    """How a report came to its incident."""
    return next(
        event.data
        for log in world.log.values()
        for event in log
        if isinstance(event.data, ReportJoined) and event.data.report_id == name
    )


def suggested(world: CoreWorld, incident: Incident) -> list[IncidentId]:
    return [one.incident_id for one in world.incidents[incident.incident_id].suggestions]


def test_other_words_for_one_event_join_it_and_say_why() -> None:
    """A second caller's words join, and the log has the score with every feature."""
    world = CoreWorld()
    one = sent(world, said("r-1", FLAT))
    assert sent(world, said("r-2", FLAT_AGAIN, source="119-1", area=NEXT_DOOR)).incident_id == one.incident_id
    joined = why(world, "r-2")
    assert joined.fusion_reason == "same_event"
    assert joined.candidates[0].incident_id == one.incident_id
    assert {part.feature for part in joined.candidates[0].features} >= {"place", "time", "category", "words"}


def test_what_may_be_one_event_opens_its_own_and_asks() -> None:
    """Two landmarks of one township: danger does not wait, and the officer is asked in the new incident."""
    world = CoreWorld()
    one = sent(world, said("r-1", FLAT))
    two = sent(world, said("r-2", WAREHOUSE, source="119-1"))
    assert two.incident_id != one.incident_id
    assert suggested(world, two) == [one.incident_id]
    world.advance(60)
    assert len([e for e in world.log[two.incident_id] if isinstance(e.data, MergeSuggested)]) == 1
    assert {i.status for i in world.incidents.values()} == {Status.OPEN}


def test_a_suggestion_is_taken_by_a_merge_and_gone_with_it() -> None:
    """One click merges; nothing is suggested any more, in neither incident."""
    world = CoreWorld()
    one = sent(world, said("r-1", FLAT))
    world.now += timedelta(seconds=1)
    two = sent(world, said("r-2", WAREHOUSE, source="119-1"))
    answer = world.decide(two.incident_id, Action.MERGE, other=one.incident_id)
    assert answer.refusal is None
    assert suggested(world, one) == suggested(world, two) == []
    assert world.incidents[two.incident_id].merged_into == one.incident_id


def test_a_merge_hands_on_what_else_was_suggested() -> None:
    """What the absorbed one may be one with, its survivor may be one with, too."""
    world = CoreWorld()
    one = sent(world, said("r-1", FLAT))
    two = sent(world, said("r-2", WAREHOUSE, source="119-1"))
    world.now -= timedelta(seconds=1)
    far = sent(world, said("r-3", "加油站油罐车侧翻", area="500108003", source="119-3"))
    world.decide(two.incident_id, Action.MERGE, other=far.incident_id, area="500000")
    assert suggested(world, two) == []
    assert suggested(world, far) == [one.incident_id]


def test_a_split_undoes_a_merge_in_all_that_is_compared() -> None:
    """After merge and split both sides hold the facts, reporters and sketch of their own reports again."""
    world = CoreWorld()
    one = sent(world, said("r-1", FLAT, facts=Facts(deaths=1)))
    world.now += timedelta(seconds=1)
    two = sent(world, said("r-2", WAREHOUSE, source="119-1", channel=Channel.FIRE, facts=Facts(deaths=4)))
    world.decide(two.incident_id, Action.MERGE, other=one.incident_id)
    refs = (ReportRef(source_id=SourceId("119-1"), report_id=ReportId("r-2")),)
    answer = world.decide(one.incident_id, Action.SPLIT, reports=refs)
    assert answer.also is not None
    assert answer.also.state is not None
    again, remaining = answer.also.state, world.incidents[one.incident_id]
    for before, after in ((one, remaining), (two, again)):
        assert (after.facts, after.reporters, after.sketch) == (before.facts, before.reporters, before.sketch)
        assert (after.reports, after.sources) == (before.reports, before.sources)
    assert fold(world.log[one.incident_id]) == remaining


def test_a_split_stays_split_when_one_side_is_merged_on() -> None:
    """What an officer took apart is not put together again through a third incident."""
    world = CoreWorld()
    one = sent(world, said("r-1", FLAT))
    sent(world, said("r-2", FLAT_AGAIN, source="119-1"))
    refs = (ReportRef(source_id=SourceId("119-1"), report_id=ReportId("r-2")),)
    world.decide(one.incident_id, Action.SPLIT, reports=refs)
    third = sent(world, said("r-3", "加油站油罐车侧翻", area="500108003", source="119-3"))
    world.decide(third.incident_id, Action.MERGE, other=one.incident_id, area="500000")
    world.advance(60)
    statuses = sorted(i.status for i in world.incidents.values())
    assert statuses == [Status.MERGED, Status.OPEN, Status.OPEN]


# --- references


def test_a_follow_up_before_its_initial_is_handled_at_once_and_followed() -> None:
    """It opens its own and says what it waits for; the initial report goes there, whatever it looks like."""
    world = CoreWorld()
    late = sent(world, said("r-2", "续报：死亡2人", refers_to="r-1", facts=Facts(deaths=2)))
    assert why(world, "r-2").awaits == "r-1"
    world.now += timedelta(minutes=20)
    first = sent(world, said("r-1", WAREHOUSE, area=NEXT_DOOR, at=START - timedelta(minutes=5)))
    assert first.incident_id == late.incident_id
    assert why(world, "r-1").fusion_reason == "awaited"
    assert why(world, "r-1").awaits is None


def test_another_source_s_report_of_that_id_is_not_what_is_awaited() -> None:
    """Ids are a source's own: the same id from elsewhere is fused on its merits."""
    world = CoreWorld()
    late = sent(world, said("r-2", "续报：死亡2人", refers_to="r-1"))
    other = sent(world, said("r-1", WAREHOUSE, source="110-1", area=NEXT_DOOR))
    assert other.incident_id != late.incident_id


def test_a_reference_expires() -> None:
    """Told of too long before, the initial report is on its own."""
    world = CoreWorld()
    late = sent(world, said("r-2", "续报：死亡2人", refers_to="r-1"))
    longer = timedelta(seconds=world.rules.fusion.reference_waits_seconds + 1)
    first = sent(world, said("r-1", WAREHOUSE, area=NEXT_DOOR, at=START - longer))
    assert first.incident_id != late.incident_id


def test_who_waits_is_found_where_it_was_merged_to() -> None:
    """The waiting report's incident lives on in another: the initial report goes there."""
    world = CoreWorld()
    older = sent(world, said("r-0", FLAT, source="119-1"))
    world.now += timedelta(seconds=1)
    late = sent(world, said("r-2", "续报：死亡2人", refers_to="r-1", area=NEXT_DOOR))
    assert late.incident_id != older.incident_id
    world.decide(late.incident_id, Action.MERGE, other=older.incident_id, area="500000")
    assert sent(world, said("r-1", WAREHOUSE, area="500108003")).incident_id == older.incident_id


def test_a_reference_against_the_likeness_decides_and_asks() -> None:
    """The initial report looks like another incident: it follows who waits, and soon the two are compared."""
    world = CoreWorld()
    alike = sent(world, said("r-9", FLAT, source="119-1"))
    late = sent(world, said("r-2", "续报：死亡2人", refers_to="r-1", area=NEXT_DOOR))
    first = sent(world, said("r-1", FLAT_AGAIN))
    assert first.incident_id == late.incident_id
    world.advance(6)
    ends = world.incidents[alike.incident_id], world.incidents[late.incident_id]
    assert Status.MERGED in {one.status for one in ends} or suggested(world, late) == [alike.incident_id]
