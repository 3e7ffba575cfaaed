"""The rules decide from what they are given: no clock, no chance, no files, no environment, no waiting.

ruff and import-linter refuse the modules; this refuses the calls, however they were imported.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Source, called_name, planted, sources

FORBIDDEN_CALLS = {
    **dict.fromkeys(["now", "today", "utcnow", "time", "monotonic", "perf_counter"], "reads the clock"),
    **dict.fromkeys(["uuid1", "uuid4", "random", "randint", "randbytes", "shuffle", "urandom"], "is chance"),
    **dict.fromkeys(["open", "read_text", "read_bytes", "write_text", "write_bytes"], "touches files"),
    **dict.fromkeys(["print", "input"], "talks to a terminal"),
    **dict.fromkeys(["getenv", "eval", "exec", "__import__"], "depends on the machine"),
    "sleep": "waits",
}

# (file, call) -> why it stands there all the same
EXEMPT: dict[tuple[str, str], str] = {
    ("workflows/rulebook_file.py", "read_bytes"): "the shipped rulebook is part of the program",
    ("workflows/judgement/understanding/lexicon.py", "read_bytes"): "the words are part of the program",
}


def impurities(source: Source) -> Iterator[tuple[str, str]]:
    """(call, where and why it is refused) for every impure call and every coroutine of the source."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield "async", f"{source.path}:{node.lineno}: a rule waits for nothing"
        elif isinstance(node, ast.Call) and (name := called_name(node)) in FORBIDDEN_CALLS:
            yield name, f"{source.path}:{node.lineno}: {name}() {FORBIDDEN_CALLS[name]}"


def test_rules_are_pure() -> None:
    """No rule reads a clock, rolls dice, touches files or waits."""
    found = {(s.path, name): line for s in sources("workflows") for name, line in impurities(s)}
    assert [line for place, line in found.items() if place not in EXEMPT] == []
    assert [place for place in EXEMPT if place not in found] == [], "remove the exemptions that nothing needs"


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime as moment\nmoment.now()",
        "import datetime\ndatetime.date.today()",
        "from uuid import uuid4\nuuid4()",
        "import random\nrandom.random()",
        "open('rules.toml')",
        "from pathlib import Path\nPath('rules.toml').read_text()",
        "print('graded')",
        "import os\nos.getenv('LEVEL')",
        "from time import sleep\nsleep(1)",
        "async def grade(): ...",
    ],
)
def test_an_impure_rule_is_seen(code: str) -> None:
    """Each kind of impurity is found once, however it was imported."""
    assert len(list(impurities(planted(code)))) == 1


def test_a_pure_rule_is_let_through() -> None:
    """Time that comes in with the message and derived ids are what a rule may use."""
    assert list(impurities(planted("uuid5(cause, str(ordinal))\nmessage.recorded_at + limit"))) == []
