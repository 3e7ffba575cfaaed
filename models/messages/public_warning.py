"""PublicWarning: what publishing systems tell the public (`public-warnings`, key: the first of area_codes)."""

from models.categories import Category
from models.messages.fields import (
    AreaCodeField,
    IdText,
    IncidentIdField,
    Moment,
    Outbound,
    Text,
    WarningIdField,
)
from models.vocabulary import MessageType, WarningColour, WarningStatus


class PublicWarning(Outbound):
    """One message of a chain; an update or cancel names those before it and never edits them."""

    warning_id: WarningIdField
    incident_id: IncidentIdField
    message_type: MessageType
    references: tuple[WarningIdField, ...] = ()
    status: WarningStatus
    colour: WarningColour
    category: Category
    headline_zh: Text
    description_zh: Text
    instruction_zh: Text | None = None
    area_codes: tuple[AreaCodeField, ...]
    effective: Moment
    expires: Moment
    sender_code: IdText
    cap_xml: str | None = None
