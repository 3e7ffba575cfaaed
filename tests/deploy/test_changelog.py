"""The changelog: each version that is released has its entry, in one form, the newest first."""

import re
import tomllib
from datetime import date

from tests.architecture.sources import ROOT

TEXT = (ROOT / "deploy/docs/changelog.md").read_text(encoding="utf-8")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def versions(text: str) -> list[str]:
    """The versions that have an entry with something in it, in their order."""
    entries = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return [
        entry.partition("]")[0].strip("[") for entry in entries if re.search(r"^- \S", entry, re.MULTILINE)
    ]


def test_the_version_of_the_program_has_an_entry() -> None:
    """Who raises the version in pyproject.toml says what it brings."""
    program = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert program in versions(TEXT)


def test_an_entry_without_words_is_none() -> None:
    """A heading alone does not count."""
    assert versions("## [0.2.0] - 2027-01-01\n\n## [0.1.0] - 2026-11-22\n\n### Added\n\n- All.\n") == [
        "0.1.0"
    ]


def test_entries_have_the_form() -> None:
    """What is not released comes first, then versions from the newest on, each with its day; kinds are the six."""
    headings = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    released = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", one) for one in headings[1:]]
    numbers = [tuple(map(int, one.groups()[:3])) for one in released if one]
    assert len(numbers) == len(released) > 0
    assert numbers == sorted(numbers, reverse=True)
    days = [date.fromisoformat(one[4]) for one in released if one]
    assert days == sorted(days, reverse=True)
    assert set(re.findall(r"^### (.*)$", TEXT, re.MULTILINE)) <= KINDS
