"""Lock: the packages that run, as deploy/locks/run.lock pins them."""

import re
from typing import NamedTuple

from tests.architecture.sources import ROOT

RUN_LOCK = ROOT / "deploy/locks/run.lock"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


class Pin(NamedTuple):
    """One package in one version. On some platforms or Pythons another version of it may stand in its place."""

    name: str
    version: str


def pins(lock: str | None = None) -> tuple[Pin, ...]:
    """Every pin, sorted; those of run.lock unless a text is given."""
    text = RUN_LOCK.read_text(encoding="utf-8") if lock is None else lock
    return tuple(sorted({Pin(*found) for found in _PIN.findall(text)}))
