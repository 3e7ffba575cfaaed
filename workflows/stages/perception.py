"""Perception 感知上报: intake, fusion, direct report.

A report either opens an incident or joins one. Every tier concerned sees the incident from its first transaction on,
and a preliminary level by the same grading function decides how fast the rest goes.
"""

from datetime import timedelta

from models.categories import Category
from models.events.follow_up import IncidentReopened
from models.events.perception import (
    CategorySettled,
    DirectReported,
    FactsCorrected,
    FactsRevised,
    IncidentOpened,
    MergeSuggested,
    ReportContradicted,
    ReporterStand,
    ReporterStood,
    ReportJoined,
    SensitivityFound,
    UrgencyRaised,
)
from models.events.steps import StageEntered
from models.messages.event import Actor
from models.messages.report import Report
from models.understanding import SensitiveFound
from models.vocabulary import ActorKind, Claim, DeadlineKind, Stage, Status, Step
from workflows.deadlines import pass_step, set_clock
from workflows.disclosure import masked_words
from workflows.judgement.account import Account
from workflows.judgement.case import case_of_account
from workflows.judgement.grading import level_of
from workflows.judgement.likeness import settled_category
from workflows.judgement.sketching import landmarks_of, words_of
from workflows.judgement.totals import casualties_rose, corrected, taken_in, totals_of
from workflows.ledger import Ledger
from workflows.message import ReportArrived
from workflows.stages.assessment import grade_first, regrade_after_correction

_TITLE_CHARACTERS = 60
_SENSITIVE_KEPT = 8


def open_incident(ledger: Ledger, message: ReportArrived) -> None:
    """The first report of an event: it is placed, counted, graded for speed, and shown to every tier at once."""
    report, account = message.report, message.account
    ledger.record(
        IncidentOpened(
            nature=report.nature,
            category=account.category,
            title=title_of(account),
            place=account.place,
            exercise=report.exercise,
            urgent=report.urgent,
            occurred_at=account.occurred_at,
            reported_at=report.reported_at,
        ),
        reporter(report),
    )
    finish_opening(ledger, (message,))
    for suggestion in message.choice.suggestions:
        ledger.record(MergeSuggested(suggestion=suggestion))


def finish_opening(ledger: Ledger, messages: tuple[ReportArrived, ...]) -> None:
    """What every new incident goes through, whether a report or a split opened it."""
    pass_step(ledger, Step.INTAKE, "accepted")
    for message in messages:
        take_in(ledger, message)
    pass_step(ledger, Step.FUSION, messages[0].choice.reason)
    grade_first(ledger)
    _show_to_every_tier(ledger)
    check_for_twins(ledger)


def check_for_twins(ledger: Ledger) -> None:
    """Look soon whether the same event was opened elsewhere, unless that is to be done already."""
    if ledger.incident.deadline_of(DeadlineKind.FUSION_CHECK) is None:
        check_after = ledger.rules.fusion.check_after_seconds
        tier = ledger.incident.place.tier
        set_clock(ledger, DeadlineKind.FUSION_CHECK, Stage.PERCEPTION, check_after, tier)


def _show_to_every_tier(ledger: Ledger) -> None:
    place = ledger.incident.place
    codes = (place.township_code, place.district_code, place.city_code)
    ledger.record(DirectReported(area_codes=tuple(code for code in codes if code is not None)))
    pass_step(ledger, Step.DIRECT_REPORT, "every tier at once")


def join_report(ledger: Ledger, message: ReportArrived) -> None:
    """One more report on a known event: it may tell more, wake an ended incident, or just be counted."""
    before = ledger.incident
    is_new_voice = message.report.reporter_key not in before.reporters
    take_in(ledger, message)
    affirms = message.account.claim is Claim.AFFIRM and message.low_trust is None
    if before.status is Status.REJECTED and affirms and is_new_voice:
        # A second voice for what was held false must never vanish into a rejected incident.
        reopen(ledger, "another reporter affirms it", Stage.VERIFICATION)
    elif before.status is Status.CLOSED and affirms and casualties_rose(before.facts, message.account.facts):
        reopen(ledger, "a later report states higher casualties", Stage.ASSESSMENT)
    if message.choice.suggestions and ledger.incident.is_open:
        # It fits two: either they are one, or their own words keep them apart.
        check_for_twins(ledger)


def reopen(ledger: Ledger, reason: str, stage: Stage, actor: Actor | None = None) -> None:
    """The end was not the end: the incident asks for work again, from `stage` on."""
    ledger.record(IncidentReopened(reason=reason), actor or Actor(kind=ActorKind.RULE))
    # Settling hands over to the stage that follows this one: the stage before it is where the main line stands.
    previous = Stage.PERCEPTION if stage is Stage.VERIFICATION else Stage.VERIFICATION
    ledger.record(StageEntered(stage=previous))


