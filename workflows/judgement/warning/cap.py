"""CAP: a warning as a Common Alerting Protocol 1.2 message.

Source: OASIS Standard CAP 1.2 of 2010-07-01; `tests` hold every message to its schema. The order of elements is the
schema's. Sender, identifier, times and words come from the national form, so that both renderings name one thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from models.areas import area_tree
from models.categories import Category
from models.messages.public_warning import PublicWarning
from models.vocabulary import WarningStatus
from workflows.judgement.warning.bearing import SEVERITY_OF_COLOUR, Bearing
from workflows.judgement.warning.guidance import Response
from workflows.judgement.warning.national import NationalForm, Reference, national_form
from workflows.judgement.warning.subject import Subject
from workflows.judgement.warning.wording import Words

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'  # what is published is UTF-8
_EXERCISE_NOTE = "应急演练，不是真实预警。This is an exercise, not a real warning."
_DISTRICT_DIGITS = 6

# CAP's closed list of categories, by ours. Floods are meteorological there, landslides geophysical.
CAP_CATEGORY: Mapping[Category, str] = {
    Category.FLOOD: "Met",
    Category.DROUGHT: "Met",
    Category.WEATHER: "Met",
    Category.EARTHQUAKE: "Geo",
    Category.GEOLOGICAL: "Geo",
    Category.OCEAN: "Met",
    Category.BIOLOGICAL: "Env",
    Category.FOREST_FIRE: "Fire",
    Category.NATURE_OTHER: "Other",
    Category.INDUSTRIAL: "Safety",
    Category.ROAD_TRAFFIC: "Transport",
    Category.TRANSPORT: "Transport",
    Category.FIRE: "Fire",
    Category.GAS: "Safety",
    Category.PUBLIC_FACILITY: "Infra",
    Category.NUCLEAR_RADIATION: "CBRNE",
    Category.ENVIRONMENT: "Env",
    Category.ACCIDENT_OTHER: "Safety",
    Category.EPIDEMIC: "Health",
    Category.UNEXPLAINED_ILLNESS: "Health",
    Category.FOOD_POISONING: "Health",
    Category.OCCUPATIONAL: "Health",
    Category.ANIMAL_EPIDEMIC: "Health",
    Category.HEALTH_OTHER: "Health",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What CAP says beyond the national form; one block a language."""

    subject: Subject
    bearing: Bearing
    responses: tuple[Response, ...]
    blocks: tuple[Words, ...]


def cap_xml(warning: PublicWarning, content: Content) -> str:
    """The message with its XML declaration. Raises KeyError for a category that nobody is ever warned of: our bug."""
    form = national_form(warning)
    alert = Element("alert", xmlns=NAMESPACE)
    _add(alert, "identifier", form.identifier)
    _add(alert, "sender", form.sender)
    _add(alert, "sent", _time(form.send_time))
    _add(alert, "status", form.status)
    _add(alert, "msgType", form.message_type)
    _add(alert, "scope", "Public")
    if warning.status is WarningStatus.EXERCISE:
        _add(alert, "note", _EXERCISE_NOTE)
    if form.references:
        _add(alert, "references", " ".join(map(_reference, form.references)))
    _add(alert, "incidents", warning.incident_id)
    for words in content.blocks:
        _add_info(alert, warning, form, content, words)
    written: str = tostring(alert, encoding="unicode")
    return _DECLARATION + written


def _add_info(
    alert: Element, warning: PublicWarning, form: NationalForm, content: Content, words: Words
) -> None:
    info = SubElement(alert, "info")
    _add(info, "language", words.language)
    _add(info, "category", CAP_CATEGORY[warning.category])
    _add(info, "event", words.event)
    for response in content.responses:
        _add(info, "responseType", response)
    _add(info, "urgency", content.bearing.urgency)
    _add(info, "severity", SEVERITY_OF_COLOUR[warning.colour])
    _add(info, "certainty", content.bearing.certainty)
    if content.subject.code is not None:
        _add_pair(info, "eventCode", "warning code", content.subject.code)
    _add(info, "effective", _time(form.effective))
    _add(info, "expires", _time(form.expires))
    _add(info, "senderName", words.sender_name)
    _add(info, "headline", words.headline)
    _add(info, "description", words.description)
    if words.instruction is not None:
        _add(info, "instruction", words.instruction)
    _add_pair(info, "parameter", "colour", form.severity_colour)
    for area_code in warning.area_codes:
        _add_area(info, area_code)


def _add_area(info: Element, area_code: str) -> None:
    area = SubElement(info, "area")
    _add(area, "areaDesc", area_tree().full_name_zh(area_code))
    of_district = len(area_code) == _DISTRICT_DIGITS
    _add_pair(area, "geocode", "GB/T 2260" if of_district else "statistical area code", area_code)


def _add(to: Element, name: str, text: str) -> None:
    SubElement(to, name).text = str(text)


def _add_pair(to: Element, name: str, value_name: str, value: str) -> None:
    pair = SubElement(to, name)
    _add(pair, "valueName", value_name)
    _add(pair, "value", value)


def _reference(to: Reference) -> str:
    return ",".join((to.sender, to.identifier, _time(to.send_time)))


def _time(extended: str) -> str:
    return extended.replace(" ", "T")
