"""The loop of one incident, stage by stage, as the rules of the core make it run."""

from collections import Counter
from datetime import timedelta
from functools import partial

from models.events.disposal import CommandProgressed
from models.events.steps import StepEscalated
from models.identifiers import CommandId, FeedbackId, UnitCode
from models.messages.feedback import Feedback
from models.messages.report import Facts
from models.units import parse_unit
from models.vocabulary import (
    Action,
    ActorKind,
    Channel,
    Claim,
    CommandStatus,
    DeadlineKind,
    FeedbackKind,
    Level,
    Nature,
    Stage,
    Status,
    Step,
    Tier,
    Verdict,
)
from tests.core_world import SECOND, CoreWorld, make_report
from workflows.answer import RefusalCode
from workflows.fold import fold
from workflows.handling import handle
from workflows.incident import Incident
from workflows.message import Envelope, FeedbackGiven


def _open(world: CoreWorld, **said: object) -> Incident:
    answer = world.report(make_report(**said))  # type: ignore[arg-type]  # the words of make_report
    world.deliver()
    assert answer.state is not None
    return world.incidents[answer.state.incident_id]


def _now(world: CoreWorld, incident: Incident) -> Incident:
    return world.incidents[incident.incident_id]


def _all_units(world: CoreWorld, incident: Incident, kind: FeedbackKind) -> Incident:
    for held in _now(world, incident).owed_commands:
        world.feedback(held.command.command_id, kind)
        world.deliver()
    return _now(world, incident)


def test_two_independent_sources_close_a_level_iv_incident_without_an_officer() -> None:
    """Reported twice, acknowledged, done: level IV goes round the whole loop by rule."""
    world = CoreWorld()
    incident = _open(world)
    world.report(make_report("r-2", source="119-1", channel=Channel.FIRE))
    world.deliver()
    assert _now(world, incident).stage is Stage.DISPOSAL
    _all_units(world, incident, FeedbackKind.ACKNOWLEDGED)
    closed = _all_units(world, incident, FeedbackKind.DONE)
    assert (closed.status, closed.stage, closed.verdict) == (Status.CLOSED, Stage.FOLLOW_UP, Verdict.TRUE)
    assert set(closed.steps) == set(Step)
    assert not closed.deadlines
    assert not closed.open_steps


def test_an_acknowledged_order_waits_for_its_completion_alone() -> None:
    """Signing for it stops the clock that would pass it on, and starts the one of the work, each time just one."""
    world = CoreWorld()
    incident = _open(world)
    world.report(make_report("r-2", source="119-1", channel=Channel.FIRE))
    world.deliver()
    orders = {held.command.command_id for held in _now(world, incident).owed_commands}
    assert orders
    assert _clocks_of_orders(_now(world, incident)) == {(one, DeadlineKind.ACKNOWLEDGE): 1 for one in orders}
    acknowledged = _all_units(world, incident, FeedbackKind.ACKNOWLEDGED)
    assert _clocks_of_orders(acknowledged) == {(one, DeadlineKind.COMPLETE): 1 for one in orders}


def _clocks_of_orders(incident: Incident) -> Counter[tuple[CommandId, DeadlineKind]]:
    clocks = incident.deadlines.values()
    return Counter((clock.command_id, clock.kind) for clock in clocks if clock.command_id is not None)


def test_one_source_alone_waits_for_an_officer() -> None:
    """After the time for checking, the township's duty officer is asked, and later the district's."""
    world = CoreWorld()
    incident = _open(world)
    assert _now(world, incident).stage is Stage.VERIFICATION
    world.advance(200)
    confirm = _now(world, incident).steps[Step.CONFIRM]
    assert (confirm.tier, confirm.is_open) == (Tier.TOWNSHIP, True)
    world.advance(700)
    assert _now(world, incident).steps[Step.CONFIRM].tier is Tier.DISTRICT


def test_a_city_that_is_silent_about_a_step_gets_a_red_alarm() -> None:
    """A step nobody takes climbs to the city, and then the alarm stands."""
    world = CoreWorld()
    incident = _open(world)
    world.advance(86_400)
    assert _now(world, incident).red_alarm
    assert _now(world, incident).steps[Step.CONFIRM].tier is Tier.CITY


