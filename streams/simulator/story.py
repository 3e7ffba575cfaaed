"""Story: how one event is told: who reports it when and in which words, what is added later, and what goes wrong.

Pure: the same plot and seed give the same happenings. Reports are words: what happened and how many were hurt stands in
the text alone, whatever the channel, and no report names a category. Only where a contradiction is to be shown does one
sender's form hold numbers, and another than his words (`Twist.CONTRADICTION`). Totals only grow from one report to the
next, so whoever takes the greatest and whoever takes the latest arrive at the same level. An event that grows is told
first in a hurry, and its text of the corpus comes when all is known; any other begins with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.identifiers import AreaCode, ReportId, SourceId
from models.messages.report import Contact, Facts, Report
from models.vocabulary import Channel, Claim, Level, Nature, ReportKind
from streams.simulator import wording
from streams.simulator.draws import Draws
from streams.simulator.happening import Expectation, Happening, moment
from streams.simulator.names import name_of
from streams.simulator.plot import Plot, Twist, level_of
from streams.simulator.sites import Site
from streams.simulator.witnesses import DENIERS, Witness, first_channel, later_channels, witness

_FOLLOW_UPS: dict[Level, int] = {Level.I: 3, Level.II: 3, Level.III: 2}
_KNOWN_LAST = {"direct_loss_yuan", "burnt_hectares"}
_KNOWN_AT_FIRST = (0.3, 0.5, 0.8)  # share of the totals in the end
_NO_SUCH_AREAS = ("500999", "500108999", "500108001999")
_URGENT_RATIO = 0.05
CONTRADICTED_BY = (1, 3)  # so many more injured in the field than in the words
_SOON = (20, 90)
_LATER = (120, 2_400)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A report before it has an id: ids and numbers follow the order in which all of them are sent."""

    at_seconds: int
    by: Witness
    kind: ReportKind
    site: Site
    title: str
    text: str
    facts: Facts
    claim: Claim = Claim.AFFIRM
    urgent: bool = False
    contradicts: bool = False


def tell(plot: Plot, seed: int) -> tuple[Happening, ...]:
    """Everything that is sent about this event, in the order of time."""
    draws = Draws(seed, plot.event_id)
    drafts = sorted(_drafts(plot, draws), key=lambda draft: draft.at_seconds)
    reports = _numbered(plot, drafts, draws)
    told = [
        Happening(
            draft.at_seconds,
            plot.event_id,
            Expectation.ACCEPTED,
            report.area_code,
            report,
            draft.facts,
            level_of(plot.category, draft.facts),
        )
        for draft, report in zip(drafts, reports, strict=True)
    ]
    return tuple(sorted([*told, *_troubles(plot, told[0], draws)], key=lambda happening: happening.order))


def _drafts(plot: Plot, draws: Draws) -> Iterator[_Draft]:
    by = witness(first_channel(plot, draws), plot.site, plot.category, draws)
    series = list(_series(plot, by, draws))
    yield from series
    if plot.is_true:
        yield from _retellings(plot, series, draws)
    else:
        yield _denial(plot, draws)


def _series(plot: Plot, by: Witness, draws: Draws) -> Iterator[_Draft]:
    """The first source's own reports: initial, follow-ups with growing totals, final."""
    count = _follow_up_count(plot, draws)
    share = 1.0 if count == 0 else draws.pick("known at first", _KNOWN_AT_FIRST)
    facts, at = _partly(plot.facts, share), plot.starts_at_seconds
    words = Draws(draws.seed, f"{draws.about} series")
    urgent = (
        plot.is_urgent or _is_urgent_call(by.channel, facts) or draws.happens("flagged urgent", _URGENT_RATIO)
    )
    comes_late = count > 0 and plot.nature is Nature.EMERGENCY
    first = (plot.title, plot.text)
    if comes_late:
        first = wording.headline(plot, by.channel, words), wording.told(plot, by.channel, facts, words)
    yield _Draft(at, by, ReportKind.INITIAL, plot.site, *first, facts, urgent=urgent)
    for step in range(1, count + 1):
        at += draws.between(f"until follow-up {step}", 900, 2_700)
        facts = _partly(plot.facts, share + (1 - share) * step / count)
        told = f"续报：{wording.what_zh(plot)}", wording.followed_up(plot, step + 1, facts, words)
        if comes_late and step == count:
            told = plot.title, plot.text
        yield _Draft(at, by, ReportKind.FOLLOW_UP, plot.site, *told, facts)
    if plot.is_true and (count or Twist.OPENING in plot.twists or draws.happens("final", 0.4)):
        at += draws.between("until final", 1_800, 3_600)
        told = f"终报：{wording.what_zh(plot)}", wording.finished(plot, plot.facts, words)
        yield _Draft(at, by, ReportKind.FINAL, plot.site, *told, plot.facts)


def _follow_up_count(plot: Plot, draws: Draws) -> int:
    if not plot.is_true or Twist.OPENING in plot.twists:
        return 0
    if plot.nature is Nature.HAZARD:
        return 1
    return _FOLLOW_UPS.get(plot.level) or draws.between("follow-ups", 0, 1)


