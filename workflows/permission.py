"""Permission: role x act x area, denied by default. The one function that every door asks.

Down the tree may read, across may not, up only by report and escalation. Administrator, supervisor and auditor are
different people: none of them can do another's work, nor an officer's. A unit sees and answers its own commands. The
table is ours (`design.md` gives the principles).
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.access import Act, Relation, Role, Someone
from models.areas import area_tree
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
    return relation(someone.area_code, area_code) in _ALLOWED[someone.role].get(act, frozenset())


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
