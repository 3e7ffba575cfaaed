"""What a log says about why: the reasons that `fenghuo explain` prints, from logs of the pure core."""

from datetime import timedelta

import pytest

from models.categories import Category
from models.events.perception import ReportJoined
from models.identifiers import IncidentId, ReportId, SourceId
from models.messages.decision import ReportRef
from models.messages.report import Facts, Report
from models.vocabulary import Action, FeedbackKind, Level, Status, Verdict
from streams.cli.reasons.log import Reasons, reasons_of
from streams.cli.reasons.reason import Reason
from streams.cli.reasons.warnings import why_none
from tests.core_world import SECOND, CoreWorld, make_report


def reasons(world: CoreWorld, incident_id: IncidentId, *, with_rules: bool = True) -> Reasons:
    rulebooks = {world.rules.digest: world.rules} if with_rules else {}
    return reasons_of(world.log[incident_id], rulebooks)


def whats(of_kind: tuple[Reason, ...]) -> list[str]:
    return [reason.what for reason in of_kind]


def whys(of_kind: tuple[Reason, ...]) -> str:
    return "\n".join(line for reason in of_kind for line in reason.why)


def told(name: str, **said: object) -> Report:
    """A report in these words, kind and text alike."""
    return make_report(name).model_copy(update=said)


def reported(world: CoreWorld, name: str, *, source: str = "grid-1", area: str = "500108001") -> IncidentId:
    """The incident that a fresh report came to."""
    answer = world.report(make_report(name, at=world.now, source=source, area=area))
    assert answer.state is not None
    return answer.state.incident_id


def test_every_reason_names_its_place_in_the_log() -> None:
    """Reasons stand in the order of the log and point to the fact that they explain."""
    world = CoreWorld()
    incident_id = reported(world, "r-1")
    world.deliver()
    found = reasons(world, incident_id)
    for of_kind in (found.levels, found.fusion, found.warnings, found.commands):
        seqs = [reason.event.seq for reason in of_kind]
        assert seqs == sorted(seqs)
        assert all(
            world.log[incident_id][seq - 1] is reason.event for seq, reason in zip(seqs, of_kind, strict=True)
        )


def test_an_officer_s_level_gives_the_officer_s_words() -> None:
    """No rule fired, and none is invented."""
    world = CoreWorld()
    incident_id = reported(world, "r-1")
    world.deliver_one()
    world.decide(incident_id, Action.REGRADE, level=Level.II)
    last = reasons(world, incident_id).levels[-1]
    assert last.what == "level II 重大, in force 定级, by officer 值班员 officer-1"
    assert last.why == (
        "reason 理由: the test says so",
        "nearest 其次: without the officer's word, by the rules alone 仅按规则, IV 一般",
    )


def test_a_merge_and_a_split_say_who_and_why() -> None:
    """Both sides of a merge name the other; a split names what it opened."""
    world = CoreWorld()
    one = reported(world, "r-1")
    other = reported(world, "r-2", source="119-1", area="500101001")
    world.decide(one, Action.MERGE, other=other, area="500000")
    gone = next(i for i in (one, other) if world.incidents[i].status is Status.MERGED)
    kept = one if gone == other else other
    assert whats(reasons(world, gone).fusion)[-1].startswith(f"merged into 并入 {kept}, by officer")
    assert whats(reasons(world, kept).fusion)[-1].startswith(
        f"absorbed 吸收 {gone} with 1 report, by officer"
    )
    why = reasons(world, kept).fusion[-1].why
    assert why[0] == "reason 理由: the test says so"
    assert why[1].startswith("rule 规则: an officer's word merges at any score")
    assert why[-1].startswith("nearest 其次: two events; a split of its reports undoes it")


