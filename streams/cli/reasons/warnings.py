"""Why the public was told, or was not: level and colour, until when, and in what the national form names it."""

from collections.abc import Iterator

from models.events.assessment import WarningCancelled, WarningIssued, WarningUpdated
from models.messages.event import Event
from models.messages.public_warning import PublicWarning
from models.vocabulary import Level, Step, WarningColour
from streams.cli.reasons.phrases import COLOUR, LEVEL
from streams.cli.reasons.reason import Known, Reason
from workflows.incident import Incident
from workflows.judgement.warning.national import national_form
from workflows.rulebook import Rulebook

_WHAT = {WarningIssued: "issued 发布", WarningUpdated: "updated 更新", WarningCancelled: "cancelled 解除"}
_SCOPE = (
    "warnings are for nature, accident and health, for society by reference only (渝府发〔2026〕6号 art. 3)"
)


def of_warning(event: Event, data: WarningIssued | WarningUpdated | WarningCancelled, known: Known) -> Reason:
    """One message of the chain."""
    what = f"warning {_WHAT[type(data)]}, {COLOUR[data.warning.colour]}: {data.warning.headline_zh}"
    lines = [*_of_form(data.warning)]
    match data:
        case WarningCancelled():
            lines.append(f"reason 理由: {data.warning.description_zh}")
        case WarningUpdated() if known.warned_before is not None:
            lines.append(f"reason 理由: {_what_changed(known.warned_before, data.warning)}")
    if known.rules is not None and not isinstance(data, WarningCancelled):
        lines += _of_rules(data.warning, known.rules)
    return Reason(event, what, tuple(lines))


def why_none(incident: Incident, rules: Rulebook | None) -> str:
    """Why an incident that never was warned of was not."""
    if incident.category is None:
        return "the kind of event is not known, and a colour belongs to a kind 类别未知"
    facts = incident.category.facts
    if not facts.may_warn:
        return (
            f"no statutory colour for {facts.category_class.name_zh} {facts.name_zh} 不在预警范围: {_SCOPE}"
        )
    if Step.WARN not in incident.steps:
        return f"warnings come with assessment, which it has not reached 未到研判预警环节 ({incident.stage.value})"
    if rules is not None and incident.level not in rules.colour_of_level:
        return f"level {LEVEL[incident.level]} has no colour 此级别无预警颜色"
    return "none was due 无需发布"


def _of_form(warning: PublicWarning) -> Iterator[str]:
    form = national_form(warning)
    yield f"identifier 标识: {form.identifier}, {form.status}, {form.message_type}"
    yield f"valid 有效期: {form.effective} to 至 {form.expires}"
    if form.references:
        yield f"after 承接: {', '.join(reference.identifier for reference in form.references)}"


def _what_changed(before: PublicWarning, now: PublicWarning) -> str:
    changes = []
    if before.colour is not now.colour:
        changes.append(f"the colour was {COLOUR[before.colour]} 颜色变更")
    if before.category is not now.category:
        changes.append(f"the kind of event was {before.category.facts.name_zh} 类别变更")
    if before.area_codes != now.area_codes:
        changes.append(f"the area was {', '.join(before.area_codes)} 区域变更")
    return ", ".join(changes) or "it is still so, and the one before was about to expire 续期"


def _of_rules(warning: PublicWarning, rules: Rulebook) -> Iterator[str]:
    levels = [level for level, colour in rules.colour_of_level.items() if colour is warning.colour]
    yield f"rule 规则: this colour is that of level {', '.join(LEVEL[level] for level in levels)}"
    valid = rules.warning.valid_for_seconds
    yield f"  and holds for {valid} s, a figure of our own 本系统自定, renewed while the incident stands"
    worse = _next_worse(levels, rules)
    if worse is not None:
        yield f"nearest 其次: at level {LEVEL[worse[0]]} it is {COLOUR[worse[1]]}"


def _next_worse(levels: list[Level], rules: Rulebook) -> tuple[Level, WarningColour] | None:
    above = max(level.severity for level in levels) if levels else 0
    more = [(level, colour) for level, colour in rules.colour_of_level.items() if level.severity > above]
    return min(more, key=lambda one: one[0].severity, default=None)
