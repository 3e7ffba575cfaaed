"""Machine clock: the wall clock that one process of ours sees, set wrong. No clock of the machine is touched.

The steady clocks stay true, as on a machine whose wall clock somebody sets. Not by libfaketime: under it a hand-over
between threads costs 4.5 times the CPU, and limits passed half a minute late for that alone. Never in here: when it is
set, or what must hold then.
"""

import os
from pathlib import Path

_LOADED_AT_START = Path(__file__).with_name("own_clock")


class MachineClock:
    """One clock; Python processes that are started with its `variables` see it, whatever it is set to meanwhile."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._file = folder / "clock"
        self.ahead_seconds = 0.0
        self.set(0.0)
        paths = [str(_LOADED_AT_START), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.variables = {"PYTHONPATH": os.pathsep.join(paths), "TESTS_WALL_CLOCK": str(self._file)}

    def set(self, ahead_seconds: float) -> None:
        """Ahead of the true time by so much (behind: below 0), seen within a fifth of a second."""
        self.ahead_seconds = ahead_seconds
        written = self._file.with_suffix(".new")
        written.write_text(f"{ahead_seconds:+.3f}\n")
        written.replace(self._file)
