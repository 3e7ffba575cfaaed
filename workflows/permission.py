"""Permission: role x act x area, denied by default. The one function that every door asks, and the engine again.

Down the tree may read, across may not, up only by report and escalation. Administrator, supervisor and auditor are
different people: none of them can do another's work, nor an officer's. A unit sees and answers its own commands. A
producer is no person: it reports within its bounds. The table is ours.
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.access import Act, Relation, Role, Someone
from models.areas import area_tree
from models.messages.report import Report
from models.producers import Producer
from models.vocabulary import Action

_HERE = frozenset({Relation.OWN})
_HERE_AND_BELOW = frozenset({Relation.OWN, Relation.BELOW})
# A worker at a border sees what happens next door: any area may be told about, and who told it is known.
_ANYWHERE = frozenset(Relation)

_DESK: Mapping[Act, frozenset[Relation]] = {
    Act.REPORT: _ANYWHERE,
    Act.READ_INCIDENTS: _HERE_AND_BELOW,
    Act.READ_PERSONAL_DATA: _HERE_AND_BELOW,
    Act.READ_COMMANDS: _HERE_AND_BELOW,
    Act.READ_APPRAISAL: _HERE_AND_BELOW,
    Act.HANDLE: _HERE_AND_BELOW,
    Act.SUPERVISE: _HERE_AND_BELOW,
    Act.EXPORT: _HERE_AND_BELOW,
}
_ALLOWED: Mapping[Role, Mapping[Act, frozenset[Relation]]] = MappingProxyType(
    {
        Role.GRID_WORKER: {Act.REPORT: _ANYWHERE},
        Role.UNIT: {Act.REPORT: _ANYWHERE, Act.READ_COMMANDS: _HERE, Act.ANSWER_COMMANDS: _HERE},
        Role.DUTY_OFFICER: _DESK,
        Role.COMMANDER: {**_DESK, Act.COMMAND: _HERE_AND_BELOW, Act.COUNTERSIGN: _HERE_AND_BELOW},
        Role.SUPERVISOR: {
            Act.READ_INCIDENTS: _HERE_AND_BELOW,
            Act.READ_COMMANDS: _HERE_AND_BELOW,
            Act.READ_APPRAISAL: _HERE_AND_BELOW,
            Act.SUPERVISE: _HERE_AND_BELOW,
            Act.EXPORT: _HERE_AND_BELOW,
        },
        Role.AUDITOR: {Act.READ_AUDIT: _HERE_AND_BELOW},
        Role.ADMINISTRATOR: {Act.MANAGE_ACCOUNTS: _HERE_AND_BELOW},
    }
)
_ACTS: Mapping[Action, Act] = MappingProxyType(
    dict.fromkeys(Action, Act.HANDLE)
    | {Action.REGRADE: Act.COMMAND, Action.EXTEND: Act.COMMAND, Action.SUPERVISE: Act.SUPERVISE}
)


def may(someone: Someone, act: Act, area_code: str) -> bool:
    """Whether this person may do this there. An area that never existed is denied."""
    return may_as(someone.role, someone.area_code, act, area_code)


def may_as(role: Role, node: str, act: Act, area_code: str) -> bool:
    """Whether somebody in this role, sitting at this node of the tree, may do this there."""
    return relation(node, area_code) in _ALLOWED[role].get(act, frozenset())


def has_say(node: str, area_code: str) -> bool:
    """Whether an area lies at or below a desk: all that can be asked of a decision that names no role."""
    return relation(node, area_code) in _HERE_AND_BELOW


def least_role(act: Act) -> Role:
    """The first role that is meant for this act: whose word it is when the installation itself decides."""
    return next(role for role in Role if act in _ALLOWED[role])


def may_produce(producer: Producer, act: Act, area_code: str) -> bool:
    """Whether this producer may do this there: it reports from its own node and below, and nothing else."""
    return act is Act.REPORT and relation(producer.area_code, area_code) in _HERE_AND_BELOW


def overstepped(producer: Producer, report: Report) -> str | None:
    """The first field of the report that this producer may not fill in so; None when the report is its to send."""
    if report.source_id not in producer.source_ids:
        return "source_id"
    if not may_produce(producer, Act.REPORT, report.area_code):
        return "area_code"
    return None if report.channel in producer.channels else "channel"


def act_of(action: Action) -> Act:
    """What an officer's decision asks for."""
    return _ACTS[action]


def relation(node: str, area_code: str) -> Relation:
    """How an area lies to a node. What is unknown lies across; a retired area lies where its successor does, too."""
    tree = area_tree()
    if node == area_code and node in tree:
        return Relation.OWN
    if tree.is_within(area_code, node):
        return Relation.BELOW
    return Relation.ABOVE if tree.is_within(node, area_code) else Relation.ACROSS
