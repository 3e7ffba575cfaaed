"""The guide and its programs: blocks of commands out of the text, run in a copy of the folder."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.sources import ROOT

FOLDER = ROOT / "deploy/docs/integrators"
_WITHIN_SECONDS = 300
README = (FOLDER / "README.md").read_text()


def blocks(heading: str, text: str = README) -> list[str]:
    """The shell blocks below this heading, up to the next one of any level."""
    (section,) = re.findall(rf"^#+ {re.escape(heading)}$\n(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE)
    return re.findall(r"^```sh\n(.*?)^```", section, re.DOTALL | re.MULTILINE)


def run(script: str, folder: Path, variables: Mapping[str, str]) -> str:
    """What these commands answer; every one of them must succeed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_WITHIN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout


def built(language: str, folder: Path, variables: Mapping[str, str]) -> Path:
    """A copy of the language's programs, built by the first block of its section."""
    copy = folder / language
    shutil.copytree(FOLDER / language, copy)
    run(blocks(_HEADINGS[language])[0].partition("\n")[2], copy, variables)
    return copy


_HEADINGS: Mapping[str, str] = {"java": "Java", "go": "Go"}
