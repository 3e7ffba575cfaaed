"""Audit: known holes in the packages of run.lock, as pip-audit's services tell them; what is accepted is so for a time.

No service, no verdict: the step then says that it was not done. CI does not hang on one being reached.
"""

import json
import subprocess
import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.architecture.sources import ROOT
from tests.supply.lock import RUN_LOCK

PROGRAM = ROOT / ".venv/supply/bin/pip-audit"
ACCEPTED = ROOT / "deploy/sbom/accepted.toml"
_SERVICES = ("pypi", "osv")
_WITHIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Hole:
    """Something known against a package in the version that runs."""

    package: str
    id: str

    def __str__(self) -> str:
        return f"{self.package}: {self.id}"


def ask() -> dict[str, Any] | None:
    """What a service says of the lock; None when none of them knows a single package of it, or answers at all."""
    for service in _SERVICES:
        words = [
            "--requirement",
            RUN_LOCK,
            "--no-deps",
            "--disable-pip",
            "--format",
            "json",
            "--vulnerability-service",
            service,
        ]
        try:
            done = subprocess.run(
                [str(PROGRAM), *map(str, words)],
                capture_output=True,
                text=True,
                check=False,
                timeout=_WITHIN_SECONDS,
            )
            report = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, json.JSONDecodeError):
            continue
        if any("skip_reason" not in one for one in report["dependencies"]):
            return dict(report)
    return None


def accepted(text: str, today: date) -> frozenset[str]:
    """Ids that somebody has looked at and lives with, as long as their day has not come."""
    return frozenset(
        one["id"]
        for one in tomllib.loads(text).get("accepted", ())
        if one["reason"] and today <= one["until"]
    )


def holes(report: dict[str, Any], lived_with: frozenset[str]) -> list[Hole]:
    """What is known and not accepted, under any of its names."""
    return [
        Hole(f"{one['name']} {one['version']}", hole["id"])
        for one in report["dependencies"]
        for hole in one.get("vulns", ())
        if not lived_with & {hole["id"], *hole.get("aliases", ())}
    ]
