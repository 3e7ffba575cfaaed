"""The topics as they must exist on the broker: partitions, cleanup, and what a key means.

Their names are `models.topics.Topic`. `plan` compares the broker with this catalogue and says what differs, `apply`
makes it so. Partitions are only ever added, never taken away; nothing is deleted. Changing the number of partitions
moves keys to other partitions, so it is reported and done only where a person asked for it (`fenghuo topics`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from aiokafka.admin import NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from models.topics import Topic


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic of the catalogue. `is_compacted`: Kafka keeps the latest message of each key for ever."""

    topic: Topic
    key: str
    partitions_embedded: int
    partitions_production: int
    is_compacted: bool = False


CATALOGUE: tuple[TopicSpec, ...] = (
    TopicSpec(Topic.REPORTS, "area code as given, never trusted", 4, 12),
    TopicSpec(Topic.REPORTS_URGENT, "area code as given, never trusted", 4, 12),
    TopicSpec(Topic.REPORT_RECEIPTS, "source id", 4, 12),
    TopicSpec(Topic.DECISIONS, "incident id", 4, 12),
    TopicSpec(Topic.DISPOSAL_FEEDBACK, "incident id", 4, 12),
    TopicSpec(Topic.STAGE_VERIFICATION, "incident id", 4, 12),
    TopicSpec(Topic.STAGE_ASSESSMENT, "incident id", 4, 12),
    TopicSpec(Topic.STAGE_DISPOSAL, "incident id", 4, 12),
    TopicSpec(Topic.STAGE_FOLLOW_UP, "incident id", 4, 12),
    TopicSpec(Topic.DISPOSAL_COMMANDS, "unit code", 4, 12),
    TopicSpec(Topic.PUBLIC_WARNINGS, "area code", 1, 4),
    TopicSpec(Topic.INCIDENT_EVENTS, "incident id", 4, 12),
    TopicSpec(Topic.RATINGS, "subject code", 1, 1, is_compacted=True),
    TopicSpec(Topic.HEAT_RANKINGS, "scope code", 1, 1, is_compacted=True),
    TopicSpec(Topic.DEAD_LETTERS, "original key", 1, 1),
)


class Scale(StrEnum):
    """How many partitions and copies: one process on one machine, or a cluster."""

    EMBEDDED = "embedded"
    PRODUCTION = "production"

    @property
    def copies(self) -> int:
        """Replicas of each partition."""
        return 1 if self is Scale.EMBEDDED else 3

    def partitions(self, spec: TopicSpec) -> int:
        """Partitions of this topic at this scale."""
        return spec.partitions_embedded if self is Scale.EMBEDDED else spec.partitions_production


class Difference(StrEnum):
    """In what a topic on the broker differs from the catalogue."""

    IS_MISSING = "is missing"
    HAS_FEWER_PARTITIONS = "has fewer partitions"
    HAS_MORE_PARTITIONS = "has more partitions"
    IS_CLEANED_OTHERWISE = "is cleaned otherwise"


@dataclass(frozen=True, slots=True)
class TopicChange:
    """One difference: what the broker has, what the catalogue wants. More partitions than wanted are left alone."""

    spec: TopicSpec
    difference: Difference
    found: str
    wanted: str

    @property
    def is_left_alone(self) -> bool:
        """Whether `apply` does nothing about it."""
        return self.difference is Difference.HAS_MORE_PARTITIONS

    def __str__(self) -> str:
        """One line for the operator."""
        return f"{self.spec.topic}: {self.difference.value} (found {self.found}, wanted {self.wanted})"


class TopicsNotApplied(Exception):
    """The broker refused to make the topics as the catalogue wants them: the message names each, and its reason."""


class Admin(Protocol):
    """What is used of aiokafka's AIOKafkaAdminClient."""

    async def list_topics(self) -> list[str]: ...
    async def describe_topics(self, topics: list[str]) -> list[dict[str, Any]]: ...
    async def describe_configs(self, config_resources: list[ConfigResource]) -> list[Any]: ...
    async def create_topics(self, new_topics: list[NewTopic]) -> Any: ...  # noqa: ANN401 - aiokafka has no types for its answers
    async def create_partitions(self, topic_partitions: dict[str, NewPartitions]) -> Any: ...  # noqa: ANN401 - aiokafka has no types for its answers
    async def alter_configs(self, config_resources: list[ConfigResource]) -> list[Any]: ...