def test_severe_goes_on_unverified_and_false_takes_everything_back() -> None:
    """Verification never delays danger, and a later 'false' retracts the orders and the warning."""
    world = CoreWorld()
    incident = _open(world, facts=Facts(deaths=31))
    commanded = _now(world, incident)
    assert (commanded.stage, commanded.verdict, commanded.level) == (
        Stage.DISPOSAL,
        Verdict.UNVERIFIED,
        Level.I,
    )
    assert commanded.owed_commands
    assert commanded.warning is not None
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.FALSE)
    rejected = _now(world, incident)
    assert rejected.status is Status.REJECTED
    assert {c.status for c in rejected.commands.values()} == {CommandStatus.RETRACTED}
    assert rejected.warning is None
    assert not rejected.deadlines


def test_an_urgent_flag_goes_on_unverified_too() -> None:
    """A reporter who flags danger to life is not made to wait."""
    world = CoreWorld()
    assert _now(world, _open(world, urgent=True)).stage is Stage.DISPOSAL


def test_above_level_iv_the_plan_waits_for_one_click() -> None:
    """Immediate tasks go out by rule; the rest on an officer's release."""
    world = CoreWorld()
    incident = _open(world, facts=Facts(deaths=3))
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    waiting = _now(world, incident)
    assert waiting.level is Level.III
    assert waiting.unreleased
    assert all(not task.immediate for task in waiting.unreleased)
    world.decide(incident.incident_id, Action.RELEASE)
    released = _now(world, incident)
    assert not released.unreleased
    assert not released.steps[Step.COMMAND].is_open


def test_a_silent_unit_is_replaced_by_the_one_above_until_the_city() -> None:
    """Every silent command climbs, attempt by attempt, and ends in a red alarm at the city."""
    world = CoreWorld()
    incident = _open(world, urgent=True)
    world.advance(86_400)
    commands = _now(world, incident).commands.values()
    assert {c.tier for c in commands if c.status.is_live} == {Tier.CITY}
    assert all(c.red_alarm for c in commands if c.status.is_live)
    assert max(c.command.attempt for c in commands) > 1


def test_a_refusal_by_a_unit_climbs_at_once() -> None:
    """A refused command is the next tier's in the same transaction."""
    world = CoreWorld()
    incident = _open(world, urgent=True)
    first = _now(world, incident).owed_commands[0]
    world.feedback(first.command.command_id, FeedbackKind.REFUSED)
    after = _now(world, incident)
    assert after.commands[first.command.command_id].status is CommandStatus.ESCALATED
    heirs = [c for c in after.commands.values() if c.command.task_id == first.command.task_id]
    assert len(heirs) == 2


def test_follow_ups_raise_the_level_and_silence_never_lowers_it() -> None:
    """A higher number regrades; a later report without numbers changes nothing."""
    world = CoreWorld()
    incident = _open(world, facts=Facts(deaths=1))
    world.report(make_report("r-2", facts=Facts(deaths=12)))
    world.report(make_report("r-3"))
    assert _now(world, incident).level is Level.II


def test_an_officers_regrade_stands_until_the_rules_find_more() -> None:
    """Lowering needs an officer; it is not undone by the next report that says the same."""
    world = CoreWorld()
    incident = _open(world, facts=Facts(deaths=12))
    world.decide(incident.incident_id, Action.REGRADE, level=Level.III)
    world.report(make_report("r-2", facts=Facts(deaths=12)))
    assert _now(world, incident).level is Level.III
    world.report(make_report("r-3", facts=Facts(deaths=30)))
    assert _now(world, incident).level is Level.I


def test_a_denial_weighs_against_but_only_an_officer_says_false() -> None:
    """A denying source lowers confidence below the threshold and leaves the verdict to an officer."""
    world = CoreWorld()
    incident = _open(world)
    world.report(make_report("r-2", source="110-1", channel=Channel.POLICE, claim=Claim.DENY))
    denied = _now(world, incident)
    assert denied.verdict is Verdict.UNVERIFIED
    assert denied.confidence_ratio < 0.2


