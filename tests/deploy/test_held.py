"""The checks themselves: a wrong word in a deployment file is seen."""

import pytest

from tests.deploy.held import missing, routes, unknown_settings, why_no_command


def test_a_wrong_variable_is_seen() -> None:
    """A variable that no setting has is named; others' variables and ours are not."""
    assert unknown_settings(["FENGHUO_TOKEN", "FENGHUO_TOKENS", "KAFKA_NODE_ID"]) == ["FENGHUO_TOKENS"]


@pytest.mark.parametrize(
    "words",
    ["run --role motor", "start", "db", "db downgrade", "topics apply --force", "validate", "doctor now"],
)
def test_a_wrong_command_is_seen(words: str) -> None:
    """A word, option, value or argument that the command line would refuse is refused here."""
    assert why_no_command(words.split()) is not None


@pytest.mark.parametrize(
    "words", ["run --role engine", "db upgrade", "topics apply", "check --all", "doctor"]
)
def test_a_right_command_is_none(words: str) -> None:
    """What the program does is let through, and not done."""
    assert why_no_command(words.split()) is None


def test_a_wrong_path_is_seen() -> None:
    """Neither a file nor a route that is not there passes."""
    assert missing(["deploy/Dockerfile", "deploy/Dockerfiles"]) == ["deploy/Dockerfiles"]
    assert "/healthz" in routes()
    assert "/health" not in routes()