async def plan(admin: Admin, scale: Scale) -> list[TopicChange]:
    """What differs between broker and catalogue, in the catalogue's order; empty when nothing does."""
    # Asked first: to ask Tansu about a topic that does not exist creates it, with a number of partitions of its own.
    existing = set(await admin.list_topics())
    present = [spec for spec in CATALOGUE if spec.topic.value in existing]
    counts = await _partition_counts(admin, present)
    policies = await _cleanup_policies(admin, present)
    missing = [_missing(spec, scale) for spec in CATALOGUE if spec not in present]
    differing = [change for spec in present for change in _differences(spec, scale, counts, policies)]
    order = {spec.topic: position for position, spec in enumerate(CATALOGUE)}
    return sorted([*missing, *differing], key=lambda change: order[change.spec.topic])


async def apply(admin: Admin, scale: Scale) -> list[TopicChange]:
    """Make the broker agree with the catalogue and return what differed before. Doing it again changes nothing.

    Raises TopicsNotApplied: a broker that cannot be changed (Tansu adds no partitions) has to be made anew.
    """
    changes = await plan(admin, scale)
    by_difference = {
        difference: [change.spec for change in changes if change.difference is difference]
        for difference in Difference
    }
    await _create(admin, scale, by_difference[Difference.IS_MISSING])
    await _add_partitions(admin, scale, by_difference[Difference.HAS_FEWER_PARTITIONS])
    await _set_cleanup(admin, by_difference[Difference.IS_CLEANED_OTHERWISE])
    return changes


def _cleanup(spec: TopicSpec) -> str:
    return "compact" if spec.is_compacted else "delete"


def _missing(spec: TopicSpec, scale: Scale) -> TopicChange:
    wanted = f"{scale.partitions(spec)} partitions, {_cleanup(spec)}"
    return TopicChange(spec, Difference.IS_MISSING, "nothing", wanted)


def _differences(
    spec: TopicSpec, scale: Scale, counts: dict[str, int], policies: dict[str, str]
) -> Iterable[TopicChange]:
    found, wanted = counts[spec.topic.value], scale.partitions(spec)
    if found != wanted:
        fewer = found < wanted
        difference = Difference.HAS_FEWER_PARTITIONS if fewer else Difference.HAS_MORE_PARTITIONS
        yield TopicChange(spec, difference, str(found), str(wanted))
    policy = policies.get(spec.topic.value, "delete")
    if policy != _cleanup(spec):
        yield TopicChange(spec, Difference.IS_CLEANED_OTHERWISE, policy, _cleanup(spec))


async def _partition_counts(admin: Admin, specs: Sequence[TopicSpec]) -> dict[str, int]:
    if not specs:
        return {}
    described = await admin.describe_topics([spec.topic.value for spec in specs])
    return {topic["topic"]: len(topic["partitions"]) for topic in described}


async def _cleanup_policies(admin: Admin, specs: Sequence[TopicSpec]) -> dict[str, str]:
    if not specs:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, spec.topic.value) for spec in specs]
    answers = await admin.describe_configs(asked)
    return {
        name: entry[1]
        for answer in answers
        for _code, _message, _kind, name, entries, *_ in answer.resources
        for entry in entries
        if entry[0] == "cleanup.policy"
    }


async def _create(admin: Admin, scale: Scale, specs: Sequence[TopicSpec]) -> None:
    if not specs:
        return
    answer = await admin.create_topics(
        [
            NewTopic(
                spec.topic.value,
                scale.partitions(spec),
                scale.copies,
                topic_configs={"cleanup.policy": _cleanup(spec)},
            )
            for spec in specs
        ]
    )
    # Two processes may start at once; that the other one was first is what we wanted.
    harmless = {0, TopicAlreadyExistsError.errno}
    _refuse({name: code for name, code, *_ in answer.topic_errors if code not in harmless})


async def _add_partitions(admin: Admin, scale: Scale, specs: Sequence[TopicSpec]) -> None:
    if not specs:
        return
    answer = await admin.create_partitions(
        {spec.topic.value: NewPartitions(scale.partitions(spec)) for spec in specs}
    )
    _refuse({name: code for name, code, *_ in answer.topic_errors if code})


async def _set_cleanup(admin: Admin, specs: Sequence[TopicSpec]) -> None:
    if not specs:
        return
    answers = await admin.alter_configs(
        [
            ConfigResource(ConfigResourceType.TOPIC, spec.topic.value, {"cleanup.policy": _cleanup(spec)})
            for spec in specs
        ]
    )
    _refuse(
        {name: code for answer in answers for code, _message, _kind, name, *_ in answer.resources if code}
    )


def _refuse(codes: dict[str, int]) -> None:
    if codes:
        raise TopicsNotApplied(
            ", ".join(f"{name}: {for_code(code).__name__}" for name, code in codes.items())
        )
