"""What a worker loads when it starts: a killed one is missed until it is back, so nothing that it never uses."""

import subprocess
import sys

# Other roles' rooms and what is heavy in them.
NOT_FOR_AN_ENGINE = (
    "streams.gateway.api",
    "streams.cockpit.feed",
    "streams.simulator",
    "streams.program.board",
    "streams.store.migrations",
    "alembic",
    "argon2",
    "rich.live",
)


def test_an_engine_loads_no_other_role() -> None:
    """What `fenghuo run --role engine` imports before it runs holds no gateway, screen, simulator or migration."""
    start = f"import sys, streams.app; print([one for one in {NOT_FOR_AN_ENGINE} if one in sys.modules])"
    said = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
