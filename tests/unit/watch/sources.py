"""The rules and dashboards as they are committed, and every expression in them with where it stands."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # no stubs are locked; what is read is looked at key by key

from tests.architecture.sources import ROOT

RULES = ROOT / "deploy" / "prometheus" / "rules"
RULE_TESTS = ROOT / "deploy" / "prometheus" / "tests"
DASHBOARDS = ROOT / "deploy" / "grafana"
# What Grafana puts in before it asks.
PUT_IN = {"$__rate_interval": "5m", "$district": "500108"}


@cache
def rules() -> tuple[dict[str, Any], ...]:
    """Every rule of every file."""
    files = [yaml.safe_load(path.read_text()) for path in sorted(RULES.glob("*.yaml"))]
    return tuple(rule for file in files for group in file["groups"] for rule in group["rules"])


def alerts() -> dict[str, dict[str, Any]]:
    """Every alerting rule by its name."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def recorded() -> dict[str, str]:
    """Every recording rule: its name and its expression."""
    return {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}


@cache
def dashboards() -> dict[str, dict[str, Any]]:
    """Every dashboard by the name of its file."""
    return {path.name: json.loads(path.read_text()) for path in sorted(DASHBOARDS.glob("*.json"))}


def expressions() -> Iterator[tuple[str, str]]:
    """Where each stands, and the expression as Prometheus gets it."""
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"]
    for name, dashboard in dashboards().items():
        yield f"{name}: annotations", dashboard["annotations"]["list"][0]["expr"]
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}", put_in(target["expr"])


def put_in(expression: str) -> str:
    """The expression with Grafana's variables replaced."""
    for variable, value in PUT_IN.items():
        expression = expression.replace(variable, value)
    return expression


def rule_tests() -> str:
    """What promtool plays, as text."""
    return "\n".join(path.read_text() for path in sorted(Path(RULE_TESTS).glob("*.yaml")))