def test_higher_casualties_reopen_a_closed_incident() -> None:
    """What was closed asks for work again when more people turn out to be hurt."""
    world = CoreWorld()
    incident = _open(world)
    world.report(make_report("r-2", source="119-1", channel=Channel.FIRE))
    world.deliver()
    _all_units(world, incident, FeedbackKind.DONE)
    assert _now(world, incident).status is Status.CLOSED
    world.report(make_report("r-3", facts=Facts(deaths=3)))
    world.deliver()
    reopened = _now(world, incident)
    assert (reopened.status, reopened.level) == (Status.OPEN, Level.III)
    assert reopened.stage is Stage.DISPOSAL


def test_a_second_voice_reopens_what_was_held_false() -> None:
    """A real emergency must not vanish into a rejected incident."""
    world = CoreWorld()
    incident = _open(world)
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.FALSE)
    world.report(make_report("r-2", source="119-1", channel=Channel.FIRE))
    world.deliver()
    again = _now(world, incident)
    assert (again.status, again.verdict) == (Status.OPEN, Verdict.TRUE)


def test_orders_taken_back_with_a_false_verdict_are_given_again_under_new_ids() -> None:
    """A reopened incident commands its units anew; the old ids stay retracted."""
    world = CoreWorld()
    incident = _open(world, facts=Facts(deaths=31))
    before = set(_now(world, incident).commands)
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.FALSE)
    world.report(make_report("r-2", source="119-1", channel=Channel.FIRE))
    world.deliver()
    after = _now(world, incident)
    fresh = set(after.commands) - before
    assert fresh
    assert {after.commands[c].command.attempt for c in fresh} == {2}


def test_a_hazard_goes_round_the_same_loop() -> None:
    """Risk hazards are found, removed, re-inspected and closed like emergencies."""
    world = CoreWorld()
    incident = _open(world, nature=Nature.HAZARD)
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    assert _now(world, incident).owed_commands
    _all_units(world, incident, FeedbackKind.DONE)
    assert _now(world, incident).status is Status.CLOSED


def test_closing_with_work_owed_is_refused() -> None:
    """An officer cannot close over the head of a unit that still works."""
    world = CoreWorld()
    incident = _open(world, facts=Facts(deaths=3))
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.deliver()
    world.decide(incident.incident_id, Action.RELEASE)
    _all_units(world, incident, FeedbackKind.ACKNOWLEDGED)
    world.deliver()
    answer = world.decide(incident.incident_id, Action.CLOSE)
    assert answer.refusal is not None
    assert answer.refusal.code is RefusalCode.WORK_UNFINISHED
    _all_units(world, incident, FeedbackKind.DONE)
    assert world.decide(incident.incident_id, Action.CLOSE).refusal is None
    assert _now(world, incident).status is Status.CLOSED


def test_an_officer_of_another_district_has_no_say() -> None:
    """Across the tree nobody decides."""
    world = CoreWorld()
    incident = _open(world)
    answer = world.decide(incident.incident_id, Action.ACKNOWLEDGE, area="500101")
    assert answer.refusal is not None
    assert answer.refusal.code is RefusalCode.OUT_OF_AREA


def test_an_extension_moves_the_clock_and_keeps_its_id() -> None:
    """More time is given to a running clock; less is refused."""
    world = CoreWorld()
    incident = _open(world)
    deadline_id, running = next(
        (k, d) for k, d in _now(world, incident).deadlines.items() if d.step is Step.ASSIGN
    )
    later = running.due_at.replace(year=2026)
    extend = partial(world.decide, incident.incident_id, Action.EXTEND, second=SECOND)
    extend(deadline_id=deadline_id, until=later)
    assert _now(world, incident).deadlines[deadline_id].due_at == later
    answer = extend(deadline_id=deadline_id, until=running.due_at)
    assert answer.refusal is not None
    assert answer.refusal.code is RefusalCode.NOT_ALLOWED


def test_the_same_story_gives_the_same_log() -> None:
    """Told again in another world, each fact has the same id, number and content: nothing comes from chance."""
    logs = []
    for world in (CoreWorld(), CoreWorld()):
        incident = _open(world)
        world.report(make_report("r-2", source="119-1", channel=Channel.FIRE))
        world.deliver()
        _all_units(world, incident, FeedbackKind.ACKNOWLEDGED)
        logs.append(world.log)
    assert logs[0] == logs[1]
    assert sum(map(len, logs[0].values())) > 20


