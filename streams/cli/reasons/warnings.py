"""Why the public was told: the level and the colour it has, until when, and in what the national form names it."""

from models.events.assessment import WarningCancelled, WarningIssued, WarningUpdated
from models.messages.event import Event
from streams.cli.reasons.reason import Known, Reason
from streams.cli.reasons.words import COLOUR, LEVEL
from workflows.judgement.warning.national import national_form

_WHAT = {WarningIssued: "issued 发布", WarningUpdated: "updated 更新", WarningCancelled: "cancelled 解除"}


def of_warning(event: Event, data: WarningIssued | WarningUpdated | WarningCancelled, known: Known) -> Reason:
    """One message of the chain."""
    form = national_form(data.warning)
    what = f"warning {_WHAT[type(data)]}, {COLOUR[data.warning.colour]}: {data.warning.headline_zh}"
    lines = [
        f"identifier 标识: {form.identifier}, {form.status}, {form.message_type}",
        f"valid 有效期: {form.effective} to 至 {form.expires}",
    ]
    if form.references:
        lines.append(f"after 承接: {', '.join(reference.identifier for reference in form.references)}")
    if known.rules is not None:
        levels = [
            LEVEL[level]
            for level, colour in known.rules.colour_of_level.items()
            if colour is data.warning.colour
        ]
        lines.append(f"rule 规则: this colour is that of level {', '.join(levels)}")
    return Reason(event, what, tuple(lines))