def test_an_order_that_climbs_says_so() -> None:
    """A refusal passes it up at once: the unit's reason, and the next order as a second attempt."""
    world = CoreWorld()
    incident_id = reported(world, "r-1")
    world.deliver_one()
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    first = next(iter(world.incidents[incident_id].commands))
    order = world.incidents[incident_id].commands[first].command
    task, unit = order.task_id, order.unit_code
    world.feedback(first, FeedbackKind.REFUSED)
    found = reasons(world, incident_id).commands
    assert any(
        what.startswith(f"order passed up 升级: {task} to {unit} ") and ", passes to 500108:" in what
        for what in whats(found)
    )
    assert any(what.startswith(f"order refused 拒绝: {task} to {unit} ") for what in whats(found))
    assert "reason 理由: no vehicle" in whys(found)
    assert "attempt 2" in found[-1].why[1]


def test_a_countersigned_decision_names_both() -> None:
    """Who decided, who stood behind it and where they sit."""
    world = CoreWorld()
    incident_id = reported(world, "r-1")
    world.deliver_one()
    deadline_id, clock = next(iter(world.incidents[incident_id].deadlines.items()))
    later = clock.due_at + timedelta(hours=1)
    world.decide(incident_id, Action.EXTEND, deadline_id=deadline_id, until=later, second=SECOND)
    [signed] = reasons(world, incident_id).commands
    assert signed.what == (
        "countersigned 双人复核: extend, decided by officer-1 王值班, and by officer-2 李指挥"
    )
    assert signed.why[0] == "who 复核人: role not stated, at 500000"


def test_without_its_rulebook_a_log_still_explains_itself() -> None:
    """What only the rulebook knows is left out; what the facts say themselves stays."""
    world = CoreWorld()
    incident_id = reported(world, "r-1")
    world.deliver_one()
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    known, bare = reasons(world, incident_id), reasons(world, incident_id, with_rules=False)
    assert "rule 规则: plan" in whys(known.commands)
    assert "rule 规则: plan" not in whys(bare.commands)
    assert whats(bare.commands) == whats(known.commands)
    assert "identifier 标识" in whys(bare.warnings)


def test_a_known_total_names_the_next_line() -> None:
    """Two deaths reach no line above the lowest; one more would."""
    world = CoreWorld()
    world.report(make_report(facts=Facts(deaths=2)))
    (incident_id,) = world.incidents
    world.now += timedelta(minutes=1)
    assert "1 more of deaths 死亡 gives III 较大" in whys(reasons(world, incident_id).levels)


def test_a_join_names_its_likelihood_its_points_and_the_next_best() -> None:
    """What was compared, point by point, with the rulebook's lines; another event nearby is the next best."""
    world = CoreWorld()
    fire = reported(world, "r-1")
    other = reported(world, "r-2", source="grid-2", area="500108002")
    joined = reported(world, "r-3", source="119-1")
    assert joined == fire
    assert other != fire
    (*_, last) = reasons(world, fire).fusion
    why = "\n".join(last.why)
    assert "joined it, one event 归入同一事件" in last.what
    assert "rule 规则: one event from" in why
    assert "score 得分: this one 本事件 " in why
    assert "both in 500108001 重庆市南岸区" in why
    assert "same 同一事件" in why
    assert "place 地点 +" in why
    assert f"nearest 其次: {other} " in why


def test_what_raised_a_level_names_words_figure_and_cap() -> None:
    """A sensitive event shows by what, whose words, from which level to which, how far at most, and whose figure."""
    world = CoreWorld()
    text = "小学食堂门口发生火灾，无人员伤亡。"
    world.report(told("r-1", text=text))
    (incident_id,) = world.incidents
    assert world.incidents[incident_id].level is Level.III
    why = reasons(world, incident_id).levels[0].why
    raised = next(line for line in why if line.startswith("raised 提级: "))
    assert "by 1: words 原文 「" in raised
    assert raised.endswith("report 报告 grid-1/r-1")
    after = why[why.index(raised) :]
    assert "  from IV 一般 to III 较大; cap 上限: never past III 较大 for this" in after
    assert any(line.startswith("  source 出处: the rulebook's [sensitive]") for line in after)


