"""A plugin of pytest that writes down what a run in the copy really did: which packages it imported from where, how
each phase of each test ended, and by which error.

It runs inside the copy. Never in here: what the answers mean (that is trial.py).
"""

import json
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

TESTIMONY = "MUTANTS_TESTIMONY"  # the variable that names the file to write

_phases: list[dict[str, str]] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note how setup, call and teardown ended."""
    report = yield
    error = "" if call.excinfo is None else call.excinfo.typename
    _phases.append({"test": item.nodeid, "phase": call.when, "outcome": report.outcome, "error": error})
    return report


def pytest_sessionfinish() -> None:
    """Write everything down."""
    imported = {name: str(getattr(module, "__file__", "")) for name, module in list(sys.modules.items())}
    Path(os.environ[TESTIMONY]).write_text(json.dumps({"phases": _phases, "imported": imported}), "utf-8")
