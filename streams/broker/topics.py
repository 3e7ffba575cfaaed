"""The topics as they must exist on the broker: partitions, copies, cleanup, and what a key means.

Their names are `models.topics.Topic`. `plan` compares the broker with this catalogue and says what differs, `apply`
makes it so. Partitions are only ever added, never taken away; nothing is deleted. Changing the number of partitions
moves keys to other partitions, so it is reported and done only where a person asked for it (`fenghuo topics`). Copies
are moved by Kafka's own tools: too few are named and left alone, and then fewer of them have to acknowledge.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from aiokafka.admin import NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from models.topics import Topic

# Where a setting comes from, in Kafka's protocol (ConfigSource): given to this topic itself, no default of the broker.
_SET_ON_THE_TOPIC = 1
# Else a machine with a wrong clock sends in vain: Kafka refuses what comes an hour from the future (decision 0025).
_STAMPED_BY_BROKERS = "LogAppendTime"


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

    @property
    def in_sync(self) -> int:
        """Copies that must have a message before it counts as written: with one broker lost all goes on."""
        return in_sync_of(self.copies)

    def partitions(self, spec: TopicSpec) -> int:
        """Partitions of this topic at this scale."""
        return spec.partitions_embedded if self is Scale.EMBEDDED else spec.partitions_production


def in_sync_of(copies: int) -> int:
    """How many of so many copies must acknowledge: two, unless then no broker might ever be away."""
    return min(2, max(1, copies - 1))


class Difference(StrEnum):
    """In what a topic on the broker differs from the catalogue."""

    IS_MISSING = "is missing"
    HAS_FEWER_PARTITIONS = "has fewer partitions"
    HAS_MORE_PARTITIONS = "has more partitions"
    HAS_FEWER_COPIES = "has fewer copies"
    IS_CLEANED_OTHERWISE = "is cleaned otherwise"
    IS_ACKNOWLEDGED_EARLY = "is acknowledged by too few copies"
    IS_STAMPED_BY_SENDERS = "is stamped by its senders"


_LEFT_ALONE = frozenset({Difference.HAS_MORE_PARTITIONS, Difference.HAS_FEWER_COPIES})
_BY_SETTINGS = (
    Difference.IS_CLEANED_OTHERWISE,
    Difference.IS_ACKNOWLEDGED_EARLY,
    Difference.IS_STAMPED_BY_SENDERS,
)


@dataclass(frozen=True, slots=True)
class TopicChange:
    """One difference: what the broker has, what the catalogue wants."""

    spec: TopicSpec
    difference: Difference
    found: str
    wanted: str

    @property
    def is_left_alone(self) -> bool:
        """Whether `apply` does nothing about it: nothing is taken away, and copies are Kafka's to move."""
        return self.difference in _LEFT_ALONE

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


@dataclass(frozen=True, slots=True)
class _Found:
    """One topic as the broker has it; `kept` is every setting that somebody gave this topic itself."""

    partitions: int
    copies: int
    cleanup: str
    in_sync: int
    stamp: str
    kept: dict[str, str]


async def plan(admin: Admin, scale: Scale) -> list[TopicChange]:
    """What differs between broker and catalogue, in the catalogue's order; empty when nothing does."""
    found = await _found(admin)
    return [change for spec in CATALOGUE for change in _differences(spec, scale, found.get(spec.topic))]


async def apply(admin: Admin, scale: Scale) -> list[TopicChange]:
    """Make the broker agree with the catalogue and return what differed before. Doing it again changes nothing.

    Raises TopicsNotApplied: a broker that cannot be changed (Tansu adds no partitions) has to be made anew.
    """
    found = await _found(admin)
    changes = [change for spec in CATALOGUE for change in _differences(spec, scale, found.get(spec.topic))]
    by_difference = {
        difference: [change.spec for change in changes if change.difference is difference]
        for difference in Difference
    }
    await _create(admin, scale, by_difference[Difference.IS_MISSING])
    await _add_partitions(admin, scale, by_difference[Difference.HAS_FEWER_PARTITIONS])
    of_other_settings = {spec.topic: spec for one in _BY_SETTINGS for spec in by_difference[one]}
    await _set(admin, scale, {spec: found[spec.topic] for spec in of_other_settings.values()})
    return changes


