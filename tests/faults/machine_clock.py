"""Machine clock: the wall clock that one process sees, set wrong by libfaketime. No clock of the machine is touched.

The steady clocks (CLOCK_MONOTONIC, CLOCK_BOOTTIME) stay true, as on a machine whose wall clock somebody sets. Never in
here: when it is set, or what must hold then.
"""

from pathlib import Path

from tests.servers import ServerUnavailable

_READ_AGAIN_AFTER_SECONDS = 1  # the library looks into its file this often
_LIBRARY = "faketime/libfaketimeMT.so.1"


class MachineClock:
    """One clock; processes that are started with its `variables` see it, whatever it is set to meanwhile."""

    def __init__(self, folder: Path) -> None:
        """Raises ServerUnavailable where libfaketime is not installed (package `faketime`)."""
        library = next(Path("/usr/lib").glob(f"*/{_LIBRARY}"), None)
        if library is None:
            raise ServerUnavailable("clocks that are wrong need libfaketime: apt-get install faketime")
        folder.mkdir(exist_ok=True)
        self._file = folder / "clock"
        self.ahead_seconds = 0.0
        self.set(0.0)
        self.variables = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(_READ_AGAIN_AFTER_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, ahead_seconds: float) -> None:
        """Ahead of the true time by so much (behind: below 0), seen within a second."""
        self.ahead_seconds = ahead_seconds
        written = self._file.with_suffix(".new")
        written.write_text(f"{ahead_seconds:+.3f}\n")
        written.replace(self._file)
