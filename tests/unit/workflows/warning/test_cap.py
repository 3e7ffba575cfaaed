"""The CAP rendering: valid against the schema of OASIS, and word for word the golden messages."""

from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
import xmlschema

from models.categories import Category, category_facts
from models.messages.public_warning import PublicWarning
from models.vocabulary import Level, MessageType, Nature, Verdict, WarningColour
from tests.unit.workflows.warning.chains import chain_of, warned, warnings_of
from tests.unit.workflows.warning.golden import FOLDER, goldens
from workflows.judgement.warning.bearing import Certainty, Urgency, bearing_of
from workflows.judgement.warning.cap import CAP_CATEGORY, NAMESPACE
from workflows.judgement.warning.guidance import guidance_for

MAY_WARN = [facts.category for facts in category_facts().values() if facts.may_warn]


@lru_cache(maxsize=1)
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).parent / "data" / "CAP-v1.2.xsd")


def parsed(warning: PublicWarning) -> Element:
    assert warning.cap_xml is not None
    return fromstring(warning.cap_xml)  # noqa: S314 - written a moment ago by the code under test


def texts(alert: Element, *path: str) -> list[str]:
    """The texts of every element on this path."""
    return [found.text or "" for found in alert.findall("/".join(f"{{{NAMESPACE}}}{name}" for name in path))]


def test_every_message_is_as_it_was() -> None:
    """Both renderings of each colour and message type are what the repository keeps, no more and no less."""
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert dict(goldens()) == kept
    assert len(kept) == len(WarningColour) * len(MessageType) * 2


@pytest.mark.parametrize("exercise", [False, True])
@pytest.mark.parametrize("colour", WarningColour)
def test_a_chain_is_valid(colour: WarningColour, exercise: bool) -> None:
    """Alert, update and cancel hold against the OASIS schema, in an exercise too."""
    for warning in chain_of(colour, exercise=exercise):
        schema().validate(warning.cap_xml or "")


@pytest.mark.parametrize("nature", Nature)
@pytest.mark.parametrize("category", MAY_WARN)
def test_a_warning_of_any_category_is_valid(category: Category, nature: Nature) -> None:
    """Each has a CAP category and guidance, as an event and as a hazard."""
    world, incident_id = warned(category=category, nature=nature)
    (warning,) = warnings_of(world, incident_id)
    schema().validate(warning.cap_xml or "")
    assert guidance_for(category, nature).instruction_zh in (warning.instruction_zh or "")
    assert set(CAP_CATEGORY) == set(MAY_WARN)


def test_the_schema_refuses_what_is_wrong() -> None:
    """A word outside a closed list or a time without offset does not pass, so that passing means something."""
    good = chain_of(WarningColour.RED)[0].cap_xml
    assert good is not None
    for right, wrong in (
        ("Extreme", "Dreadful"),
        ("+08:00</sent>", "Z</sent>"),
        ("<scope>Public</scope>", ""),
    ):
        assert not schema().is_valid(good.replace(right, wrong))


def test_a_change_names_every_message_before_it() -> None:
    """References are sender, identifier and sent of each; the identifier's second is the sent of that message."""
    alert, update, cancel = map(parsed, chain_of(WarningColour.ORANGE))
    assert texts(alert, "references") == []
    triples = [
        ",".join(texts(message, name)[0] for name in ("sender", "identifier", "sent"))
        for message in (alert, update)
    ]
    assert texts(update, "references") == triples[:1]
    assert texts(cancel, "references") == [" ".join(triples)]


def test_the_colour_is_kept_beside_the_severity() -> None:
    """Severity follows the colour, and the colour itself rides in a parameter, in both languages."""
    alerts = [parsed(chain_of(colour)[0]) for colour in WarningColour]
    severities = [texts(alert, "info", "severity")[0] for alert in alerts]
    assert severities == ["Extreme", "Severe", "Moderate", "Minor"]
    assert [texts(alert, "info", "parameter", "value") for alert in alerts] == [
        [colour] * 2 for colour in ("Red", "Orange", "Yellow", "Blue")
    ]


@pytest.mark.parametrize(
    ("nature", "verdict", "confidence_ratio", "urgency", "certainty"),
    [
        (Nature.EMERGENCY, Verdict.TRUE, 0.0, Urgency.IMMEDIATE, Certainty.OBSERVED),
        (Nature.EMERGENCY, Verdict.UNVERIFIED, 0.51, Urgency.IMMEDIATE, Certainty.LIKELY),
        (Nature.EMERGENCY, Verdict.UNVERIFIED, 0.5, Urgency.IMMEDIATE, Certainty.POSSIBLE),
        (Nature.HAZARD, Verdict.TRUE, 1.0, Urgency.FUTURE, Certainty.LIKELY),
        (Nature.HAZARD, Verdict.UNCLEAR, 0.9, Urgency.FUTURE, Certainty.POSSIBLE),
        (Nature.EMERGENCY, Verdict.FALSE, 0.9, Urgency.IMMEDIATE, Certainty.UNLIKELY),
    ],
)
def test_urgency_and_certainty_come_from_the_event(
    nature: Nature, verdict: Verdict, confidence_ratio: float, urgency: Urgency, certainty: Certainty
) -> None:
    """What happens is immediate and observed once verified; what could happen lies ahead; no colour has a say."""
    bearing = bearing_of(MessageType.ALERT, nature, verdict, confidence_ratio)
    assert (bearing.urgency, bearing.certainty) == (urgency, certainty)


def test_what_is_taken_back_is_past() -> None:
    """A cancel asks for nothing more."""
    cancel = parsed(chain_of(WarningColour.YELLOW)[-1])
    assert texts(cancel, "info", "urgency") == ["Past"] * 2
    assert texts(cancel, "info", "responseType") == ["AllClear"] * 2
    assert texts(cancel, "info", "instruction") == []


def test_a_district_is_named_by_its_gb_code() -> None:
    """Six digits are GB/T 2260; nine are the statistical code of a township."""
    for area, name in (("500157", "GB/T 2260"), ("500108001", "statistical area code")):
        world, incident_id = warned(Level.III, area=area)
        alert = parsed(warnings_of(world, incident_id)[0])
        assert texts(alert, "info", "area", "geocode", "valueName")[0] == name
        assert texts(alert, "info", "area", "geocode", "value")[0] == area
