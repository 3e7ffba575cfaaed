"""The closed sets of the trade: every word that is a value on a topic, in a table or in the API.

Only words live here, one line of meaning each; numbers an authority may set are in the rulebook, categories of
events in `models.categories`, departments in `models.units`. The glossary is in `deploy/docs/glossary.md`.
"""

from enum import StrEnum


class Channel(StrEnum):
    """The way a report reached us; trust is given per channel by the rulebook."""

    GRID = "grid"  # 网格员 a grid worker's own observation
    POLICE = "110"  # 110 police emergency line
    FIRE = "119"  # 119 fire and rescue line
    MEDICAL = "120"  # 120 medical emergency line
    HOTLINE = "12345"  # 12345 government hotline
    SENSOR = "sensor"  # 感知设备 an instrument
    DEPARTMENT = "department"  # 部门 a department's own system
    MEDIA = "media"  # 媒体 press or social media
    OTHER = "other"  # anything else

    @property
    def is_emergency_call(self) -> bool:
        """Calls of 110, 119 and 120 take the urgent lane."""
        return self in (Channel.POLICE, Channel.FIRE, Channel.MEDICAL)


class ReportKind(StrEnum):
    """Where a report stands in its source's own sequence."""

    INITIAL = "initial"  # 初报
    FOLLOW_UP = "follow_up"  # 续报
    FINAL = "final"  # 终报


class Nature(StrEnum):
    """Both halves of the scope: what has happened and what could."""

    EMERGENCY = "emergency"  # 突发事件
    HAZARD = "hazard"  # 风险隐患


class Claim(StrEnum):
    """Whether the reporter says that the event is real."""

    AFFIRM = "affirm"
    DENY = "deny"


class CoordinateSystem(StrEnum):
    """The datum of a position; GCJ02 differs from CGCS2000 by up to about 0.5 km."""

    CGCS2000 = "CGCS2000"
    WGS84 = "WGS84"
    GCJ02 = "GCJ02"


class Status(StrEnum):
    """状态: whether the incident still asks for work. Only `merged` absorbs."""

    OPEN = "open"
    CLOSED = "closed"  # 办结
    REJECTED = "rejected"  # the verdict was false
    MERGED = "merged"  # lives on in another incident


class Verdict(StrEnum):
    """核实结论."""

    UNVERIFIED = "unverified"
    TRUE = "true"
    FALSE = "false"
    UNCLEAR = "unclear"


class Stage(StrEnum):
    """环节(五): where the main line of the incident stands."""

    PERCEPTION = "perception"  # 感知上报
    VERIFICATION = "verification"  # 信息核准
    ASSESSMENT = "assessment"  # 研判预警
    DISPOSAL = "disposal"  # 协同处置
    FOLLOW_UP = "follow_up"  # 跟踪落实


class Step(StrEnum):
    """环节(十二): the twelve steps. The source names their number, not their list; the list is ours."""

    INTAKE = "intake"
    FUSION = "fusion"
    DIRECT_REPORT = "direct_report"
    ASSIGN = "assign"
    CHECK = "check"
    CONFIRM = "confirm"
    GRADE = "grade"
    WARN = "warn"
    COMMAND = "command"
    RESPOND = "respond"
    SUPERVISE = "supervise"
    CLOSE_AND_REVIEW = "close_and_review"


STEPS_OF_STAGE: dict[Stage, tuple[Step, ...]] = {
    Stage.PERCEPTION: (Step.INTAKE, Step.FUSION, Step.DIRECT_REPORT),
    Stage.VERIFICATION: (Step.ASSIGN, Step.CHECK, Step.CONFIRM),
    Stage.ASSESSMENT: (Step.GRADE, Step.WARN),
    Stage.DISPOSAL: (Step.COMMAND, Step.RESPOND),
    Stage.FOLLOW_UP: (Step.SUPERVISE, Step.CLOSE_AND_REVIEW),
}
STAGE_OF_STEP: dict[Step, Stage] = {step: stage for stage, steps in STEPS_OF_STAGE.items() for step in steps}


class Tier(StrEnum):
    """层级: tiers of command. Communities and grids lie below as places, not as tiers."""

    CITY = "city"  # 市
    DISTRICT = "district"  # 区县
    TOWNSHIP = "township"  # 镇街

    @property
    def above(self) -> "Tier | None":
        """The next tier up; None above the city."""
        return {Tier.TOWNSHIP: Tier.DISTRICT, Tier.DISTRICT: Tier.CITY}.get(self)


class Level(StrEnum):
    """级别: how severe an incident is, I worst. Compare by `severity`, never by the word."""

    I = "I"  # 特别重大  # noqa: E741 - the statutory name of the level
    II = "II"  # 重大
    III = "III"  # 较大
    IV = "IV"  # 一般

    @property
    def severity(self) -> int:
        """4 for level I down to 1 for level IV, so that greater is worse."""
        return {"I": 4, "II": 3, "III": 2, "IV": 1}[self.value]


class WarningColour(StrEnum):
    """预警颜色: the statutory colours of a warning, never those of a rating."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class RatingColour(StrEnum):
    """五色评级: the colours of how well an area or unit works, never those of a warning."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class SubjectKind(StrEnum):
    """What a rating is about."""

    AREA = "area"
    UNIT = "unit"