def test_what_is_sensitive_and_not_raised_says_why() -> None:
    """Three deaths are level III by their line; being sensitive as well adds nothing past the cap."""
    world = CoreWorld()
    world.report(told("r-1", text="小学食堂门口发生火灾，3人死亡。"))
    (incident_id,) = world.incidents
    why = whys(reasons(world, incident_id).levels[:1])
    assert "fire/deaths-III" in why
    assert "raised 提级" not in why
    assert "not raised 不再提级: sensitive" in why


def test_reports_that_a_split_moves_say_so() -> None:
    """In the new log each moved report came with the split; the old one names what it opened and how to undo it."""
    world = CoreWorld()
    one = reported(world, "r-1")
    assert reported(world, "r-2", source="119-1") == one
    world.decide(
        one, Action.SPLIT, reports=(ReportRef(source_id=SourceId("119-1"), report_id=ReportId("r-2")),)
    )
    (new,) = (incident_id for incident_id in world.incidents if incident_id != one)
    came = of_moved(world, new)
    assert "came with the split 随拆分转入" in came.what
    assert came.why[0] == "rule 规则: an officer chose the reports that go"
    gone = reasons(world, one).fusion[-1]
    assert gone.what.startswith(f"split off 拆分 {new}, 1 report stays, by officer")
    assert gone.why[-1].startswith("nearest 其次: one event; a merge undoes it")


def of_moved(world: CoreWorld, incident_id: IncidentId) -> Reason:
    """What the one report of a split says; the desk gives moved reports a choice of their own."""
    moved = next(event for event in world.log[incident_id] if isinstance(event.data, ReportJoined))
    data = moved.data.model_copy(update={"fusion_reason": "split", "candidates": ()})
    (reason,) = reasons_of((moved.model_copy(update={"data": data}),), {}).fusion
    return reason


def test_orders_that_a_merge_hands_on_name_task_and_unit() -> None:
    """What the absorbed incident had ordered is named on both sides, and where it went."""
    world = CoreWorld()
    one = reported(world, "r-1")
    other = reported(world, "r-2", source="119-1", area="500101001")
    for incident_id in (one, other):
        world.deliver()
        world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    world.decide(one, Action.MERGE, other=other, area="500000")
    gone = next(i for i in (one, other) if world.incidents[i].status is Status.MERGED)
    kept = one if gone == other else other
    handed = [what for what in whats(reasons(world, gone).commands) if "handed on 移交" in what]
    taken = [what for what in whats(reasons(world, kept).commands) if "taken over 接管" in what]
    assert handed
    assert len(handed) == len(taken)
    orders = {
        held.command.task_id: held.command.unit_code for held in world.incidents[kept].commands.values()
    }
    for what in handed:
        task, unit = what.removeprefix("order handed on 移交: ").split(" to ")[0], what.split(" ")[6]
        assert task in orders, what
        assert unit.startswith("500"), what
        assert f"goes with 随 {kept}" in what


@pytest.mark.parametrize(
    ("category", "why"),
    [
        (None, "the kind of event is not known"),
        (Category.CRIME, "no statutory colour for 社会安全事件 重大刑事案件"),
        (Category.FIRE, "warnings come with assessment, which it has not reached"),
    ],
)
def test_no_warning_says_why(category: Category | None, why: str) -> None:
    """A kind that nobody named, a class without colours, or a stage that has not come."""
    world = CoreWorld()
    world.report(told("r-1", category=category, title="有情况", text=None))
    (incident,) = world.incidents.values()
    assert why_none(incident, world.rules).startswith(why)


def test_a_warning_names_its_figure_and_the_next_colour() -> None:
    """Whose figure the validity is, and which colour a level worse would have."""
    world = CoreWorld()
    incident_id = reported(world, "r-1")
    world.deliver_one()
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    (warning, *_) = reasons(world, incident_id).warnings
    assert (
        "  and holds for 21600 s, a figure of our own 本系统自定, renewed while the incident stands"
        in warning.why
    )
    assert warning.why[-1] == "nearest 其次: at level III 较大 it is yellow 黄色"
