"""Memory: what a process holds, read from Linux. Never in here: how much is too much."""

import os
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

BYTES_PER_MB = 1_048_576
_FORGET_THE_PEAK = "5"


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at a process: when (`perf_counter`), its resident bytes, its open files."""

    at: float
    resident_bytes: int
    files: int


def sample(process_id: int) -> Sample:
    """How it stands now. Raises OSError when it is gone."""
    folder = Path(f"/proc/{process_id}")
    pages = int((folder / "statm").read_text().split()[1])
    return Sample(perf_counter(), pages * os.sysconf("SC_PAGE_SIZE"), len(list((folder / "fd").iterdir())))


class Peak:
    """The most that a process ever held at once since this began, whoever looked meanwhile."""

    def __init__(self, process_id: int) -> None:
        """From now on."""
        self._process_id = process_id
        Path(f"/proc/{process_id}/clear_refs").write_text(_FORGET_THE_PEAK)
        self._before_bytes = sample(process_id).resident_bytes

    def grown_mb(self) -> float:
        """The peak less what it held at the beginning."""
        status = Path(f"/proc/{self._process_id}/status").read_text()
        peak_kb = next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]
        return (int(peak_kb) * 1_024 - self._before_bytes) / BYTES_PER_MB
