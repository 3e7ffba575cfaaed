"""What a log says about why: the reasons that `fenghuo explain` prints, from logs of the pure core."""

from datetime import timedelta

from models.identifiers import IncidentId
from models.messages.report import Facts
from models.vocabulary import Action, FeedbackKind, Level, Status, Verdict
from streams.cli.reasons.log import Reasons, reasons_of
from streams.cli.reasons.reason import Reason
from tests.core_world import CoreWorld, make_report


def reasons(world: CoreWorld, incident_id: IncidentId, *, with_rules: bool = True) -> Reasons:
    rulebooks = {world.rules.digest: world.rules} if with_rules else {}
    return reasons_of(world.log[incident_id], rulebooks)


def whats(of_kind: tuple[Reason, ...]) -> list[str]:
    return [reason.what for reason in of_kind]


def whys(of_kind: tuple[Reason, ...]) -> str:
    return "\n".join(line for reason in of_kind for line in reason.why)


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
    assert last.why == ("reason 理由: the test says so",)


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
        f"absorbed 吸收 {gone} with 1 reports, by officer"
    )
    assert "the test says so" in whys(reasons(world, kept).fusion)


def test_an_order_that_climbs_says_so() -> None:
    """A refusal passes it up at once: the unit's reason, and the next order as a second attempt."""
    world = CoreWorld()
    incident_id = reported(world, "r-1")
    world.deliver_one()
    world.decide(incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    first = next(iter(world.incidents[incident_id].commands))
    world.feedback(first, FeedbackKind.REFUSED)
    found = reasons(world, incident_id).commands
    assert any(
        what.startswith("order passed up 升级 to 500108:") and "by unit" in what for what in whats(found)
    )
    assert "reason 理由: no vehicle" in whys(found)
    assert "attempt 2" in found[-1].why[1]


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
    told = "\n".join(last.why)
    assert "joined it, one event 归入同一事件" in last.what
    assert "rule 规则: one event from" in told
    assert f"score 得分: {fire} " in told
    assert "same 同一事件" in told
    assert "place 地点 +" in told
    assert f"nearest 其次: {other} " in told
