"""Access: who people are to this program, and what can be asked of it.

Only shapes and words; what each role may do stands in `workflows.permission`.
"""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from models.identifiers import UnitCode
from models.messages.fields import AreaCodeField, IdText, ShortText, UnitCodeField, Value
from models.vocabulary import Role

__all__ = ["Act", "Relation", "Role", "Someone"]


class Act(StrEnum):
    """What can be asked. An officer's decisions are acts of their own (`workflows.permission.act_of`)."""

    REPORT = "report"
    READ_INCIDENTS = "read_incidents"
    READ_PERSONAL_DATA = "read_personal_data"
    READ_COMMANDS = "read_commands"
    ANSWER_COMMANDS = "answer_commands"
    READ_APPRAISAL = "read_appraisal"
    HANDLE = "handle"  # acknowledge, verify, release, retract, escalate, merge, split, close, reopen
    SUPERVISE = "supervise"
    COMMAND = "command"  # regrade, extend
    COUNTERSIGN = "countersign"
    EXPORT = "export"
    READ_AUDIT = "read_audit"
    MANAGE_ACCOUNTS = "manage_accounts"


class Relation(StrEnum):
    """How the area that is asked about lies to the person's node of the tree."""

    OWN = "own"
    BELOW = "below"
    ABOVE = "above"
    ACROSS = "across"


class Someone(Value):
    """A person who has shown who they are. A unit's person has the unit's code, whose area is the node."""

    person_id: IdText
    name: ShortText
    role: Role
    area_code: AreaCodeField
    unit_code: UnitCodeField | None = None

    @model_validator(mode="after")
    def _a_unit_has_its_code(self) -> Self:
        if (self.role is Role.UNIT) != (self.unit_code is not None):
            raise ValueError("unit_code is given for the role unit and for no other")
        if self.unit_code is not None and not self.unit_code.startswith(f"{self.area_code}:"):
            raise ValueError("area_code is that of the unit")
        return self

    def is_of(self, unit_code: UnitCode) -> bool:
        """This person answers for that unit."""
        return self.unit_code == unit_code