class ReceiptOutcome(StrEnum):
    """What became of a report."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    ID_CONFLICT = "id_conflict"
    CLOSED = "closed"


class Action(StrEnum):
    """What an officer may decide about an incident."""

    ACKNOWLEDGE = "acknowledge"
    VERIFY = "verify"
    REGRADE = "regrade"
    RELEASE = "release"
    RETRACT = "retract"
    MERGE = "merge"
    SPLIT = "split"
    ESCALATE = "escalate"
    SUPERVISE = "supervise"
    EXTEND = "extend"
    CLOSE = "close"
    REOPEN = "reopen"


class FeedbackKind(StrEnum):
    """What a unit says about a command."""

    RECEIVED = "received"  # its system has it; nobody has signed yet
    ACKNOWLEDGED = "acknowledged"  # 签收 a named person has it
    REFUSED = "refused"
    PROGRESS = "progress"
    DONE = "done"


class CommandKind(StrEnum):
    """An order, or the taking back of one."""

    ORDER = "order"
    RETRACTION = "retraction"


class CommandRole(StrEnum):
    """牵头 or 配合."""

    LEAD = "lead"
    SUPPORT = "support"


class CommandStatus(StrEnum):
    """Where one command stands between its issue and its end."""

    ISSUED = "issued"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    REFUSED = "refused"  # even the city's unit will not: a red alarm stands until somebody takes it back
    ESCALATED = "escalated"  # ended: silent or refused, the next tier has a command of its own
    RETRACTED = "retracted"

    @property
    def awaits_acknowledgement(self) -> bool:
        """No named person has it yet, and it still stands."""
        return self in (CommandStatus.ISSUED, CommandStatus.RECEIVED)

    @property
    def is_live(self) -> bool:
        """The unit still owes something: an acknowledgement or the work."""
        return self.awaits_acknowledgement or self is CommandStatus.ACKNOWLEDGED


class DeadlineKind(StrEnum):
    """What happens when a durable clock passes."""

    STEP = "step"  # a step is overdue: its owner climbs a tier
    ACKNOWLEDGE = "acknowledge"  # a command has no named acknowledgement: it climbs a tier
    COMPLETE = "complete"  # a command is not done: supervision
    FUSION_CHECK = "fusion_check"  # look for a twin opened elsewhere meanwhile


class MessageType(StrEnum):
    """PublicWarning's place in its chain."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


class WarningStatus(StrEnum):
    """An exercise can never leave as actual."""

    ACTUAL = "actual"
    EXERCISE = "exercise"


class Role(StrEnum):
    """What somebody is, at one node of the area tree. One person has one role."""

    GRID_WORKER = "grid_worker"  # 网格员: reports
    UNIT = "unit"  # 处置单位: has commands
    DUTY_OFFICER = "duty_officer"  # 值班员: verifies, releases, closes
    COMMANDER = "commander"  # 指挥长: a duty officer who may regrade and countersign
    SUPERVISOR = "supervisor"  # 督查: looks on and chases
    AUDITOR = "auditor"  # 审计: reads who did what
    ADMINISTRATOR = "administrator"  # 系统管理: accounts and keys, and nothing of the trade


class ProposalState(StrEnum):
    """How a decision stands that takes two persons."""

    WAITING = "waiting"
    COUNTERSIGNED = "countersigned"  # it went in; what became of it is the decision's outcome
    DECLINED = "declined"
    EXPIRED = "expired"  # nobody answered in time; never written down, since nobody has to do it


class ActorKind(StrEnum):
    """Who made an event happen."""

    RULE = "rule"
    OFFICER = "officer"
    UNIT = "unit"
    REPORTER = "reporter"
    CLOCK = "clock"


class HandOverType(StrEnum):
    """Why a stage is called upon."""

    ENTERED = "entered"
    DEADLINE_PASSED = "deadline_passed"
    NOTIFIED = "notified"


class DeadLetterReason(StrEnum):
    """Why a message could not be handled: the closed list that dashboards count."""

    UNREADABLE = "unreadable"  # not JSON, not UTF-8, not an object
    OVERSIZED = "oversized"
    UNSUPPORTED_VERSION = "unsupported_version"  # newer than we know: retry after the upgrade
    INVALID = "invalid"  # a field breaks the contract
    ID_CONFLICT = "id_conflict"  # the same id with other content
    UNKNOWN_AREA = "unknown_area"  # an area code that never existed
    UNKNOWN_INCIDENT = "unknown_incident"
    UNKNOWN_COMMAND = "unknown_command"
    OUT_OF_WINDOW = "out_of_window"  # a time outside the sane window
    STORAGE_REFUSED = "storage_refused"  # the database refused this row and no other of its batch
    DEFECT = "defect"  # our own bug on this message: kept, alarmed, retryable
    # The last five are of decisions and feedback (`streams.processing.vouching`).
    UNSIGNED = "unsigned"  # no signature, where nothing unsigned is trusted
    UNKNOWN_KEY = "unknown_key"  # signed with a key that is not in the keyring: retry once it is
    BAD_SIGNATURE = "bad_signature"  # not the signature of these bytes under that key
    EXPIRED_KEY = "expired_key"  # the key is not valid any more, or not yet
    BEYOND_KEY = "beyond_key"  # well signed, by a key that may not speak for this role or area
