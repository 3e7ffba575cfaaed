"""Who gets in, and what each may do: tried on the brokers' own authorizer, with the rights of the catalogue."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    NotCoordinatorForGroupError,
    TopicAuthorizationFailedError,
    UnknownMemberIdError,
    for_code,
)
from aiokafka.protocol.group import LeaveGroupRequest

from models.identifiers import DeadlineId, IncidentId, MessageId
from models.messages.hand_over import HandOver
from models.topics import STAGE_OF_HAND_OVER, Topic
from models.vocabulary import HandOverType
from streams.broker import acls
from streams.broker.access import Access, Brokers, LineProtocol, client_settings
from streams.broker.acls import Operation, Resource, Right, Scope
from streams.broker.embedded import cluster_id
from streams.broker.publishing import Publication, Publisher, PublishFailed
from streams.broker.reading import committed_offsets, first_offsets, read_to_end
from tests.brokers.certificates import Authority
from tests.brokers.cluster import USERS, KafkaCluster
from tests.contract.kafka.conftest import GROUP, SCOPES

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]


async def writes(access: Access, topic: Topic, value: bytes = b"{}") -> bool:
    """Whether this principal's message is taken."""
    async with Publisher(access) as publisher:
        try:
            await publisher.publish([Publication(topic.value, b"key", value)])
        except PublishFailed as refused:
            if isinstance(refused.__cause__, TopicAuthorizationFailedError):
                return False
            raise
        return True


async def reads(access: Access, topic: Topic, group: str | None = None) -> bool:
    """Whether this principal gets records of the topic, in a group or without one."""
    consumer = AIOKafkaConsumer(
        topic.value,
        **client_settings(access),
        group_id=group,
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
    )
    try:
        await consumer.start()
        await consumer.getone()
    except (TopicAuthorizationFailedError, GroupAuthorizationFailedError):
        return False
    finally:
        await consumer.stop()
    return True


async def test_who_says_no_name_is_sent_away(city: KafkaCluster, tmp_path: Path) -> None:
    """Nobody comes in over an open line, without a user, with another password, or trusting another authority."""
    stranger = Authority(tmp_path)
    strangers: list[Brokers] = [
        city.addresses,
        replace(city.access(), protocol=LineProtocol.SSL, user=None, password=None),
        city.access("fenghuo-engine", password="guessed"),
        city.access("fenghuo-engine", ca_file=stranger.ca_file),
    ]
    for brokers in strangers:
        with pytest.raises((KafkaConnectionError, AuthenticationFailedError)):
            await cluster_id(brokers)
    assert len(await cluster_id(city.access("fenghuo-engine"))) == 22


async def test_who_has_no_right_sees_and_does_nothing(city: KafkaCluster) -> None:
    """A user whom nobody gave a right sees no topic, and can neither write nor read one."""
    async with city.admin("nobody") as admin:
        assert await admin.list_topics() == []
    nobody = city.access("nobody")
    assert not await writes(nobody, Topic.REPORTS)
    assert not await reads(nobody, Topic.DISPOSAL_COMMANDS)


@pytest.mark.parametrize("user", [user for user in USERS if user in SCOPES])
async def test_everybody_writes_what_the_catalogue_says(city: KafkaCluster, user: str) -> None:
    """Of all topics exactly those of its scope take a principal's message."""
    access = city.access(user)
    written = [topic for topic in Topic if await writes(access, topic)]
    assert written == [topic for topic in Topic if topic in acls.WRITES.get(SCOPES[user], ())]


@pytest.mark.parametrize("user", ["fenghuo-gateway", "fenghuo-monitoring", "unit-nanan-fire", "grid-nanan"])
async def test_everybody_reads_what_the_catalogue_says(city: KafkaCluster, user: str) -> None:
    """Of all topics exactly those of its scope give a principal their records."""
    for topic in Topic:
        assert await writes(city.access("fenghuo-engine"), topic)
    access = city.access(user)
    read = [topic for topic in Topic if await reads(access, topic)]
    assert read == [topic for topic in Topic if topic in acls.READS.get(SCOPES[user], ())]


