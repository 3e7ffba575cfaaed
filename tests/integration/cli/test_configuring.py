"""`fenghuo config check`: what is set and read by nothing, and files that are not there."""

import sys
from pathlib import Path

import pytest

from streams.errors import EXIT_SETTINGS
from tests.integration.cli.conftest import Fenghuo


def test_a_mistyped_variable_is_named_with_the_one_that_was_meant(
    fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In the environment and in `.env`; its value, perhaps a secret, is not told. Exit 78, and 0 without it."""
    monkeypatch.setenv("FENGHUO_TOKEM", "a-secret-of-our-own")
    (tmp_path / ".env").write_text("FENGHUO_BATCH_RECORDS=5\nOTHERS_ARE_NOT_OURS=1\n")
    said = fenghuo("config", "check")
    assert said.code == EXIT_SETTINGS
    assert said.answer.splitlines() == [
        "FENGHUO_BATCH_RECORDS: no setting has this name; is FENGHUO_BATCH_MAX_RECORDS meant?",
        "FENGHUO_TOKEM: no setting has this name; is FENGHUO_TOKEN meant?",
    ]
    assert "secret-of-our-own" not in said.answer + said.remarks
    monkeypatch.delenv("FENGHUO_TOKEM")
    (tmp_path / ".env").unlink()
    assert fenghuo("config", "check").code == 0


@pytest.mark.parametrize("name", ["FENGHUO_MAP_GEOJSON", "FENGHUO_OIDC_JWKS", "FENGHUO_SIGNING_KEYS"])
def test_a_file_that_is_not_there_is_named(
    fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """A setting that names a file names one that can be read."""
    monkeypatch.setenv("FENGHUO_OIDC_ISSUER", "https://id.city.example")
    monkeypatch.setenv("FENGHUO_OIDC_AUDIENCE", "fenghuo")
    (tmp_path / "jwks.json").write_text("{}")
    monkeypatch.setenv("FENGHUO_OIDC_JWKS", str(tmp_path / "jwks.json"))
    assert fenghuo("config", "check").code == 0
    monkeypatch.setenv(name, str(tmp_path / "none"))
    said = fenghuo("config", "check")
    assert said.code == EXIT_SETTINGS
    assert said.answer.startswith(f"{name}: ")


def test_traces_without_their_packages_are_named(fenghuo: Fenghuo, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `fenghuo run` would refuse is found before it is started, by both that look."""
    monkeypatch.setenv("FENGHUO_TRACES_ENDPOINT", "http://127.0.0.1:4318")
    assert fenghuo("config", "check").code == 0
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    assert fenghuo("config", "check").answer.startswith("FENGHUO_TRACES_ENDPOINT: opentelemetry.sdk is not")
    assert "settings: FENGHUO_TRACES_ENDPOINT: opentelemetry.sdk is not" in fenghuo("doctor").answer
