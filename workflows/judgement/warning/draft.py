"""Draft: everything that one message is made from, before it has words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.areas import area_tree
from models.categories import Category
from models.identifiers import AreaCode
from models.units import Department, Unit, parse_unit, unit_code
from models.vocabulary import MessageType, WarningColour
from workflows.incident import Incident
from workflows.judgement.warning.subject import Subject, subject_of
from workflows.rulebook import Rulebook


class Ending(StrEnum):
    """Why a warning is taken back."""

    FALSE = "false"
    CLOSED = "closed"
    MERGED = "merged"
    NO_COLOUR = "no_colour"  # the event turned out to be of a class or level that has none


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be; `now` is in whole seconds, since both renderings write no more."""

    incident: Incident
    rules: Rulebook
    message_type: MessageType
    now: datetime
    colour: WarningColour
    category: Category
    area_codes: tuple[AreaCode, ...]
    ending: Ending | None = None

    @property
    def expires(self) -> datetime:
        """Until when it holds; a cancel is shown as long as somebody may still hold what it takes back."""
        return self.now + timedelta(seconds=self.rules.warning.valid_for_seconds)

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return subject_of(self.category, self.incident.nature, self.incident.title)

    @property
    def place_zh(self) -> str:
        """The name of the area that is warned."""
        return area_tree().full_name_zh(self.area_codes[0])

    @property
    def issuer(self) -> Unit:
        """Emergency management of the district, or of the city where no district is known."""
        place = self.incident.place
        return parse_unit(unit_code(place.district_code or place.city_code, Department.EMERGENCY))
