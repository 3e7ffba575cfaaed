"""What simulated units say on their topic, they sign for."""

import pytest

from models.identifiers import CommandId, FeedbackId, IncidentId, UnitCode
from models.messages.feedback import Feedback
from models.topics import Topic
from models.vocabulary import FeedbackKind
from streams.access.signing import Signer, is_genuine, signature_in
from streams.broker.publishing import Publication
from streams.simulator.outlets import TopicOutlet
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.signing import CITY_KEY, KEYRING

FEEDBACK = Feedback(
    feedback_id=FeedbackId("f-1"),
    command_id=CommandId("c-1"),
    incident_id=IncidentId("i-1"),
    unit_code=UnitCode("500108:fire"),
    kind=FeedbackKind.RECEIVED,
    occurred_at=NOON,
)


class Shelf:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.kept: list[Publication] = []

    async def publish(self, publications: tuple[Publication, ...]) -> None:
        self.kept += publications


@pytest.mark.parametrize("signer", [None, Signer(KEYRING, ManualClock())], ids=["unsigned", "signed"])
async def test_feedback_is_signed_where_there_is_a_key(signer: Signer | None) -> None:
    """Over the very bytes that go out; without a keyring they go out as they are."""
    shelf = Shelf()
    await TopicOutlet(shelf, signer).feed_back(FEEDBACK)
    (sent,) = shelf.kept
    signature = signature_in(sent.headers)
    assert sent.topic == Topic.DISPOSAL_FEEDBACK
    assert (signature is not None) is (signer is not None)
    assert signature is None or is_genuine(sent.value, signature.value, CITY_KEY)
