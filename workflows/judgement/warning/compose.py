"""Compose: one message for the public from what is known of an incident, both renderings at once.

No word of a reporter enters it: only names of places, of kinds of event and of offices, and the texts of rulebook and
guidance. Whether a message is due is `workflows.stages.warning`'s. Colours, templates and validity are the rulebook's.
"""

from datetime import datetime

from models.identifiers import WarningId
from models.messages.public_warning import PublicWarning
from models.vocabulary import MessageType, WarningColour, WarningStatus
from workflows.incident import Incident
from workflows.judgement.warning.bearing import Bearing, bearing_of
from workflows.judgement.warning.cap import Content, cap_xml
from workflows.judgement.warning.draft import Draft, Ending
from workflows.judgement.warning.guidance import Response, guidance_for
from workflows.judgement.warning.identifier import next_identifier, sender_of
from workflows.judgement.warning.wording import Words, chinese, english
from workflows.rulebook import Rulebook

_MOST_REFERENCES = 21  # ours: a longer chain names its alert and its latest twenty messages


def colour_due(incident: Incident, rules: Rulebook) -> WarningColour | None:
    """The statutory colour of an incident as it stands; None where its class or its level has none."""
    if incident.category is None or not incident.category.facts.may_warn:
        return None
    return rules.colour_of_level.get(incident.level)


def says_the_same(warning: PublicWarning, incident: Incident, rules: Rulebook) -> bool:
    """Whether what a warning says of colour, kind of event and area is still so."""
    said = (warning.colour, warning.category, warning.area_codes)
    return said == (colour_due(incident, rules), incident.category, (incident.place.area_code,))


def compose(incident: Incident, rules: Rulebook, message_type: MessageType, now: datetime) -> PublicWarning:
    """The alert or update that is due now. Raises ValueError where no colour is due: ask `colour_due` first."""
    colour = colour_due(incident, rules)
    if colour is None or incident.category is None:
        raise ValueError(f"incident {incident.incident_id} has no colour to warn in")
    area_codes = (incident.place.area_code,)
    second = now.replace(microsecond=0)
    return _rendered(Draft(incident, rules, message_type, second, colour, incident.category, area_codes))


def compose_end(incident: Incident, rules: Rulebook, ending: Ending, now: datetime) -> PublicWarning:
    """The taking back of the warning in force, in its colour and area. Raises ValueError where none is in force."""
    held = incident.warning
    if held is None:
        raise ValueError(f"incident {incident.incident_id} has no warning in force")
    second = now.replace(microsecond=0)
    end = Draft(
        incident, rules, MessageType.CANCEL, second, held.colour, held.category, held.area_codes, ending
    )
    return _rendered(end)


def _rendered(draft: Draft) -> PublicWarning:
    words = chinese(draft)
    plain = _national(draft, words)
    content = Content(draft.subject, _bearing(draft), _responses(draft), (words, english(draft)))
    # Checked once more with its CAP: no message leaves whose two renderings disagree about what is an exercise.
    return PublicWarning(**{**dict(plain), "cap_xml": cap_xml(plain, content)})


def _national(draft: Draft, words: Words) -> PublicWarning:
    incident = draft.incident
    agency_code = draft.rules.warning.agency_code
    warning_id = next_identifier(
        incident.incident_id, incident.place, agency_code, draft.now, incident.warnings_sent
    )
    return PublicWarning(
        warning_id=warning_id,
        incident_id=incident.incident_id,
        message_type=draft.message_type,
        references=() if draft.message_type is MessageType.ALERT else _chain(incident.warning),
        status=WarningStatus.EXERCISE if incident.exercise else WarningStatus.ACTUAL,
        colour=draft.colour,
        category=draft.category,
        headline_zh=words.headline,
        description_zh=words.description,
        instruction_zh=words.instruction,
        area_codes=draft.area_codes,
        effective=draft.now,
        expires=draft.expires,
        sender_code=sender_of(warning_id),
    )


def _chain(in_force: PublicWarning | None) -> tuple[WarningId, ...]:
    """The messages since the alert, that one first."""
    if in_force is None:
        return ()
    chain = (*in_force.references, in_force.warning_id)
    return chain if len(chain) <= _MOST_REFERENCES else (chain[0], *chain[1 - _MOST_REFERENCES :])


def _bearing(draft: Draft) -> Bearing:
    incident = draft.incident
    return bearing_of(draft.message_type, incident.nature, incident.verdict, incident.confidence_ratio)


def _responses(draft: Draft) -> tuple[Response, ...]:
    if draft.ending is not None:
        return (Response.ALL_CLEAR,)
    return guidance_for(draft.category, draft.incident.nature).responses
