"""Seating: the seats of the workers that share a data folder, each a file that its holder has locked while it lives.

The lock ends with the process, however it ends, and the file stays: a free seat with a member id in it is that of a
worker that ended without leaving the group. Never in here: Kafka.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from streams.broker.seat import OwnSeat, Seat

_FOLDER = "seats"
_MOST_SEATS = 64
_BYTES = 256


class KeptSeat:
    """One locked file with the member id of whoever holds it, or held it last."""

    def __init__(self, file: int) -> None:
        """`file` is open for reading and writing, and locked."""
        self._file = file
        self.member_id = os.pread(file, _BYTES, 0).decode("ascii", "replace").strip()

    def keep(self, member_id: str) -> None:
        """See `Seat`. A disk that is full costs a burial and nothing else."""
        self.member_id = member_id
        with suppress(OSError):
            # One call over the whole length: no kill leaves half of two ids.
            os.pwrite(self._file, member_id.encode().ljust(_BYTES)[:_BYTES], 0)


@contextmanager
def taken(data_dir: Path) -> Iterator[Seat]:
    """The first free seat of this folder until the block, or the process, ends; else one that nobody will remember."""
    file = _first_free(data_dir / _FOLDER)
    if file is None:
        yield OwnSeat()
        return
    try:
        yield KeptSeat(file)
    finally:
        os.close(file)


def _first_free(folder: Path) -> int | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(_MOST_SEATS):
            file = os.open(folder / str(number), os.O_RDWR | os.O_CREAT, 0o600)
            if _is_ours(file):
                return file
            os.close(file)
    except OSError:  # a folder that cannot be written: nothing rests on a seat
        return None
    return None


def _is_ours(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
