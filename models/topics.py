"""The names of the topics, which are the public contract. Partitions and cleanup live in `streams.broker.topics`."""

from enum import StrEnum

from models.vocabulary import Stage


class Topic(StrEnum):
    """Every topic that Fenghuo reads or writes."""

    REPORTS = "reports"
    REPORTS_URGENT = "reports-urgent"
    REPORT_RECEIPTS = "report-receipts"
    DECISIONS = "decisions"
    DISPOSAL_FEEDBACK = "disposal-feedback"
    STAGE_VERIFICATION = "stage-verification"
    STAGE_ASSESSMENT = "stage-assessment"
    STAGE_DISPOSAL = "stage-disposal"
    STAGE_FOLLOW_UP = "stage-follow-up"
    DISPOSAL_COMMANDS = "disposal-commands"
    PUBLIC_WARNINGS = "public-warnings"
    INCIDENT_EVENTS = "incident-events"
    RATINGS = "ratings"
    HEAT_RANKINGS = "heat-rankings"
    DEAD_LETTERS = "dead-letters"


HAND_OVER_TOPIC: dict[Stage, Topic] = {
    Stage.VERIFICATION: Topic.STAGE_VERIFICATION,
    Stage.ASSESSMENT: Topic.STAGE_ASSESSMENT,
    Stage.DISPOSAL: Topic.STAGE_DISPOSAL,
    Stage.FOLLOW_UP: Topic.STAGE_FOLLOW_UP,
    # Perception reads reports, not hand-overs: its deadlines travel with verification's.
    Stage.PERCEPTION: Topic.STAGE_VERIFICATION,
}
STAGE_OF_HAND_OVER: dict[Topic, Stage] = {
    topic: stage for stage, topic in HAND_OVER_TOPIC.items() if stage is not Stage.PERCEPTION
}
ENGINE_READ: frozenset[Topic] = frozenset(
    {Topic.REPORTS, Topic.REPORTS_URGENT, Topic.DECISIONS, Topic.DISPOSAL_FEEDBACK, *STAGE_OF_HAND_OVER}
)
