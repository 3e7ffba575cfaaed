"""Whoever is woken by an alert is told in their language what it is, and finds what to do."""

import re
import shlex

import pytest
from typer._click.exceptions import BadParameter, MissingParameter, UsageError
from typer.core import TyperGroup
from typer.main import get_command

from streams.cli import app_of
from tests.architecture.sources import ROOT
from tests.unit.watch import sources

RUNBOOKS = {"runbook": "deploy/docs/zh/runbook.md", "runbook_en": "deploy/docs/runbook.md"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def sections(path: str) -> dict[str, str]:
    """Each section of a runbook by its title."""
    parts = re.split(r"^## (.+)$", (ROOT / path).read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", sources.alerts())
def test_an_alert_says_how_bad_it_is_and_whom_it_calls(name: str) -> None:
    """Severity and whom to call come from closed sets; the summary is there in Chinese and in English."""
    alert = sources.alerts()[name]
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert alert["labels"]["calls"] in {"duty", "platform"}
    assert alert["labels"].keys() == {"severity", "calls"}
    assert CHINESE.search(alert["annotations"]["summary"])
    assert not CHINESE.search(alert["annotations"]["summary_en"])


@pytest.mark.parametrize("edition", RUNBOOKS)
def test_every_alert_has_its_section_and_every_section_its_alert(edition: str) -> None:
    """The link of each alert leads to a section of its own name, and no section speaks of an alert that is gone."""
    found = sections(RUNBOOKS[edition])
    assert set(found) == set(sources.alerts())
    for name, alert in sources.alerts().items():
        assert alert["annotations"][edition] == f"{RUNBOOKS[edition]}#{name.lower()}"
        assert alert["labels"]["severity"] in found[name] or edition == "runbook"
        assert "```sh" in found[name], name


def test_both_editions_look_at_the_same() -> None:
    """The commands of a section are the same in both languages."""
    zh, en = (sections(path) for path in RUNBOOKS.values())
    code = re.compile(r"```sh\n(.*?)```", re.DOTALL)
    assert {name: code.findall(text) for name, text in zh.items()} == {
        name: code.findall(text) for name, text in en.items()
    }


def test_sections_name_only_alerts_that_exist() -> None:
    """Where a section sends its reader to another one, that one is there."""
    text = "".join((ROOT / path).read_text() for path in RUNBOOKS.values())
    assert set(re.findall(r"Fenghuo[A-Z]\w+", text)) == set(sources.alerts())


def test_every_alert_is_played() -> None:
    """The tests for promtool let each alert fire at least once."""
    assert [name for name in sources.alerts() if f'"{name}"' not in sources.rule_tests()] == []


def commands_of(path: str) -> list[str]:
    """Every command of the program that a runbook names, in a block or in a sentence."""
    text = (ROOT / path).read_text()
    return re.findall(r"^fenghuo [^\n]+$", text, re.MULTILINE) + re.findall(r"`(fenghuo [^`\n]+)`", text)


@pytest.mark.parametrize("path", RUNBOOKS.values())
def test_every_command_exists(path: str) -> None:
    """Each command of the program is spelled as the program spells it, with options that it has."""
    named = set(commands_of(path))
    assert {line: fault for line in named if (fault := misspelt(line)) is not None} == {}
    assert len(named) > 8


def misspelt(line: str) -> str | None:
    """What the command line would refuse in a line, in its own words; None when it would begin to work.

    What a word in capitals stands for is not known here, so that only its place is looked at.
    """
    _, first, *words = shlex.split(line)
    found = get_command(app_of(first))
    words.insert(0, first)
    while isinstance(found, TyperGroup):
        if words[0] not in found.commands:
            return words[0]
        found = found.commands[words.pop(0)]
    try:
        found.make_context(first, words)
    except BadParameter as refused:
        return refused.format_message() if isinstance(refused, MissingParameter) else None
    except UsageError as refused:
        return refused.format_message()
    return None


def test_a_command_that_is_no_more_is_seen() -> None:
    """A subcommand and an option that do not exist are found, and a word too many or too few."""
    assert misspelt("fenghuo dead-letters burn") == "burn"
    assert "--colour" in str(misspelt("fenghuo incidents --colour red"))
    assert "unexpected" in str(misspelt("fenghuo dead-letters show TOPIC PARTITION OFFSET"))
    assert "Missing" in str(misspelt("fenghuo dead-letters show"))
    assert misspelt("fenghuo dead-letters retry --all --reason defect") is None
