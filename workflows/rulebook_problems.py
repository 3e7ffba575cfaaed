"""What is wrong with a rulebook: each problem with its key, its line, what stands there and what was expected.

For: turning a path into words for the person who edits the file. Must never enter: what is right or wrong
(`workflows.rulebook_layout` and `workflows.rulebook_checks` know).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from workflows.rulebook_lines import Path

NOTHING = "nothing"
_LONGEST_SHOWN = 80
_KEY_MARK = "[key]"


@dataclass(frozen=True, slots=True)
class Finding:
    """What should stand at a place in the file and does not. `is_key`: it is the key itself that is wrong."""

    path: Path
    expected: str
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. `line` counts from 1; a key that is missing has the line of its table.

    `file` is the pack's name as the main file has it, empty for the main file itself.
    """

    key: str
    line: int
    found: str
    expected: str
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: line {self.line}" if self.file else f"line {self.line}"
        return f"{place}: {self.key or 'the file'}: found {self.found}, expected {self.expected}"


class RulebookInvalid(ValueError):
    """The rulebook cannot be put in force; `problems` has all that is wrong with it. Stop; correct the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.key)))
        super().__init__("\n".join(map(str, self.problems)))


def problem_of(finding: Finding, data: Mapping[str, Any], lines: Mapping[Path, int], file: str) -> Problem:
    """The finding in the words of the person who edits the file."""
    known = next((p for p in _prefixes(finding.path) if p in lines), None)
    return Problem(
        key=_written(finding.path),
        line=lines[known] if known else 1,
        found=str(finding.path[-1]) if finding.is_key else _shown(data, finding.path),
        expected=finding.expected,
        file=file,
    )


def findings_of(error: ValidationError, data: Mapping[str, Any]) -> Iterator[Finding]:
    """One finding for each place that the layout refuses; what a union tried stands in one finding."""
    expected: dict[tuple[Path, bool], list[str]] = {}
    for detail in error.errors(include_url=False, include_context=False):
        path = _place(detail["loc"], data, is_missing=detail["type"] == "missing")
        place = (path, _KEY_MARK in detail["loc"])
        expected.setdefault(place, []).append(_in_words(detail["type"], detail["msg"]))
    for (path, is_key), wishes in expected.items():
        yield Finding(path, " or ".join(dict.fromkeys(wishes)), is_key)


def _place(loc: Path, data: object, *, is_missing: bool) -> Path:
    """The part of pydantic's location that is a key of the file; the rest names the branches of a union."""
    path: Path = ()
    for part in loc:
        if part == _KEY_MARK:
            break
        inside = _at(data, part)
        if inside is None:
            return (*path, part) if is_missing else path
        path, data = (*path, part), inside
    return path


def _at(data: object, part: str | int) -> object:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def _in_words(kind: str, message: str) -> str:
    words = {"missing": "this key", "extra_forbidden": "no such key"}.get(kind)
    if words is None:
        for opening in ("Value error, ", "Input should be ", "not "):
            message = message.removeprefix(opening)
    return words or message


def _shown(data: object, path: Path) -> str:
    for part in path:
        data = _at(data, part)
    if data is None:
        return NOTHING
    text = ", ".join(map(str, data)) if isinstance(data, dict) else repr(data)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _prefixes(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(len(path), 0, -1))


def _written(path: Path) -> str:
    """tasks.guard.tier, plans[2].tasks[0]: elements count from 0, as they do in programs."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")