async def test_no_unit_can_let_a_clock_pass(city: KafkaCluster) -> None:
    """Hand-overs are signed by nobody: a `deadline_passed` that a unit or a gateway makes up reaches no stage."""
    forged = HandOver(
        message_id=MessageId(str(uuid4())),
        incident_id=IncidentId(str(uuid4())),
        type=HandOverType.DEADLINE_PASSED,
        deadline_id=DeadlineId(str(uuid4())),
        cause_id=MessageId(str(uuid4())),
    )
    value = forged.model_dump_json().encode()
    for user in ("unit-nanan-fire", "grid-nanan", "fenghuo-gateway", "fenghuo-monitoring", "nobody"):
        for topic in STAGE_OF_HAND_OVER:
            assert not await writes(city.access(user), topic, value)
    for topic in STAGE_OF_HAND_OVER:
        records = [one async for one in read_to_end(city.access(), topic.value)]
        assert value not in [one.value for one in records]


async def test_a_unit_reads_in_groups_of_its_own(city: KafkaCluster) -> None:
    """A unit follows its commands in its own group, and can take no place in another's or in the engine's."""
    assert await writes(city.access("fenghuo-engine"), Topic.DISPOSAL_COMMANDS)
    fire = city.access("unit-nanan-fire")
    assert await reads(fire, Topic.DISPOSAL_COMMANDS, "unit-nanan-fire.bridge")
    for group in ("unit-nanan-medical.bridge", "unit-nanan-fire-2.bridge", GROUP):
        assert not await reads(fire, Topic.DISPOSAL_COMMANDS, group)


async def test_the_engine_alone_has_a_member_leave(city: KafkaCluster) -> None:
    """Burying a killed worker (decision 0020) needs the right to join and no more; who has it not puts nobody out."""
    request = LeaveGroupRequest(GROUP, "faust-of-last-year")
    answers = {}
    for user in ("fenghuo-engine", "fenghuo-gateway", "fenghuo-monitoring", "unit-nanan-fire"):
        async with city.admin(user) as admin:
            answers[user] = for_code((await admin._send_request(request)).error_code)
    # Any broker says who may not; only the group's coordinator would know the member.
    assert answers.pop("fenghuo-engine") in (UnknownMemberIdError, NotCoordinatorForGroupError)
    assert set(answers.values()) == {GroupAuthorizationFailedError}


async def test_monitoring_sees_how_far_the_engine_is(city: KafkaCluster) -> None:
    """It learns where partitions begin and what the engine's group has committed, which others may not know."""
    partitions = [(Topic.REPORTS.value, 0)]
    watching = city.access("fenghuo-monitoring")
    assert await first_offsets(watching, partitions) == {partitions[0]: 0}
    assert await committed_offsets(watching, GROUP, partitions) in ({}, {partitions[0]: ANY})
    with pytest.raises(KafkaError):
        await committed_offsets(city.access("grid-nanan"), GROUP, partitions)


async def test_one_right_too_many_is_named(city: KafkaCluster) -> None:
    """Once all is given nothing is missing; what somebody gave beside the catalogue is told and left alone."""
    async with city.admin() as admin:
        assert await acls.plan(admin, SCOPES, GROUP) == acls.Rights((), ())
        # As a publisher it would have no right to write; as what it is, it has.
        as_department = await acls.plan(admin, {"unit-nanan-fire": Scope.DEPARTMENT}, GROUP)
    assert Right("unit-nanan-fire", Resource.TOPIC, "disposal-feedback", Operation.WRITE) in (
        as_department.too_many
    )
    assert Right("unit-nanan-fire", Resource.TOPIC, "decisions", Operation.WRITE) in as_department.missing


async def test_only_who_may_alter_the_cluster_gives_rights(city: KafkaCluster) -> None:
    """The engine itself cannot so much as look at the rights."""
    async with city.admin("fenghuo-engine") as admin:
        with pytest.raises(acls.RightsNotApplied, match="ClusterAuthorizationFailed"):
            await acls.apply(admin, SCOPES, GROUP)
