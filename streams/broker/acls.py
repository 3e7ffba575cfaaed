"""Who may do what on Kafka: one catalogue of rights beside that of the topics, and making a cluster agree with it.

Rights fence what no signature covers. Hand-overs (`stage-*`) are not signed: whoever could write them could let a clock
pass that has not, so only the engine can. A right is on a whole topic; Kafka cannot tell the keys in it apart
(deploy/docs/kafka.md says what follows for units). Rights are only ever added; one too many is named, for a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest, DescribeAclsRequest

from models.topics import ENGINE_READ, Topic


class Scope(StrEnum):
    """What somebody on Kafka is there for: first what is ours, then who comes from outside."""

    GATEWAY = "gateway"
    ENGINE = "engine"
    MONITORING = "monitoring"  # sees figures (lag, partitions), and no message
    REPORTER = "reporter"
    UNIT = "unit"
    DEPARTMENT = "department"
    PUBLISHER = "publisher"
    DATA_TEAM = "data_team"


class Resource(StrEnum):
    """What a right is on."""

    TOPIC = "topic"
    GROUP = "group"


class Operation(StrEnum):
    """What it allows. To read or write includes to describe."""

    READ = "read"
    WRITE = "write"
    DESCRIBE = "describe"
    DESCRIBE_CONFIGS = "describe_configs"


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One thing that one principal may do. `is_prefix`: on everything whose name begins so."""

    principal: str
    resource: Resource
    name: str
    operation: Operation
    is_prefix: bool = False

    def __str__(self) -> str:
        """One line for the operator."""
        name = f"{self.name}*" if self.is_prefix else self.name
        return f"{self.principal} may {self.operation.value} {self.resource.value} {name}"


INTAKE = (Topic.REPORTS, Topic.REPORTS_URGENT, Topic.DECISIONS, Topic.DISPOSAL_FEEDBACK)
_SCREEN = (Topic.INCIDENT_EVENTS, Topic.HEAT_RANKINGS, Topic.RATINGS)

WRITES: Mapping[Scope, tuple[Topic, ...]] = {
    Scope.GATEWAY: INTAKE,
    # Intake too: what a gateway wrote down and could not publish, and what a lost topic must be given again, the
    # engine publishes (`streams/store/outbox.py`).
    Scope.ENGINE: tuple(Topic),
    Scope.REPORTER: (Topic.REPORTS, Topic.REPORTS_URGENT),
    Scope.UNIT: (Topic.DISPOSAL_FEEDBACK,),
    Scope.DEPARTMENT: (Topic.DECISIONS,),
}
READS: Mapping[Scope, tuple[Topic, ...]] = {
    Scope.GATEWAY: _SCREEN,
    # Its own log too: at start it is compared with the database (`streams/reconcile`).
    Scope.ENGINE: tuple(topic for topic in Topic if topic in ENGINE_READ or topic is Topic.INCIDENT_EVENTS),
    Scope.REPORTER: (Topic.REPORT_RECEIPTS,),
    Scope.UNIT: (Topic.DISPOSAL_COMMANDS,),
    Scope.DEPARTMENT: (Topic.INCIDENT_EVENTS,),
    Scope.PUBLISHER: (Topic.PUBLIC_WARNINGS,),
    Scope.DATA_TEAM: _SCREEN,
}
# Who compares the topics with their catalogue.
_LOOKS_AT_TOPICS = (Scope.ENGINE, Scope.MONITORING)
# Who reads in groups of their own, named `<principal>.<anything>`.
_OWN_GROUPS = (Scope.REPORTER, Scope.UNIT, Scope.DEPARTMENT, Scope.PUBLISHER, Scope.DATA_TEAM)

PROGRAM: Mapping[str, Scope] = {
    f"fenghuo-{scope.value}": scope for scope in (Scope.GATEWAY, Scope.ENGINE, Scope.MONITORING)
}


def rights_of(principal: str, scope: Scope, consumer_group: str) -> list[Right]:
    """Everything that this principal may do; `consumer_group` is the engine's."""
    topics = [
        *((topic, Operation.WRITE) for topic in WRITES.get(scope, ())),
        *((topic, Operation.READ) for topic in READS.get(scope, ())),
        *((topic, one) for topic in _looked_at(scope) for one in _LOOKING),
    ]
    rights = [Right(principal, Resource.TOPIC, topic.value, operation) for topic, operation in topics]
    if scope is Scope.ENGINE:
        rights.append(Right(principal, Resource.GROUP, consumer_group, Operation.READ))
    if scope is Scope.MONITORING:
        rights.append(Right(principal, Resource.GROUP, consumer_group, Operation.DESCRIBE))
    if scope in _OWN_GROUPS:
        # The dot keeps `unit-nanan` out of the groups of `unit-nanan-fire`.
        rights.append(Right(principal, Resource.GROUP, f"{principal}.", Operation.READ, is_prefix=True))
    return rights


