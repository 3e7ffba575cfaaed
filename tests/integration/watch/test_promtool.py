"""Prometheus' own tool reads the rules, plays them, and parses what the dashboards ask.

promtool is in Debian's package `prometheus`; without it these are skipped, and fail in CI.
"""

import shutil
import subprocess
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # no stubs are locked

from tests.architecture.sources import ROOT
from tests.servers import skip_unless_ci
from tests.unit.watch import sources

PROMETHEUS = ROOT / "deploy" / "prometheus"


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("promtool") is None:
        skip_unless_ci("no promtool; on Debian: apt-get install prometheus")
    return subprocess.run(
        ["promtool", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=100
    )


def test_the_rules_are_whole() -> None:
    """Every rule file is read, and Prometheus' configuration finds each of them."""
    files = sorted(sources.RULES.glob("*.yaml"))
    told = promtool("check", "rules", *files)
    assert told.returncode == 0, told.stdout + told.stderr
    told = promtool("check", "config", PROMETHEUS / "prometheus.yaml")
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{len(files)} rule files found" in told.stdout


def test_the_rules_fire_when_they_should() -> None:
    """Every case plays out: in each, exactly the alerts that it names."""
    told = promtool("test", "rules", *sorted(sources.RULE_TESTS.glob("*.yaml")))
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_case_that_expects_otherwise_fails(tmp_path: Path) -> None:
    """The cases can fail: with a limit moved out of reach, an alert that should fire is missed."""
    shutil.copytree(PROMETHEUS, tmp_path / "prometheus")
    duty = tmp_path / "prometheus" / "rules" / "duty.yaml"
    duty.write_text(
        duty.read_text().replace(
            "fenghuo_command_overdue_seconds) > 60", "fenghuo_command_overdue_seconds) > 6000"
        )
    )
    told = promtool("test", "rules", tmp_path / "prometheus" / "tests" / "alerts.yaml")
    assert told.returncode != 0
    assert "FenghuoCommandUnacknowledged" in told.stdout + told.stderr


def test_what_the_dashboards_ask_parses(tmp_path: Path) -> None:
    """Every expression of every panel is one that Prometheus reads, and a broken one would not be."""
    asked = sorted({expression for _, expression in sources.expressions()})
    recording = [
        {"record": f"panel:{number}:x", "expr": expression} for number, expression in enumerate(asked)
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recording}]}))
    told = promtool("check", "rules", "--lint=none", file)
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{len(asked)} rules found" in told.stdout
    broken = [{"record": "panel:broken:x", "expr": "sum by (stage (fenghuo_incidents_open)"}]
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": broken}]}))
    assert promtool("check", "rules", file).returncode != 0
