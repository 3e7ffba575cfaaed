"""A system that keeps the contract passes; with one fault it fails that rule and no other. On a real broker."""

import asyncio
import secrets

import pytest

from models.access import Role
from models.identifiers import AreaCode
from streams.access.signing import Keyring, SigningKey
from streams.broker.publishing import Publisher
from streams.clock import WallClock
from streams.conformance import CASES, Finding, Ground, Limits, Outcome, Rule, judge, play, prepare
from streams.conformance.commands import Run
from streams.conformance.hearing import Ear
from tests.brokers.tansu import Tansu
from tests.integration.conformance import units
from tests.integration.conformance.units import Unit, running

Found = dict[type[Unit], dict[Rule, Finding]]
FIRE = "500108:fire"
KEYRING = Keyring((SigningKey(units.KEY_ID, units.SECRET, AreaCode("500108"), frozenset({Role.UNIT})),))
LIMITS = Limits(begin=30, answer=3, quiet=0.1)
# Who has which fault, and the rule that must find it.
FAULTS: dict[type[Unit], Rule] = {
    units.StatesBeijingTimeAsUtc: Rule.ACKNOWLEDGED,
    units.TrustsTheDeliveryHeader: Rule.DUPLICATE,
    units.RemembersTheLastCommandAlone: Rule.REDELIVERY,
    units.FinishesWhatWasTakenBack: Rule.RETRACTION,
    units.ForgetsARetractionOfWhatItHasNot: Rule.RETRACTION_FIRST,
    units.DropsOlderAttempts: Rule.OLDER_ATTEMPT,
    units.DropsWhatIsOver: Rule.LATE,
    units.RefusesUnknownFields: Rule.UNKNOWN_FIELD,
    units.RefusesUnknownWords: Rule.UNKNOWN_WORD,
    units.AnswersForEverybody: Rule.OTHER_UNIT,
    units.GuessesAtNewerVersions: Rule.NEWER_VERSION,
    units.TakesExercisesForReal: Rule.EXERCISE,
    units.TakesEverythingForAnExercise: Rule.ACTUAL,
    units.AcknowledgesWithoutAName: Rule.WELL_FORMED,
    units.NamesTheTaskForTheIncident: Rule.NAMES,
    units.KeysByUnit: Rule.KEY,
    units.ForgetsTheVersionHeader: Rule.HEADER,
    units.AnswersAnewUnderTheOldId: Rule.SAME_BYTES,
    units.SignsBeforeItIsSent: Rule.SIGNATURE,
}


async def tried(unit: Unit, tansu: Tansu, limits: Limits = LIMITS) -> dict[Rule, Finding]:
    """What the whole kit finds, on topics of this run's own."""
    ground = Ground(tansu.brokers, f"{secrets.token_hex(4)}-")
    await prepare(ground, ())
    run = Run(secrets.token_hex(4), FIRE, ground.commands, limits.answer)
    async with (
        running(unit, tansu.brokers, ground.prefix),
        Publisher(tansu.brokers) as publisher,
        Ear.open(tansu.brokers, ground.feedback) as ear,
    ):
        played = await play(run, CASES, limits, WallClock(), (publisher, ear))
    return {finding.rule: finding for finding in judge(played, tuple(Rule), KEYRING)}


@pytest.fixture(scope="module")
def found(tansu: Tansu) -> Found:
    """The findings of every system, all tried side by side: a run waits most of its time."""
    everybody = (*FAULTS, Unit, units.DiesOfANewerVersion, units.AcknowledgesNothing)

    async def all_tried() -> list[dict[Rule, Finding]]:
        return await asyncio.gather(*(tried(unit(FIRE), tansu) for unit in everybody))

    return dict(zip(everybody, asyncio.run(all_tried()), strict=True))


def not_kept(found: dict[Rule, Finding]) -> dict[Rule, Outcome]:
    return {rule: one.outcome for rule, one in found.items() if one.outcome is not Outcome.KEPT}


def test_a_whole_system_keeps_every_rule(found: Found) -> None:
    """Every rule is tried and kept."""
    assert not_kept(found[Unit]) == {}


@pytest.mark.parametrize(("unit", "rule"), FAULTS.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_one_fault_breaks_one_rule(unit: type[Unit], rule: Rule, found: Found) -> None:
    """The rule of that fault is broken, says why, and every other one is kept."""
    assert not_kept(found[unit]) == {rule: Outcome.BROKEN}, found[unit][rule].told
    assert found[unit][rule].told


def test_each_rule_has_a_fault() -> None:
    """No rule is without a system that breaks it alone."""
    assert {*FAULTS.values(), Rule.ANSWERED} == set(Rule)


async def test_nobody_there_breaks_the_first_rule(tansu: Tansu) -> None:
    """Whoever never answers breaks that rule; of the others nothing was seen, and nothing more is sent."""
    found = await tried(units.Silent(FIRE), tansu, Limits(begin=2, answer=1, quiet=0))
    seen = {rule: one.outcome for rule, one in found.items() if one.outcome is not Outcome.NOT_SEEN}
    assert seen == {Rule.ANSWERED: Outcome.BROKEN}
    assert [sent.name for sent in found[Rule.ANSWERED].sent] == ["hello"]


def test_a_system_that_dies_of_one_command_is_told_by_it(found: Found) -> None:
    """The rule after which nothing was answered is broken, those after it are not seen."""
    dead = found[units.DiesOfANewerVersion]
    assert not_kept(dead) == {Rule.NEWER_VERSION: Outcome.BROKEN, Rule.ACTUAL: Outcome.NOT_SEEN}
    assert "nothing any more" in dead[Rule.NEWER_VERSION].told


def test_what_needs_an_acknowledgement_is_not_seen_without(found: Found) -> None:
    """A system that only receives breaks nothing; what begins with an acknowledgement could not be tried."""
    expected = dict.fromkeys((Rule.ACKNOWLEDGED, Rule.REDELIVERY, Rule.RETRACTION), Outcome.NOT_SEEN)
    assert not_kept(found[units.AcknowledgesNothing]) == expected
