"""PublicWarning: what publishing systems tell the public (`public-warnings`, key: the first of area_codes).

Its values follow the national rules: `warning_id` is the identifier of 31 characters, of which the first 14 are the
sender's code, and the second rendering, CAP 1.2, rides along in `cap_xml`. How both are made is
`workflows.judgement.warning`'s; what may never be made at all is refused here, whoever makes it.
"""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from models.categories import Category
from models.identifiers import WarningId
from models.messages.fields import AreaCodeField, IncidentIdField, Moment, Outbound, Text
from models.vocabulary import MessageType, WarningColour, WarningStatus

EXERCISE_MARK_ZH = "【演练】"
NATIONAL_WORD_OF_STATUS = {WarningStatus.ACTUAL: "Actual", WarningStatus.EXERCISE: "Exercise"}

SENDER_PATTERN = r"^[0-9A-Z]{14}$"
IDENTIFIER_PATTERN = r"^[0-9A-Z]{14}_[0-9]{14}_[0-9]$"
IdentifierField = Annotated[
    WarningId,
    StringConstraints(pattern=IDENTIFIER_PATTERN),
    Field(description="sender's code, second in Beijing time, number within that second"),
]


class PublicWarning(Outbound):
    """One message of a chain; an update or cancel names those before it and never edits them.

    Refused (ValueError, a bug of the maker): an exercise whose headline or CAP could be taken for the real thing, or
    the reverse; a chain that does not name what it changes; a validity that ends before it begins.
    """

    warning_id: IdentifierField
    incident_id: IncidentIdField
    """what is warned of"""
    message_type: MessageType
    """the first of a chain, or what changes or ends it"""
    references: tuple[IdentifierField, ...] = ()
    """warning_ids of the chain so far, its alert and at most the latest twenty after it; none in an alert"""
    status: WarningStatus
    """an exercise is published nowhere as the real thing"""
    colour: WarningColour
    """of the four colours, red the gravest"""
    category: Category
    """of the incident"""
    headline_zh: Text
    """one line, begins with 【演练】 in an exercise and only there"""
    description_zh: Text
    """what happened or is expected"""
    instruction_zh: Text | None = None
    """what people are to do"""
    area_codes: Annotated[tuple[AreaCodeField, ...], Field(min_length=1)]
    """whom it concerns"""
    effective: Moment
    """from when it holds"""
    expires: Moment
    """until when it holds"""
    sender_code: Annotated[
        str, Field(pattern=SENDER_PATTERN, description="region 6, agency 3, inner unit 3, extension 2")
    ]
    cap_xml: Text | None = None
    """the same as a CAP message"""

    @model_validator(mode="after")
    def _never_taken_for_the_other(self) -> Self:
        is_exercise = self.status is WarningStatus.EXERCISE
        if self.headline_zh.startswith(EXERCISE_MARK_ZH) is not is_exercise:
            raise ValueError(f"a headline begins with {EXERCISE_MARK_ZH} in an exercise, and only there")
        if self.cap_xml is not None:
            # Texts are escaped there, so that none of them can hold a second status.
            stated = [word for word in NATIONAL_WORD_OF_STATUS.values() if _in_cap(word) in self.cap_xml]
            if stated != [NATIONAL_WORD_OF_STATUS[self.status]]:
                raise ValueError(f"the CAP message says {stated}, the warning {self.status.value}")
        return self

    @model_validator(mode="after")
    def _is_a_link_of_its_chain(self) -> Self:
        if bool(self.references) is (self.message_type is MessageType.ALERT):
            raise ValueError("an update or cancel names the messages before it, an alert names none")
        if not self.warning_id.startswith(self.sender_code):
            raise ValueError("the identifier begins with the sender's code")
        if self.expires <= self.effective:
            raise ValueError("a warning ends after it begins")
        return self


def _in_cap(word: str) -> str:
    return f"<status>{word}</status>"
