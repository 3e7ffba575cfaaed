"""Flood: when one reporter tells so much in so short a time that a report is of low trust.

For: one question, asked as a report arrives, of how many its reporter told lately; what follows from the answer is for
verification, disposal and heat. Must never enter: dropping anything, and counting, which streams do. The figures are
the rulebook's.
"""

from models.events.perception import LowTrust
from models.messages.report import Report
from workflows.rulebook import Rulebook


def most_of(report: Report, rules: Rulebook) -> int | None:
    """How many reports whoever vouches for this one may tell within the window; None where nothing is too many.

    A named reporter is one phone, desk or device on any channel. A source that names none may have a whole city's
    callers behind it, so that hotlines and sensor feeds are spared.
    """
    if report.reporter_id is not None:
        return rules.flood.reports
    return None if report.channel in rules.flood.spared_channels else rules.flood.unnamed_reports


def low_trust(report: Report, told_before: int, rules: Rulebook) -> LowTrust | None:
    """Why this report is of low trust, after so many others of its reporter within the window; None when it is not."""
    most, told = most_of(report, rules), told_before + 1
    if most is None or told <= most:
        return None
    return LowTrust(reports=told, most=most, within_seconds=rules.flood.within_seconds)
