"""What every test stands on: a clean environment and the pace of the property tests.

Fixtures of one layer live in that layer's own conftest; nothing here may know a room of the program.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

# Deadlines of Hypothesis are off: no test of this project measures time, and a loaded machine is not a bug.
SLOW_IS_FINE = [HealthCheck.too_slow]
# CI plays the same examples each time, so that a change is judged by what it changes; everybody else explores.
REPEATS = os.environ.get("CI") == "true"
for name, examples in (("quick", 25), ("full", 200), ("long", 100_000)):
    settings.register_profile(
        name, deadline=None, max_examples=examples, derandomize=REPEATS, suppress_health_check=SLOW_IS_FINE
    )
settings.load_profile("full")

SETTINGS_PREFIX = "FENGHUO_"

# Here and not in a layer's conftest, so that all layers of one run share one broker and one database server.
pytest_plugins = [
    "tests.brokers.kafka",
    "tests.brokers.cluster",
    "tests.databases.postgres",
    "tests.sharing_out",
]


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of the person at the keyboard: a test sees only what it sets itself."""
    for name in [name for name in os.environ if name.upper().startswith(SETTINGS_PREFIX)]:
        del os.environ[name]