def _cleanup(spec: TopicSpec) -> str:
    return "compact" if spec.is_compacted else "delete"


def _differences(spec: TopicSpec, scale: Scale, found: _Found | None) -> Iterable[TopicChange]:
    wanted = scale.partitions(spec)
    if found is None:
        wanted_at_all = f"{wanted} partitions, {_cleanup(spec)}"
        yield TopicChange(spec, Difference.IS_MISSING, "nothing", wanted_at_all)
        return
    if found.partitions != wanted:
        fewer = found.partitions < wanted
        difference = Difference.HAS_FEWER_PARTITIONS if fewer else Difference.HAS_MORE_PARTITIONS
        yield TopicChange(spec, difference, str(found.partitions), str(wanted))
    if found.copies < scale.copies:
        yield TopicChange(spec, Difference.HAS_FEWER_COPIES, str(found.copies), str(scale.copies))
    if found.cleanup != _cleanup(spec):
        yield TopicChange(spec, Difference.IS_CLEANED_OTHERWISE, found.cleanup, _cleanup(spec))
    in_sync = min(scale.in_sync, in_sync_of(found.copies))
    if found.in_sync < in_sync:
        yield TopicChange(spec, Difference.IS_ACKNOWLEDGED_EARLY, str(found.in_sync), str(in_sync))
    if scale is Scale.PRODUCTION and found.stamp != _STAMPED_BY_BROKERS:
        yield TopicChange(spec, Difference.IS_STAMPED_BY_SENDERS, found.stamp, _STAMPED_BY_BROKERS)


async def _found(admin: Admin) -> dict[Topic, _Found]:
    # Asked first: to ask Tansu about a topic that does not exist creates it, with a number of partitions of its own.
    existing = set(await admin.list_topics())
    present = [spec.topic for spec in CATALOGUE if spec.topic.value in existing]
    if not present:
        return {}
    described = {one["topic"]: one["partitions"] for one in await admin.describe_topics(_names(present))}
    entries = await _entries(admin, present)
    return {topic: _as_found(described[topic.value], entries.get(topic.value, [])) for topic in present}


def _as_found(partitions: list[dict[str, Any]], entries: Iterable[Sequence[Any]]) -> _Found:
    entries = list(entries)
    values = {entry[0]: entry[1] for entry in entries}
    return _Found(
        partitions=len(partitions),
        copies=min((len(partition["replicas"]) for partition in partitions), default=0),
        cleanup=values.get("cleanup.policy") or "delete",
        in_sync=int(values.get("min.insync.replicas") or 1),
        stamp=values.get("message.timestamp.type") or "CreateTime",
        kept={entry[0]: entry[1] for entry in entries if entry[3] == _SET_ON_THE_TOPIC},
    )


async def _entries(admin: Admin, present: Sequence[Topic]) -> dict[str, Any]:
    answers = await admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in _names(present)]
    )
    return {
        name: entries for answer in answers for _code, _message, _kind, name, entries, *_ in answer.resources
    }


def _names(present: Iterable[Topic]) -> list[str]:
    return [topic.value for topic in present]


async def _create(admin: Admin, scale: Scale, specs: Sequence[TopicSpec]) -> None:
    if not specs:
        return
    answer = await admin.create_topics(
        [
            NewTopic(
                spec.topic.value,
                scale.partitions(spec),
                scale.copies,
                topic_configs=_settings(spec, scale, scale.copies),
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


def _settings(spec: TopicSpec, scale: Scale, copies: int) -> dict[str, str]:
    wanted = {"cleanup.policy": _cleanup(spec)}
    if (in_sync := in_sync_of(copies)) > 1:
        wanted["min.insync.replicas"] = str(in_sync)
    if scale is Scale.PRODUCTION:
        wanted["message.timestamp.type"] = _STAMPED_BY_BROKERS
    return wanted


async def _set(admin: Admin, scale: Scale, found: Mapping[TopicSpec, _Found]) -> None:
    if not found:
        return
    # XXX This request sets a topic's settings whole: what it leaves out (an operator's retention) falls back to the
    # broker's default, and nobody notices before old records are gone. So what is kept goes along.
    answers = await admin.alter_configs(
        [
            ConfigResource(
                ConfigResourceType.TOPIC, spec.topic.value, {**one.kept, **_settings(spec, scale, one.copies)}
            )
            for spec, one in found.items()
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