def _retellings(plot: Plot, series: list[_Draft], draws: Draws) -> Iterator[_Draft]:
    """The same event by other channels in other words, and by somebody who is mistaken about the township."""
    channels = [channel for channel in later_channels(plot, draws) if channel is not series[0].by.channel]
    count = 2 if Twist.OPENING in plot.twists else draws.pick("how many more", (0, 1, 1, 2, 2, 3))
    contradicts = Twist.CONTRADICTION in plot.twists
    for channel in channels[: max(count, 1) if contradicts else count]:
        # Half of the later ones call while the time for checking runs, so that both ways to a verdict are walked.
        is_soon = Twist.OPENING in plot.twists or draws.happens(f"{channel} calls soon", 0.5)
        at = plot.starts_at_seconds + draws.between(f"until {channel}", *(_SOON if is_soon else _LATER))
        told = _retelling(plot, channel, at, plot.site, series, draws)
        yield replace(told, contradicts=contradicts and channel is channels[0])
    if plot.neighbour is not None:
        at = plot.starts_at_seconds + draws.between("until the twin", 300, 900)
        yield _retelling(plot, channels[count], at, plot.neighbour, series, draws)


def _retelling(
    plot: Plot, channel: Channel, at: int, site: Site, series: list[_Draft], draws: Draws
) -> _Draft:
    by = witness(channel, site, plot.category, draws)
    words = Draws(draws.seed, f"{draws.about} {channel}")
    facts = next(draft.facts for draft in reversed(series) if draft.at_seconds <= at)
    title = wording.headline(plot, channel, words)
    text = wording.quoted(replace(plot, site=site), channel, facts, words)
    urgent = _is_urgent_call(channel, facts)
    return _Draft(at, by, ReportKind.INITIAL, site, title, text, facts, urgent=urgent)


def _denial(plot: Plot, draws: Draws) -> _Draft:
    by = witness(draws.pick("denier", DENIERS), plot.site, plot.category, draws)
    at = plot.starts_at_seconds + draws.between("until denial", 480, 1_200)
    words = (f"核查：{wording.what_zh(plot)}不属实", wording.denied(plot, draws))
    return _Draft(at, by, ReportKind.INITIAL, plot.site, *words, Facts(), claim=Claim.DENY)


def _numbered(plot: Plot, drafts: list[_Draft], draws: Draws) -> list[Report]:
    reports: list[Report] = []
    of_source: dict[str, list[ReportId]] = {}
    for place, draft in enumerate(drafts, start=1):
        report_id = ReportId(f"{plot.event_id}-{place}")
        earlier = of_source.setdefault(draft.by.source_id, [])
        refers_to = None if draft.kind is ReportKind.INITIAL else earlier[0]
        earlier.append(report_id)
        reports.append(_report(plot, draft, report_id, len(earlier), refers_to, draws))
    return reports


def _report(
    plot: Plot, draft: _Draft, report_id: ReportId, number: int, refers_to: str | None, draws: Draws
) -> Report:
    by, is_grid = draft.by, draft.by.channel is Channel.GRID
    occurred = plot.starts_at_seconds - draws.between("until first seen", 300, 900)
    known = draft.at_seconds - draws.between(f"known before {report_id}", 20, 180)
    return Report(
        report_id=report_id,
        source_id=SourceId(by.source_id),
        channel=by.channel,
        reporter_id=by.reporter_id,
        kind=draft.kind,
        number=number,
        refers_to=refers_to,
        nature=plot.nature,
        claim=draft.claim,
        urgent=draft.urgent,
        title=draft.title,
        text=draft.text,
        area_code=draft.site.given_code if is_grid else draft.site.township_code,
        grid_code=draft.site.grid_code if is_grid else None,
        place=draft.site.name_zh,
        occurred_at=moment(occurred),
        known_at=moment(known),
        reported_at=moment(draft.at_seconds),
        facts=_form(draft, draws) if draft.contradicts else Facts(),
        contact=Contact(name=name_of(Draws(draws.seed, by.source_id))) if is_grid else None,
    )


def _form(draft: _Draft, draws: Draws) -> Facts:
    """What a sender's form holds against his own words; the level is the same by either."""
    more = draws.between("more injured", *CONTRADICTED_BY)
    return draft.facts.model_copy(update={"injured": (draft.facts.injured or 0) + more})


def _troubles(plot: Plot, first: Happening, draws: Draws) -> Iterator[Happening]:
    """What should not have been sent, or not twice, each some time after the first report."""
    report = first.report
    if report is None:
        return
    later = first.at_seconds + draws.between("until trouble", 240, 900)
    if Twist.DUPLICATE in plot.twists:
        yield replace(first, at_seconds=later, expectation=Expectation.DUPLICATE)
    if Twist.ID_CONFLICT in plot.twists:
        other = report.model_copy(update={"text": "（编号重复使用）另有一事报告，请核实。"})
        yield replace(first, at_seconds=later + 1, expectation=Expectation.ID_CONFLICT, report=other)
    if Twist.UNKNOWN_AREA in plot.twists:
        area = AreaCode(draws.pick("no such area", _NO_SUCH_AREAS))
        lost = {"report_id": ReportId(f"{plot.event_id}-x"), "area_code": area}
        yield Happening(
            later + 2, plot.event_id, Expectation.UNKNOWN_AREA, area, report.model_copy(update=lost)
        )
    if Twist.GARBAGE in plot.twists:
        raw = f'{{"report_id": "{plot.event_id}-g", "title": "线路中断'.encode()[:-1]
        yield Happening(later + 3, plot.event_id, Expectation.UNREADABLE, report.area_code, None, raw=raw)


def _is_urgent_call(channel: Channel, facts: Facts) -> bool:
    in_danger = (facts.deaths, facts.missing, facts.serious, facts.trapped)
    return channel.is_emergency_call and any(in_danger)


def _partly(facts: Facts, share: float) -> Facts:
    """The totals when this share was known; what is then none yet is not stated."""
    known = facts.model_fields_set - (
        set() if share >= 1 else {"direct_loss_yuan"}
    )  # nobody knows it before the end
    totals = ((name, getattr(facts, name)) for name in sorted(known))
    return Facts(**{name: part for name, total in totals if (part := int(total * share + 1e-9))})
