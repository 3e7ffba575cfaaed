"""SBOM: the packages of run.lock as CycloneDX, made by cyclonedx-py, without what differs from machine to machine."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.architecture.sources import ROOT
from tests.supply.lock import RUN_LOCK, Pin

FILE = ROOT / "deploy/sbom/fenghuo.cdx.json"
PROGRAM = ROOT / ".venv/supply/bin/cyclonedx-py"


def build() -> None:
    """Write it again. Raises CalledProcessError: cyclonedx-py has said why."""
    words = [
        "requirements",
        RUN_LOCK,
        "--pyproject",
        ROOT / "pyproject.toml",
        "--output-reproducible",
        "--of",
        "JSON",
    ]
    command = [PROGRAM, *words, "--short-PURLs", "--spec-version", "1.6", "--validate"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    FILE.write_text(json.dumps(trimmed(json.loads(done.stdout)), indent=1, sort_keys=True) + "\n")


def trimmed(bom: dict[str, Any]) -> dict[str, Any]:
    """Components known by their package URL, not by a line of the lock; hashes stay there, and no index is named."""
    names = {one["bom-ref"]: one["purl"] for one in bom["components"]}
    for one in bom["components"]:
        one["bom-ref"] = one["purl"]
        for field in ("description", "externalReferences", "properties"):
            one.pop(field, None)
    bom["components"].sort(key=lambda one: one["bom-ref"])
    bom["dependencies"] = sorted(
        ({**one, "ref": names.get(one["ref"], one["ref"])} for one in bom.get("dependencies", ())),
        key=lambda one: one["ref"],
    )
    bom["metadata"].pop("tools", None)
    return bom


def components(file: Path = FILE) -> tuple[Pin, ...]:
    """Name and version of each component, sorted."""
    bom = json.loads(file.read_text(encoding="utf-8"))
    return tuple(sorted(Pin(one["name"], one["version"]) for one in bom["components"]))
