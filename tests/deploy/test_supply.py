"""What others wrote: the SBOM and the licence list say what the lock says, no licence forbids, acceptances expire."""

from datetime import date

import pytest

from tests.supply import audit, licences, sbom
from tests.supply.lock import Pin, pins

REPORT = {
    "dependencies": [
        {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"]}]},
        {"name": "b", "version": "2", "vulns": []},
        {"name": "c", "skip_reason": "not found"},
    ]
}
ACCEPTED = '[[accepted]]\nid = "CVE-1"\nreason = "looked at"\nuntil = 2026-12-31\n'


def test_the_sbom_is_of_this_lock() -> None:
    """Whoever changes the lock runs `make supply`: the same packages in the same versions, and no other."""
    assert sbom.components() == pins()


def test_the_sbom_says_nothing_of_the_machine() -> None:
    """No time, no serial number, no package index, no path: made elsewhere it is the same bytes."""
    text = sbom.FILE.read_text(encoding="utf-8")
    assert [word for word in ("timestamp", "serialNumber", "://", "requirements-L") if word in text.replace(
        '"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json"', "")] == []  # fmt: skip


def test_the_licence_list_is_of_this_lock() -> None:
    """Each package that runs, with what it says itself."""
    assert licences.FILE.read_text(encoding="utf-8") == licences.document()


def test_every_licence_lets_us_hand_the_program_on() -> None:
    """No package that says nothing, or that the authority would have to ask a lawyer about."""
    assert licences.refused() == []


@pytest.mark.parametrize(
    ("expression", "is_allowed"),
    [
        ("MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("(GPL-2.0-only OR AGPL-3.0-only) AND MIT", False),
        ("AGPL-3.0-or-later", False),
        ("UNKNOWN", False),
        ("", False),
    ],
)
def test_a_forbidden_licence_is_seen(expression: str, is_allowed: bool) -> None:
    """One forbidden part of an AND is enough; of an OR we choose."""
    assert licences.is_allowed(expression) is is_allowed


@pytest.mark.parametrize(
    ("today", "text", "found"),
    [
        (date(2026, 12, 31), ACCEPTED, []),
        (date(2027, 1, 1), ACCEPTED, ["a 1: PYSEC-1"]),
        (date(2026, 12, 31), ACCEPTED.replace("looked at", ""), ["a 1: PYSEC-1"]),
        (date(2026, 12, 31), "", ["a 1: PYSEC-1"]),
    ],
    ids=["accepted", "expired", "without-a-reason", "unknown"],
)
def test_a_hole_is_accepted_until_a_day(today: date, text: str, found: list[str]) -> None:
    """By any of its names, with a reason, and not a day longer."""
    assert [str(one) for one in audit.holes(REPORT, audit.accepted(text, today))] == found


def test_the_committed_acceptances_can_be_read() -> None:
    """The file says id, reason and day of each."""
    audit.accepted(audit.ACCEPTED.read_text(encoding="utf-8"), date(2026, 1, 1))


def test_pins_are_read_whatever_their_marker() -> None:
    """With a condition or without."""
    assert pins("b==2 ; python_version < '3' \\\n    --hash=sha256:0\na==1.0.post1 \\\n") == (
        Pin("a", "1.0.post1"),
        Pin("b", "2"),
    )
