"""Disk: a small one in memory (tmpfs), mounted for an experiment and filled to the last byte by it. Needs root.

Nothing of the machine's own disk is filled. Never in here: what is kept on it.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers import ServerUnavailable

_PIECE = b"\0" * 65_536


class NoSmallDisk(ServerUnavailable):
    """This machine mounts nothing for us, so what needs a small disk cannot be played on it."""


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """`fill` leaves no byte, `free` gives back what `fill` took."""

    folder: Path

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Write until there is no space left (ENOSPC)."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for piece in (_PIECE, b"\0"):
                with suppress(OSError):
                    while ballast.write(piece):
                        pass

    def free(self) -> None:
        """Take the ballast away."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """Raises NoSmallDisk when this machine lets us mount nothing."""
    folder = Path(tempfile.mkdtemp(prefix="fenghuo-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=1777", "fenghuo", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        folder.rmdir()
        raise NoSmallDisk("a small disk needs root and tmpfs")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
        folder.rmdir()
