"""What streams keep beside the core, answer by answer: the heat of every incident and the outcomes of every answer."""

from collections.abc import Iterator

from models.identifiers import IncidentId
from tests.core_world import CoreWorld
from workflows.answer import Answer
from workflows.appraisal.heat import heat_after, heat_of_log, needs_log
from workflows.appraisal.outcomes import Outcome, outcomes_of, outcomes_of_log
from workflows.incident import Incident


def answers(world: CoreWorld) -> Iterator[tuple[Answer, Incident]]:
    """Every answer that changed something, with the state after it, in the order in which they were given."""
    for _, _, answer in world.answers:
        for part in (answer, answer.also):
            if part is not None and part.events and part.state is not None:
                yield part, part.state


def outcomes(world: CoreWorld) -> dict[str, Outcome]:
    """The rows of the outcomes table."""
    return {
        outcome.outcome_id: outcome
        for answer, state in answers(world)
        for outcome in outcomes_of(state, answer.events)
    }


def outcomes_again(world: CoreWorld) -> dict[str, Outcome]:
    """The same rows from the logs alone."""
    found: dict[str, Outcome] = {}
    measured = (outcome for log in world.log.values() for outcome in outcomes_of_log(log))
    for outcome in sorted(measured, key=lambda outcome: outcome.happened_at):
        found[outcome.outcome_id] = outcome
    return found


def heats(world: CoreWorld) -> dict[IncidentId, float | None]:
    """The heat column of every incident, kept the way the store keeps it."""
    found: dict[IncidentId, float | None] = {}
    states: dict[IncidentId, Incident] = {}
    for answer, state in answers(world):
        incident_id = state.incident_id
        if needs_log(answer.events, world.rules.heat.epoch, world.rules):
            logs = {
                one: [e for e in log if _is_known(e.seq, one, states, state)]
                for one, log in world.log.items()
            }
            found[incident_id] = heat_of_log(incident_id, logs, world.rules)
        else:
            before = states.get(incident_id)
            found[incident_id] = heat_after(found.get(incident_id), before, answer.events, world.rules, found)
        states[incident_id] = state
    return found


def _is_known(seq: int, incident_id: IncidentId, states: dict[IncidentId, Incident], now: Incident) -> bool:
    """Whether an event stood in the log when this answer was given."""
    if incident_id == now.incident_id:
        return seq <= now.seq
    return incident_id not in states or seq <= states[incident_id].seq


def heats_again(world: CoreWorld) -> dict[IncidentId, float | None]:
    """The same heats by a fresh fold of the logs."""
    return {incident_id: heat_of_log(incident_id, world.log, world.rules) for incident_id in world.log}
