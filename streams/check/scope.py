"""I9: nothing crosses its area's scope."""

from collections.abc import Iterator

from models.areas import area_tree
from models.events.assessment import WarningCancelled, WarningIssued, WarningUpdated
from models.events.disposal import CommandIssued
from models.events.perception import DirectReported
from models.events.steps import StepEscalated, StepPassed, StepStarted
from models.messages.event import Event
from models.places import Place
from streams.check.dossier import Dossier
from streams.check.rows import Row
from streams.check.violation import Invariant, Violation
from streams.check.yardstick import Yardstick


def events_stay_in_their_area(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I9 nothing crosses its area's scope: units, desks, readers and warnings of an incident are those of its path.

    An order that came with a merge was issued elsewhere, and is held to the place of its own incident there.
    """
    if dossier.state is None:
        return
    path = _path(dossier.state.place)
    for event in dossier.log:
        for code in _codes(event):
            if code not in path:
                detail = f"{event.type} names area {code}, the incident lies in {' > '.join(sorted(path))}"
                yield Violation(Invariant.I9, f"events event_id={event.event_id}", detail)


def outcomes_stay_in_their_area(dossier: Dossier, _: Yardstick) -> Iterator[Violation]:
    """I9 ... nor does anybody's rating suffer for what happened elsewhere."""
    if dossier.state is None:
        return
    path = _path(dossier.state.place)
    for outcome_id, row in sorted(dossier.outcomes.items()):
        if row["incident_id"] == dossier.incident_id:
            for code in _measured(row):
                if code not in path and not _is_adopted(dossier, row):
                    detail = f"measures {code}, the incident lies in {' > '.join(sorted(path))}"
                    yield Violation(Invariant.I9, f"outcomes outcome_id={outcome_id}", detail)


def _path(place: Place) -> frozenset[str]:
    """The areas from the city down to the incident's own, as given and as in force."""
    known = {place.area_code, place.city_code, place.district_code, place.township_code}
    return frozenset(code for code in known if code is not None) | frozenset(
        area_tree().path(place.area_code)
    )


def _codes(event: Event) -> tuple[str, ...]:
    match event.data:
        case CommandIssued(command=command):
            if command.incident_id != event.incident_id:
                return ()  # the next attempt of an order that was issued for an incident merged into this one
            return (_area_of(command.unit_code), command.area_code)
        case StepStarted(area_code=code) | StepPassed(area_code=code) | StepEscalated(area_code=code):
            return (code,)
        case DirectReported(area_codes=codes):
            return codes
        case (
            WarningIssued(warning=warning)
            | WarningUpdated(warning=warning)
            | WarningCancelled(warning=warning)
        ):
            return warning.area_codes
    return ()


def _measured(row: Row) -> Iterator[str]:
    if row["unit_code"] is not None:
        yield _area_of(row["unit_code"])
    yield from (row[name] for name in ("district_code", "township_code") if row[name] is not None)


def _is_adopted(dossier: Dossier, row: Row) -> bool:
    if dossier.state is None or row["unit_code"] is None:
        return False
    held = dossier.state.commands.values()
    return any(
        one.command.unit_code == row["unit_code"] and one.command.incident_id != dossier.incident_id
        for one in held
    )


def _area_of(unit_code: str) -> str:
    return unit_code.partition(":")[0]
