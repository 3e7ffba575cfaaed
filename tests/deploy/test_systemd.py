"""The systemd units: words that systemd knows, commands and settings that the program knows."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from streams.errors import EXIT_SETTINGS
from streams.settings import Profile, Role
from tests.deploy.held import DEPLOY, run_with, unknown_settings, why_no_command
from tests.servers import skip_unless_ci

FOLDER = DEPLOY / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
PROGRAM = "/opt/fenghuo/.venv/bin/fenghuo"


def entries(unit: Path, name: str) -> list[str]:
    """What the lines of this name say, in order."""
    return re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)


def variables(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_program_starts_so(unit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command is one of ours, and its settings, once filled in, are good in production."""
    for line in entries(unit, "ExecStart"):
        program, *words = line.split()
        assert program == PROGRAM
        assert why_no_command(words) is None
    part = unit.stem.removeprefix("fenghuo-").removesuffix("@")
    # What is this part's alone, its user at Kafka above all; it need not be there.
    assert entries(unit, "EnvironmentFile") == ["/etc/fenghuo/fenghuo.env", f"-/etc/fenghuo/{part}.env"]
    given = variables((FOLDER / "fenghuo.env").read_text())
    given |= dict(one.split("=", 1) for line in entries(unit, "Environment") for one in line.split())
    assert unknown_settings(given) == []
    by_hand = dict.fromkeys(("FENGHUO_TOKEN", "FENGHUO_KAFKA_PASSWORD"), "filled-in-by-hand")
    settings = run_with({**given, **by_hand}, monkeypatch)
    assert settings.profile is Profile.PRODUCTION
    assert settings.role is (Role.GATEWAY if "gateway" in unit.name else Role.ENGINE)
    assert str(settings.data_dir) == f"/var/lib/{entries(unit, 'StateDirectory')[0]}"
    assert entries(unit, "User") == ["fenghuo"]


def test_what_a_person_must_change_is_not_tried_again() -> None:
    """Workers come back by themselves, but for the exit code that says that the settings are refused."""
    workers = [unit for unit in UNITS if "@" in unit.name]
    assert len(workers) == 2
    for unit in workers:
        assert entries(unit, "Restart") == ["always"]
        assert entries(unit, "RestartPreventExitStatus") == [str(EXIT_SETTINGS)]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_it(unit: Path, tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say of the unit, with a program in our program's place."""
    if shutil.which("systemd-analyze") is None:
        skip_unless_ci("systemd-analyze (Debian: systemd) is not installed")
    named = tmp_path / unit.name.replace("@", "@1")
    named.write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", str(named)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_shell_gets_the_settings_of_the_units(tmp_path: Path) -> None:
    """What root types is run with the files' values as they stand there, the gateway's own winning."""
    (tmp_path / "fenghuo.env").write_text(
        "# ours\nFENGHUO_A=a $b & 'c'\nFENGHUO_B=\"quoted\"\nFENGHUO_C=engine\n"
    )
    (tmp_path / "gateway.env").write_text("FENGHUO_C=gateway")
    program = tmp_path / "fenghuo"
    program.write_text('#!/bin/sh\nenv | grep ^FENGHUO_\necho "asked: $*"\n')
    program.chmod(0o755)
    text = (FOLDER / "fenghuo.sh").read_text()
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    for real, here in (
        ("/etc/fenghuo", str(tmp_path)),
        (PROGRAM, str(program)),
        ("= fenghuo ]", f"= {user} ]"),
    ):
        assert real in text
        text = text.replace(real, here)
    done = subprocess.run(
        ["sh", "-c", text, "fenghuo", "incidents", "--status", "open"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.splitlines()) == {
        "FENGHUO_A=a $b & 'c'",
        "FENGHUO_B=quoted",
        "FENGHUO_C=gateway",
        "asked: incidents --status open",
    }
