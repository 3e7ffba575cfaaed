"""Dashboards: what is shown of a city's watch, in six screens; each question once, with the expression that answers it.

A counter or histogram is added up over processes; a gauge of the installation is the same in each, so `max`. A test
parses every expression and finds each metric, label and value in the program's catalogue. How a screen is drawn is
`streams.documents.grafana`'s; `fenghuo docs build` writes the files.
"""

from streams.documents.city_screens import CITY, DISTRICT, DUTY, RATINGS
from streams.documents.grafana import text
from streams.documents.machine_screens import ENGINE, STORES

DASHBOARDS = (CITY, DISTRICT, ENGINE, STORES, DUTY, RATINGS)


def texts() -> dict[str, str]:
    """Each file's name and its text."""
    return {f"{one.uid}.json": text(one) for one in DASHBOARDS}