def take_in(ledger: Ledger, message: ReportArrived) -> None:
    """Count a report: its reporter's word, its facts, its category and its urgency."""
    report, account = message.report, message.account
    ledger.record(_joined(ledger, message), reporter(report))
    _show_contradictions(ledger, account)
    if message.low_trust is None:
        _hear_reporter(ledger, account)
    if account.claim is Claim.DENY:
        return
    _revise_facts(ledger, account)
    _keep_sensitive(ledger, account)
    if report.urgent and not ledger.incident.urgent:
        ledger.record(UrgencyRaised())


def settle_category(ledger: Ledger) -> None:
    """Joint rule: it is what by far most of its reports say that it is, whatever the first one said."""
    incident = ledger.incident
    category = settled_category(incident.category, incident.sketch, ledger.rules.fusion)
    if category is not None and category is not incident.category:
        ledger.record(CategorySettled(category=category))


def _joined(ledger: Ledger, message: ReportArrived) -> ReportJoined:
    report, account = message.report, message.account
    return ReportJoined(
        source_id=report.source_id,
        report_id=report.report_id,
        kind=report.kind,
        claim=account.claim,
        channel=report.channel,
        reporter_key=report.reporter_key,
        urgent=report.urgent,
        facts=account.facts,
        approximate=account.approximate,
        understood=account.found,
        category=account.category,
        words=words_of(report),
        landmarks=landmarks_of(report),
        occurred_at=account.occurred_at,
        reported_at=report.reported_at,
        known_at=report.known_at,
        received_at=message.received_at,
        place=account.place,
        direct_report_within_limit=_within_limit(ledger, account),
        fusion_reason=message.choice.reason,
        candidates=message.choice.candidates,
        awaits=message.choice.awaits,
        low_trust=message.low_trust,
    )


def _within_limit(ledger: Ledger, account: Account) -> bool | None:
    """Whether the reporter told in time; None when nobody knows since when it was known."""
    report = account.report
    since = report.known_at or account.occurred_at
    if since is None:
        return None
    level = level_of(case_of_account(account), ledger.rules)
    return report.reported_at - since <= timedelta(seconds=ledger.rules.direct_report_within_seconds[level])


def _hear_reporter(ledger: Ledger, account: Account) -> None:
    known, report = ledger.incident.reporters, account.report
    stand = ReporterStand(channel=report.channel, claim=account.claim)
    has_room = len(known) < ledger.rules.verification.reporters_remembered
    if known.get(report.reporter_key) != stand and (report.reporter_key in known or has_room):
        ledger.record(ReporterStood(reporter_key=report.reporter_key, stand=stand), reporter(report))


def _show_contradictions(ledger: Ledger, account: Account) -> None:
    if account.contradictions:
        report = account.report
        ledger.record(
            ReportContradicted(
                source_id=report.source_id,
                report_id=report.report_id,
                contradictions=account.contradictions,
            ),
            reporter(report),
        )


def _revise_facts(ledger: Ledger, account: Account) -> None:
    """Take in the totals of an affirming report; only a stated correction makes any of them lower."""
    known, span = totals_of(ledger.incident), account.found.correction
    if span is not None and (right := corrected(known, account)) != known:
        before = known.facts
        ledger.record(FactsCorrected(**right.as_fields(), before=before, span=span), reporter(account.report))
        regrade_after_correction(ledger)
    elif (revised := taken_in(known, account)) != known:
        ledger.record(FactsRevised(**revised.as_fields()), reporter(account.report))


def _keep_sensitive(ledger: Ledger, account: Account) -> None:
    known = ledger.incident.sensitive
    together = more_sensitive(known, account.found.sensitive)
    if together != known:
        ledger.record(SensitivityFound(sensitive=together), reporter(account.report))


def more_sensitive(
    known: tuple[SensitiveFound, ...], found: tuple[SensitiveFound, ...]
) -> tuple[SensitiveFound, ...]:
    """What is known to be sensitive, each word once, the earliest kept."""
    words = {(one.kind, one.span.words): one for one in reversed((*known, *found))}
    return tuple(reversed(words.values()))[:_SENSITIVE_KEPT]


def reporter(report: Report) -> Actor:
    """The reporter as the one who made it happen."""
    return Actor(kind=ActorKind.REPORTER, id=report.reporter_key)


def title_of(account: Account) -> str:
    """What the incident is called until somebody knows better, on every screen and in the ranking: nobody is named."""
    report = account.report
    if report.title:
        return masked_words(report, report.title) or report.title
    if report.text:
        return (masked_words(report, report.text) or report.text)[:_TITLE_CHARACTERS]
    return (account.category or Category.OTHER).facts.name_zh
