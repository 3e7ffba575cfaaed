"""Panels: the few kinds that the dashboards are made of, each with what it asks said once."""

from streams.documents.grafana import Draw, Panel, Query, Unit

# As wide as a graph's points are apart, and never narrower than what is scraped: Grafana puts it in.
RATE = "$__rate_interval"
LEVEL_COLOURS = (("I", "#d0021b"), ("II", "#e67e22"), ("III", "#e0b400"), ("IV", "#2f74d0"))


def number(zh: str, en: str, expr: str, unit: Unit = Unit.COUNT, alarm_at: float | None = None) -> Panel:
    """What stands now, as one number."""
    return Panel(zh, en, (Query(expr),), unit, Draw.NUMBER, width=4, height=4, alarm_at=alarm_at)


def lines(
    zh: str, en: str, expr: str, legend: str = "", unit: Unit = Unit.COUNT, *, alarm_at: float | None = None
) -> Panel:
    """How one expression went, a line a series."""
    return Panel(zh, en, (Query(expr, legend),), unit, alarm_at=alarm_at)


def quantile(ratio: float, metric: str, label: str = "", window: str = RATE) -> str:
    """The expression of a histogram's quantile over all processes, a series for each value of `label`."""
    by = f"{label}, le" if label else "le"
    return f"histogram_quantile({ratio}, sum by ({by}) (rate({metric}_bucket[{window}])))"
