"""Finding: something that is not as the program needs it, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in a sentence without secrets, and the command or setting that mends it."""

    wrong: str
    fix: str


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at; no findings: it is well. `remark` says why it could not be looked at."""

    name: str
    findings: tuple[Finding, ...]
    remark: str = ""
