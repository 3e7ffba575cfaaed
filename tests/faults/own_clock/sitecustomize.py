"""Loaded by Python at the start where PYTHONPATH has this folder: this process's wall clock goes as a file says.

`tests.faults.machine_clock` writes the file. What asks Python for the time is told the wrong one, down to C
(time-machine); steady clocks stay true, and nothing else of the process is slower or different.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

_LOOK_EVERY_SECONDS = 0.1


class _OwnClock:
    """This process's wall clock, ahead of the true one by what the file says."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead_seconds = 0.0
        self._clock = time_machine.travel(time.time(), tick=True).start()

    def look(self) -> None:
        """Once; the file is always there and whole."""
        told = float(self._file.read_text())
        self._clock.shift(told - self._ahead_seconds)
        self._ahead_seconds = told

    def follow(self) -> None:
        """For as long as the process lives."""
        while True:
            time.sleep(_LOOK_EVERY_SECONDS)
            self.look()


if file := os.environ.get("TESTS_WALL_CLOCK"):
    own = _OwnClock(Path(file))
    own.look()  # before the program asks for the first time
    threading.Thread(target=own.follow, daemon=True, name="wall clock").start()
