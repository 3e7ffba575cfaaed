"""Grafana: dashboards, rows of panels that ask Prometheus, as the JSON that Grafana reads from a folder.

Only the shape; what is asked stands in `streams.documents.dashboards`. Panels are laid out from left to right on
Grafana's grid of 24 columns. Nothing here names a data source: whoever looks picks it, the default first.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Json = dict[str, object]

_COLUMNS = 24
_SCHEMA_VERSION = 39
_SOURCE: Json = {"type": "prometheus", "uid": "${source}"}


class Draw(StrEnum):
    """How a panel is drawn; the values are Grafana's."""

    LINES = "timeseries"
    NUMBER = "stat"
    BARS = "bargauge"


class Unit(StrEnum):
    """What a number is; the values are Grafana's."""

    COUNT = "short"
    SECONDS = "s"
    RATIO = "percentunit"
    PER_SECOND = "cps"
    BYTES = "bytes"
    MOMENT = "dateTimeFromNow"


@dataclass(frozen=True, slots=True)
class Query:
    """One expression, and what its series are called: text with `{{label}}`."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One question on the screen, in both languages. `alarm_at`: from here on it is drawn red."""

    zh: str
    en: str
    queries: tuple[Query, ...]
    unit: Unit = Unit.COUNT
    draw: Draw = Draw.LINES
    width: int = 8
    height: int = 8
    alarm_at: float | None = None
    colours: tuple[tuple[str, str], ...] = ()  # name of a series -> its colour
    is_stacked: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A list to pick from at the top of a dashboard: each value with its name."""

    name: str
    zh: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One file. `uid` is its address in Grafana and its file's name."""

    uid: str
    zh: str
    en: str
    rows: tuple[tuple[Panel, ...], ...]
    choice: Choice | None = None
    hours: int = 6

    @property
    def panels(self) -> Iterator[Panel]:
        """Every panel, row by row."""
        for row in self.rows:
            yield from row


def text(dashboard: Dashboard) -> str:
    """The file."""
    made: Json = {
        "uid": f"fenghuo-{dashboard.uid}",
        "title": f"烽火 · {dashboard.zh} {dashboard.en}",
        "tags": ["fenghuo"],
        "schemaVersion": _SCHEMA_VERSION,
        "editable": False,
        "timezone": "browser",
        "refresh": "15s",
        "time": {"from": f"now-{dashboard.hours}h", "to": "now"},
        "templating": {"list": list(_variables(dashboard.choice))},
        "annotations": {"list": [_alerts()]},
        "links": [{"type": "dashboards", "tags": ["fenghuo"], "asDropdown": True, "title": "烽火"}],
        "panels": list(_placed(dashboard.rows)),
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _variables(choice: Choice | None) -> Iterator[Json]:
    yield {"name": "source", "label": "数据源", "type": "datasource", "query": "prometheus"}
    if choice is not None:
        listed = ",".join(f"{name} : {value}" for value, name in choice.values)
        first_value, first_name = choice.values[0]
        current = {"text": first_name, "value": first_value}
        yield {
            "name": choice.name,
            "label": choice.zh,
            "type": "custom",
            "query": listed,
            "current": current,
        }


def _alerts() -> Json:
    return {
        "name": "告警 Alerts",
        "datasource": _SOURCE,
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{alertstate="firing", alertname=~"Fenghuo.*"}',
        "titleFormat": "{{alertname}}",
    }


def _placed(rows: Sequence[Sequence[Panel]]) -> Iterator[Json]:
    top, number = 0, 0
    for row in rows:
        left = 0
        for panel in row:
            number += 1
            place = {"x": left, "y": top, "w": panel.width, "h": panel.height}
            left += panel.width
            if left > _COLUMNS:
                raise ValueError(f"the row of {panel.en!r} is {left} columns wide, Grafana has {_COLUMNS}")
            yield _panel(panel, number, place)
        top += max(panel.height for panel in row)


def _panel(panel: Panel, number: int, place: Mapping[str, int]) -> Json:
    return {
        "id": number,
        "type": panel.draw.value,
        "title": f"{panel.zh} {panel.en}",
        "datasource": _SOURCE,
        "gridPos": dict(place),
        "targets": list(_targets(panel.queries, is_of_now=panel.draw is not Draw.LINES)),
        "fieldConfig": {"defaults": _defaults(panel), "overrides": list(_overrides(panel.colours))},
        "options": _options(panel.draw),
    }


def _targets(queries: Iterable[Query], *, is_of_now: bool) -> Iterator[Json]:
    for letter, query in zip("ABCDEFGH", queries, strict=False):
        yield {
            "refId": letter,
            "datasource": _SOURCE,
            "expr": query.expr,
            "legendFormat": query.legend or "__auto",
            "instant": is_of_now,
            "range": not is_of_now,
        }


def _defaults(panel: Panel) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if panel.alarm_at is not None:
        steps.append({"color": "red", "value": panel.alarm_at})
    defaults: Json = {
        "unit": panel.unit.value,
        "min": 0,
        "thresholds": {"mode": "absolute", "steps": steps},
    }
    if panel.draw is Draw.LINES:
        defaults["custom"] = {
            "fillOpacity": 40 if panel.is_stacked else 0,
            "stacking": {"mode": "normal" if panel.is_stacked else "none"},
            "thresholdsStyle": {"mode": "off" if panel.alarm_at is None else "line"},
        }
    return defaults


def _overrides(colours: Iterable[tuple[str, str]]) -> Iterator[Json]:
    for series, colour in colours:
        yield {
            "matcher": {"id": "byName", "options": series},
            "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": colour}}],
        }


def _options(draw: Draw) -> Json:
    if draw is Draw.LINES:
        return {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
    return {"reduceOptions": {"calcs": ["lastNotNull"]}, "orientation": "horizontal"}