def test_the_log_alone_gives_the_state_back() -> None:
    """After a long story the fold of each log equals the state."""
    world = CoreWorld()
    incident = _open(world, facts=Facts(deaths=3))
    world.advance(4_000)
    world.decide(incident.incident_id, Action.VERIFY, verdict=Verdict.TRUE)
    world.advance(4_000)
    assert fold(world.log[incident.incident_id]) == _now(world, incident)


def test_passing_a_step_up_is_not_being_late() -> None:
    """Only a clock that passed makes a step overdue; an officer's escalation does not."""
    world = CoreWorld()
    incident = _open(world)
    world.decide(incident.incident_id, Action.ESCALATE, to_tier=Tier.DISTRICT, area="500108")
    assert _now(world, incident).steps[Step.ASSIGN].times_overdue == 0
    world.advance(301)
    assert _now(world, incident).steps[Step.ASSIGN].times_overdue == 1
    assert _now(world, incident).steps[Step.CHECK].times_overdue == 0


def test_who_passed_a_step_up_and_why_is_in_the_log() -> None:
    """The officer and the reason of the decision stand on every step that it moved; the clock gives none."""
    world = CoreWorld()
    incident = _open(world)
    world.decide(incident.incident_id, Action.ESCALATE, to_tier=Tier.DISTRICT, area="500108")
    world.advance(301)
    told = [
        (event.actor.kind, event.data.to_tier, event.data.reason)
        for event in world.log[incident.incident_id]
        if isinstance(event.data, StepEscalated)
    ]
    by_officer = (ActorKind.OFFICER, Tier.DISTRICT, "the test says so")
    assert set(told) == {by_officer, (ActorKind.RULE, Tier.CITY, None)}


def test_what_a_unit_says_with_its_answer_is_in_the_log_once() -> None:
    """Also with the end of the work, with a refusal, and with what comes when somebody else has the order."""
    world = CoreWorld()
    incident = _open(world, urgent=True)
    first, second = list(_now(world, incident).commands)[:2]
    for command_id, kind in (
        (first, FeedbackKind.ACKNOWLEDGED),
        (first, FeedbackKind.DONE),
        (second, FeedbackKind.REFUSED),
        (second, FeedbackKind.DONE),
    ):
        world.feedback(command_id, kind, note=f"said with {kind}")
    log = world.log[incident.incident_id]
    notes = [getattr(event.data, "note", None) for event in log]
    kinds = ("acknowledged", "done", "refused", "done")
    assert [note for note in notes if note] == [f"said with {kind}" for kind in kinds]
    late = [event.data.late for event in log if isinstance(event.data, CommandProgressed)]
    assert late == [FeedbackKind.DONE]


def test_a_retraction_has_a_limit_of_its_own() -> None:
    """However late it comes, its unit's system has as long for it as its tier has for an order."""
    world = CoreWorld()
    incident = _open(world, urgent=True)
    world.advance(240)
    retractions = world.decide(incident.incident_id, Action.RETRACT).commands
    assert {one.retracts for one in retractions} == set(_now(world, incident).commands)
    limits = world.rules.escalation.acknowledge_within_seconds
    for one in retractions:
        seconds = limits.at(parse_unit(one.unit_code).tier)
        assert (one.issued_at, one.acknowledge_by) == (world.now, world.now + timedelta(seconds=seconds))


def test_a_unit_confirms_that_an_order_was_taken_back() -> None:
    """Feedback on a retraction is heard, from its unit alone, and changes no command."""
    world = CoreWorld()
    incident = _open(world, urgent=True)
    answer = world.decide(incident.incident_id, Action.RETRACT)
    retraction = answer.commands[0]
    before = _now(world, incident).commands
    for unit_code, refused in ((retraction.unit_code, None), ("500101:fire", RefusalCode.NOT_YOUR_COMMAND)):
        said = Feedback(
            feedback_id=FeedbackId(f"heard-{refused}"),
            command_id=retraction.command_id,
            incident_id=incident.incident_id,
            unit_code=UnitCode(unit_code),
            kind=FeedbackKind.RECEIVED,
            occurred_at=world.now,
        )
        envelope = Envelope(said.message_id, incident.incident_id, world.now)
        heard = handle(_now(world, incident), FeedbackGiven(envelope, said), world.rules)
        assert (heard.refusal and heard.refusal.code) is refused
        assert heard.state is not None
        assert heard.state.commands == before