_LOOKING = (Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS)


def _looked_at(scope: Scope) -> tuple[Topic, ...]:
    return tuple(Topic) if scope in _LOOKS_AT_TOPICS else ()


@dataclass(frozen=True, slots=True)
class Rights:
    """How a cluster differs from the catalogue, of the principals that were asked about."""

    missing: tuple[Right, ...]
    too_many: tuple[Right, ...]


class RightsNotApplied(Exception):
    """The cluster refused: the message says why. Usually who asks is no super user, or nothing authorizes there."""


class Admin(Protocol):
    """What is used of aiokafka's AIOKafkaAdminClient; it has the requests and no method for them."""

    async def _send_request(self, request: object, node_id: int | None = None) -> Any: ...  # noqa: ANN401 - aiokafka has no types for its answers


async def plan(admin: Admin, scopes: Mapping[str, Scope], consumer_group: str) -> Rights:
    """What these principals lack and what they have too much of. Raises RightsNotApplied."""
    missing: list[Right] = []
    too_many: list[Right] = []
    for principal, scope in scopes.items():
        wanted = rights_of(principal, scope, consumer_group)
        found = await _found(admin, principal)
        missing += [right for right in wanted if right not in found]
        too_many += [right for right in sorted(found) if right not in wanted]
    return Rights(tuple(missing), tuple(too_many))


async def apply(admin: Admin, scopes: Mapping[str, Scope], consumer_group: str) -> Rights:
    """Add what is missing; return what differed before. Doing it again is harmless. Raises RightsNotApplied."""
    found = await plan(admin, scopes, consumer_group)
    for right in found.missing:
        answer = await admin._send_request(CreateAclsRequest(*_codes(right), _ALLOW))
        _refuse([code for code, _ in answer.creation_responses])
    return found


_ANY, _ALLOW = 1, 3
_RESOURCE_CODES = {Resource.TOPIC: 2, Resource.GROUP: 3}
_OPERATION_CODES = {
    Operation.READ: 3,
    Operation.WRITE: 4,
    Operation.DESCRIBE: 8,
    Operation.DESCRIBE_CONFIGS: 10,
}
_LITERAL, _PREFIXED = 3, 4
_RESOURCES = {code: resource for resource, code in _RESOURCE_CODES.items()}
_OPERATIONS = {code: operation for operation, code in _OPERATION_CODES.items()}


def _codes(right: Right) -> tuple[int, str, int, str, str, int]:
    pattern = _PREFIXED if right.is_prefix else _LITERAL
    resource, operation = _RESOURCE_CODES[right.resource], _OPERATION_CODES[right.operation]
    return resource, right.name, pattern, f"User:{right.principal}", "*", operation


async def _found(admin: Admin, principal: str) -> set[Right]:
    request = DescribeAclsRequest(_ANY, None, _ANY, f"User:{principal}", None, _ANY, _ANY)
    answer = await admin._send_request(request)
    _refuse([answer.error_code])
    return {
        Right(principal, _RESOURCES[kind], name, _OPERATIONS[operation], is_prefix=pattern == _PREFIXED)
        for kind, name, pattern, entries in answer.resources
        for _principal, _host, operation, permission in entries
        # What this catalogue has no word for (another kind of resource, a denial) is none of its business.
        if permission == _ALLOW and kind in _RESOURCES and operation in _OPERATIONS
    }


def _refuse(codes: Sequence[int]) -> None:
    refused = {for_code(code).__name__ for code in codes if code}
    if refused:
        raise RightsNotApplied(", ".join(sorted(refused)))


def table(scopes: Iterable[Scope] = Scope) -> list[tuple[str, str, str, str, str]]:
    """Scope, principal, resource, name, operation of every right, for a document; an outsider's name is `<scope>`."""
    names = {scope: name for name, scope in PROGRAM.items()}
    return [
        (
            scope.value,
            right.principal,
            right.resource.value,
            right.name + ("*" if right.is_prefix else ""),
            right.operation.value,
        )
        for scope in scopes
        for right in rights_of(names.get(scope, f"<{scope.value}>"), scope, "fenghuo")
    ]
