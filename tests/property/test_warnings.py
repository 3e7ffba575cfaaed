"""Warnings, whatever happened before: an exercise never leaves as actual, and both renderings say one thing."""

from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant

from models.events.assessment import WarningCancelled, WarningIssued, WarningUpdated
from models.identifiers import IncidentId
from models.messages.public_warning import EXERCISE_MARK_ZH, PublicWarning
from models.vocabulary import MessageType, WarningStatus
from tests.core_world import place_of
from tests.property.test_core_laws import CoreMachine
from workflows.judgement.warning.cap import NAMESPACE
from workflows.judgement.warning.identifier import entered_at, next_identifier
from workflows.judgement.warning.national import national_form


def cap_text(warning: PublicWarning, name: str) -> str | None:
    assert warning.cap_xml is not None
    return fromstring(warning.cap_xml).findtext(f"{{{NAMESPACE}}}{name}")  # noqa: S314 - written a moment ago by the code under test


class WarningMachine(CoreMachine):
    """The machine of the core's laws, with those of the warnings."""

    def _warnings(self) -> list[tuple[IncidentId, PublicWarning]]:
        told = (WarningIssued, WarningUpdated, WarningCancelled)
        return [(e.incident_id, e.data.warning) for e in self._events() if isinstance(e.data, told)]

    @invariant()
    def an_exercise_never_leaves_as_actual(self) -> None:
        """Nor the real thing as an exercise, in either rendering, in any message of any chain."""
        for incident_id, warning in self._warnings():
            is_exercise = self.world.incidents[incident_id].exercise
            word = "Exercise" if is_exercise else "Actual"
            assert (warning.status is WarningStatus.EXERCISE) is is_exercise
            assert warning.headline_zh.startswith(EXERCISE_MARK_ZH) is is_exercise
            assert (national_form(warning).status, cap_text(warning, "status")) == (word, word)

    @invariant()
    def both_renderings_name_one_message(self) -> None:
        """Identifier, sender and type agree, and no two messages of an incident have one name."""
        names = [(incident_id, warning.warning_id) for incident_id, warning in self._warnings()]
        assert len(names) == len(set(names))
        for _, warning in self._warnings():
            form = national_form(warning)
            assert (form.identifier, form.sender, form.message_type) == tuple(
                cap_text(warning, name) for name in ("identifier", "sender", "msgType")
            )

    @invariant()
    def a_chain_is_an_alert_what_changes_it_and_an_end(self) -> None:
        """An alert only when none is in force, a change only of the one that is."""
        in_force: dict[IncidentId, str] = {}
        for incident_id, warning in self._warnings():
            if warning.message_type is MessageType.ALERT:
                assert incident_id not in in_force
            else:
                assert warning.references[-1] == in_force.pop(incident_id)
            if warning.message_type is not MessageType.CANCEL:
                in_force[incident_id] = warning.warning_id
        held = {i.incident_id: i.warning.warning_id for i in self.world.incidents.values() if i.warning}
        assert in_force == held


WarningMachine.TestCase.settings = settings(
    max_examples=max(10, settings().max_examples // 8),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestWarningMachine = pytest.mark.timeout(900)(WarningMachine.TestCase)


@given(
    incident=st.uuids(),
    area=st.sampled_from(["500108001", "500157", "500000", "500101001"]),
    moments=st.lists(
        st.integers(min_value=631_152_000_000, max_value=4_102_000_000_000).map(
            lambda milliseconds: datetime.fromtimestamp(milliseconds / 1_000, UTC)
        ),
        max_size=20,
    ),
)
def test_an_identifier_tells_its_second(incident: object, area: str, moments: list[datetime]) -> None:
    """31 characters of the national form, distinct through a chain, from which the second can be read again."""
    sent: list[str] = []
    for moment in moments:
        named = next_identifier(IncidentId(str(incident)), place_of(area), "000", moment, sent)
        assert len(named) == 31
        assert named not in sent
        assert entered_at(named) == moment.replace(microsecond=0)
        sent.append(named)
